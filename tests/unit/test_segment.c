/* SPDX-License-Identifier: MIT */
/* The form of a segment: rows there and back, plain and packed; damaged bytes are refused, or lead nowhere outside. */
#include "index/segment.h"

#include "check.h"
#include "segment_rows.h"
#include "index/segment_private.h"
#include "index/segment_query.h"

static struct strbuf built(const struct segment_row *rows, size_t count)
{
    struct strbuf plain;

    strbuf_init(&plain);
    segment_build(rows, count, &plain);
    return plain;
}

static void expect_rows(const char *label, struct str plain, const struct segment_row *rows,
                        size_t count)
{
    struct segment_row *again = memory_new(count * sizeof(*again));
    struct segment segment;

    EXPECT(label, segment_open(plain, &segment) == 0);
    EXPECT(label, segment.events == count && segment.words == (count + 63) / 64);
    segment_rows(&segment, again);
    EXPECT(label, memcmp(rows, again, count * sizeof(*rows)) == 0);
    free(again);
}

static void there_and_back(const struct row_kind *kind, size_t count, uint64_t seed)
{
    struct segment_row *rows = draw_rows(&seed, kind, count);
    struct strbuf plain = built(rows, count), packed, again;
    struct str exact = exact_copy(strbuf_str(&plain));

    strbuf_init(&packed);
    strbuf_init(&again);
    assert_true(plain.len <= SEGMENT_BYTES_MAX);
    expect_rows(kind->label, exact, rows, count);
    segment_pack(exact, &packed);
    EXPECT(kind->label, segment_unpack(strbuf_str(&packed), &again) == 0);
    EXPECT(kind->label, str_equal(strbuf_str(&again), exact));
    free_copy(exact);
    strbuf_release(&again);
    strbuf_release(&packed);
    strbuf_release(&plain);
    free(rows);
}

static void test_there_and_back(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < COUNT(row_kinds); kind++)
        for (size_t i = 0; i < COUNT(row_counts); i++)
            there_and_back(&row_kinds[kind], row_counts[i], kind * 100 + i);
}

/* What a segment says of its values, against a count over the rows. */
static void test_dictionaries(void **state)
{
    uint64_t seed = 7;
    struct segment_row *rows = draw_rows(&seed, &row_kinds[0], 3000);
    struct strbuf plain = built(rows, 3000);
    struct segment segment;

    (void)state;
    assert_int_equal(segment_open(strbuf_str(&plain), &segment), 0);
    for (size_t dimension = 0; dimension < SEGMENT_DIMENSION_COUNT; dimension++) {
        const struct segment_column *column = &segment.columns[dimension];

        for (uint32_t code = 0; code < column->value_count; code++) {
            uint32_t count = 0;

            for (size_t i = 0; i < 3000; i++)
                count += rows[i].value[dimension] == column->values[code];
            assert_int_equal(count, column->counts[code]);
        }
    }
    strbuf_release(&plain);
    free(rows);
}

/* Builds after something else, and unpacks after something else. */
static void test_appends(void **state)
{
    uint64_t seed = 3;
    struct segment_row *rows = draw_rows(&seed, &row_kinds[0], 100);
    struct strbuf plain = built(rows, 100), after, packed;

    (void)state;
    strbuf_init(&after);
    strbuf_init(&packed);
    strbuf_add_cstr(&after, "abc");
    segment_build(rows, 100, &after);
    assert_true(str_equal(str_slice(strbuf_str(&after), 3, after.len), strbuf_str(&plain)));
    segment_pack(strbuf_str(&plain), &packed);
    assert_int_equal(segment_unpack(strbuf_str(&packed), &after), 0);
    assert_true(
        str_equal(str_slice(strbuf_str(&after), 3 + plain.len, after.len), strbuf_str(&plain)));
    strbuf_release(&after);
    strbuf_release(&packed);
    strbuf_release(&plain);
    free(rows);
}

/* Uses all that an opened segment leads to; a sanitizer sees a step outside. */
static void use(const struct segment *segment)
{
    struct segment_row *rows = memory_new(segment->events * sizeof(*rows));
    struct segment_range ranges[] = {{0, 3}, {6, 6}, {9, UINT32_MAX - 1}};
    uint32_t *counts = memory_new(segment->events * sizeof(*counts));
    struct segment_condition conditions[SEGMENT_DIMENSION_COUNT];
    struct segment_query query = {0, UINT64_MAX, conditions, SEGMENT_DIMENSION_COUNT};
    struct segment_bits bits;

    for (size_t i = 0; i < SEGMENT_DIMENSION_COUNT; i++)
        conditions[i] = (struct segment_condition){i, i % 2, ranges, COUNT(ranges), NULL};
    segment_rows(segment, rows);
    assert_int_equal(segment_match(segment, &query, &bits), segment_count(segment, &query));
    query.count = 1;
    query.first_id = segment->ids[segment->events / 3] + 1;
    segment_match(segment, &query, &bits);
    for (size_t i = 0; i < SEGMENT_ENTITY; i++)
        segment_facet(segment, &bits, i, counts);
    free(counts);
    free(rows);
}

static bool opened(struct str plain)
{
    struct segment segment;

    if (segment_open(plain, &segment) < 0)
        return false;
    use(&segment);
    return true;
}

static void test_lengths(void **state)
{
    uint64_t seed = 9;
    struct segment_row *rows = draw_rows(&seed, &row_kinds[0], 70);
    struct strbuf plain = built(rows, 70), longer = built(rows, 70);

    (void)state;
    for (size_t len = 0; len < plain.len; len++) {
        struct str cut = exact_copy(str_slice(strbuf_str(&plain), 0, len));

        assert_false(opened(cut));
        free_copy(cut);
    }
    strbuf_add(&longer, STR("\0\0\0\0\0\0\0\0"));
    assert_false(opened(strbuf_str(&longer)));
    assert_false(opened(str_slice(strbuf_str(&longer), 1, plain.len)));
    strbuf_release(&longer);
    strbuf_release(&plain);
    free(rows);
}

/* Each bit of a small segment turned: none of the header is accepted; elsewhere a bit of an id, a value or a code may be another one. */
static void test_each_bit(void **state)
{
    uint64_t seed = 11;
    struct segment_row *rows = draw_rows(&seed, &row_kinds[0], 70);
    struct strbuf plain = built(rows, 70);
    struct str copy = exact_copy(strbuf_str(&plain));
    char *bytes = (char *)(uintptr_t)copy.ptr;
    size_t accepted = 0;

    (void)state;
    for (size_t bit = 0; bit < copy.len * 8; bit++) {
        bool is_header = bit / 8 < sizeof(struct segment_header);
        bool is_open;

        bytes[bit / 8] ^= (char)(1 << bit % 8);
        is_open = opened(copy);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        assert_false(is_header && is_open);
        accepted += is_open;
    }
    assert_true(opened(copy));
    assert_true(accepted < copy.len * 4);
    free_copy(copy);
    strbuf_release(&plain);
    free(rows);
}

/* ---- One damage for each check ------------------------------------------------------------------- */

/* 70 events; event i has the type 10 × (i % 3), one of the entities in turn, and no other values. */
static struct strbuf regular(uint32_t entities)
{
    struct segment_row rows[70] = {{0}};

    for (size_t i = 0; i < 70; i++) {
        rows[i].id = i + 1;
        rows[i].value[SEGMENT_ENTITY_TYPE] = 10 * (uint32_t)(i % 3);
        rows[i].value[SEGMENT_ENTITY] = (uint32_t)i % entities;
    }
    return built(rows, 70);
}

/* The bytes behind what an open segment points to, to be damaged. */
#define WRITABLE(type, pointer) ((type *)(uintptr_t)(pointer))

static void damage_ids(struct segment *segment)
{
    WRITABLE(uint64_t, segment->ids)[40] = segment->ids[39];
}

static void damage_values(struct segment *segment)
{
    WRITABLE(uint32_t, segment->columns[SEGMENT_ENTITY_TYPE].values)[1] = 0;
}

static void damage_value_order(struct segment *segment)
{
    WRITABLE(uint32_t, segment->columns[SEGMENT_ENTITY_TYPE].values)[1] = 21;
}

static void damage_single_count(struct segment *segment)
{
    WRITABLE(uint32_t, segment->columns[SEGMENT_USER].counts)[0] = 69;
}

/* Only the sum of the counts is wrong then: the first value has no bits. */
static void damage_first_count(struct segment *segment)
{
    WRITABLE(uint32_t, segment->columns[SEGMENT_ENTITY_TYPE].counts)[0]--;
}

/* Another value, in a place where all codes are allowed. */
static void damage_code(struct segment *segment)
{
    WRITABLE(uint64_t, segment->columns[SEGMENT_ENTITY_TYPE].planes)[0] ^= 1;
}

/* Codes 1 and 2 become 3 and 0: as many bits as before. */
static void damage_codes_to_above(struct segment *segment)
{
    WRITABLE(uint64_t, segment->columns[SEGMENT_ENTITY_TYPE].planes)[0] ^= 1 << 1 | 1 << 2;
}

/* Event 1 loses its code 1 to one behind the last event. */
static void damage_behind_last(struct segment *segment)
{
    uint64_t *plane = WRITABLE(uint64_t, segment->columns[SEGMENT_ENTITY_TYPE].planes);

    plane[0] ^= 1 << 1;
    plane[1] ^= 1 << 6;
}

static void damage_position_order(struct segment *segment)
{
    uint16_t *positions = WRITABLE(uint16_t, segment->columns[SEGMENT_ENTITY].positions);

    uint16_t before = positions[3];

    positions[3] = positions[4];
    positions[4] = before;
}

static void damage_position_twice(struct segment *segment)
{
    WRITABLE(uint16_t, segment->columns[SEGMENT_ENTITY].positions)[4]++;
}

/* The last one of the last value. */
static void damage_position_above(struct segment *segment)
{
    WRITABLE(uint16_t, segment->columns[SEGMENT_ENTITY].positions)[69] = 70;
}

static void damage_entity_code(struct segment *segment)
{
    WRITABLE(uint16_t, segment->columns[SEGMENT_ENTITY].codes)[5] ^= 1;
}

static void damage_starts(struct segment *segment)
{
    WRITABLE(uint32_t, segment->columns[SEGMENT_ENTITY].starts)[1]++;
}

static void damage_first_start(struct segment *segment)
{
    uint32_t *starts = WRITABLE(uint32_t, segment->columns[SEGMENT_ENTITY].starts);

    for (size_t i = 0; i <= segment->columns[SEGMENT_ENTITY].value_count; i++)
        starts[i]++;
}

/* Between the three values of four bytes and their counts. */
static void damage_filling(struct segment *segment)
{
    WRITABLE(uint32_t, segment->columns[SEGMENT_ENTITY_TYPE].values)[3] = 1;
}

/* In the header. */
static void damage_filler(struct segment *segment)
{
    WRITABLE(uint32_t, segment->ids)[-1] = 1;
}

static void test_each_check(void **state)
{
    static const struct {
        const char *label;
        void (*damage)(struct segment *segment);
    } cases[] = {
        {"ids not ascending", damage_ids},
        {"a value twice", damage_values},
        {"values not ascending", damage_value_order},
        {"the count of a single value", damage_single_count},
        {"sum of the counts", damage_first_count},
        {"a bit of a plane", damage_code},
        {"a code without value", damage_codes_to_above},
        {"a bit behind the last event", damage_behind_last},
        {"positions not ascending", damage_position_order},
        {"a position twice", damage_position_twice},
        {"a position without event", damage_position_above},
        {"the code of an entity", damage_entity_code},
        {"where a value's positions start", damage_starts},
        {"all starts", damage_first_start},
        {"filling", damage_filling},
        {"the filler of the header", damage_filler},
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        struct strbuf plain = regular(i < COUNT(cases) ? 7 : 1);
        struct segment segment;

        EXPECT(cases[i % COUNT(cases)].label, segment_open(strbuf_str(&plain), &segment) == 0);
        cases[i % COUNT(cases)].damage(&segment);
        EXPECT(cases[i % COUNT(cases)].label, segment_open(strbuf_str(&plain), &segment) == -1);
        strbuf_release(&plain);
    }
}

/* ---- Random damage ------------------------------------------------------------------------------- */

static void turn_bytes(uint64_t *seed, struct str copy, size_t from)
{
    char *bytes = (char *)(uintptr_t)copy.ptr;

    for (uint32_t left = 1 + draw_below(seed, 4); left > 0; left--) {
        size_t at = from + draw_below(seed, (uint32_t)(copy.len - from));

        bytes[at] = draw_below(seed, 2) ? (char)draw(seed) : (char)(bytes[at] + 1);
    }
}

static void test_random_damage(void **state)
{
    static const size_t counts[] = {1, 64, 65, 1000};
    uint64_t seed = 13;

    (void)state;
    for (size_t i = 0; i < 8 * COUNT(counts); i++) {
        size_t count = counts[i % COUNT(counts)];
        struct segment_row *rows = draw_rows(&seed, &row_kinds[i % COUNT(row_kinds)], count);
        struct strbuf plain = built(rows, count), packed, again;

        strbuf_init(&packed);
        segment_pack(strbuf_str(&plain), &packed);
        for (size_t round = 0; round < rounds(200); round++) {
            struct str copy = exact_copy(strbuf_str(&plain));
            struct str packed_copy = exact_copy(strbuf_str(&packed));

            turn_bytes(&seed, copy, round % 2 ? sizeof(struct segment_header) : 0);
            opened(copy);
            turn_bytes(&seed, packed_copy, 0);
            strbuf_init(&again);
            if (segment_unpack(packed_copy, &again) == 0)
                opened(strbuf_str(&again));
            strbuf_release(&again);
            free_copy(copy);
            free_copy(packed_copy);
        }
        strbuf_release(&packed);
        strbuf_release(&plain);
        free(rows);
    }
}

/* What is compressed well, but is no segment: each damage behind the checksum of the compression. */
static void test_damaged_before_packing(void **state)
{
    uint64_t seed = 17;
    struct segment_row *rows = draw_rows(&seed, &row_kinds[0], 200);
    struct strbuf plain = built(rows, 200), packed, again;

    (void)state;
    for (size_t round = 0; round < rounds(2000); round++) {
        struct str copy = exact_copy(strbuf_str(&plain));

        turn_bytes(&seed, copy, sizeof(struct segment_header));
        strbuf_init(&packed);
        strbuf_init(&again);
        segment_pack(copy, &packed);
        if (segment_unpack(strbuf_str(&packed), &again) == 0)
            opened(strbuf_str(&again));
        strbuf_release(&packed);
        strbuf_release(&again);
        free_copy(copy);
    }
    strbuf_release(&plain);
    free(rows);
}

/* What the bitmaps of many accounts take together is bounded by their ranges, however far apart the numbers are. */
static void test_words_of_a_bitmap(void **state)
{
    struct segment_range ranges[300];

    (void)state;
    for (uint32_t apart = 1; apart <= 200; apart++) {
        for (uint32_t i = 0; i < COUNT(ranges); i++)
            ranges[i].first = ranges[i].last = i * apart * 64;
        assert_int_equal(segment_bitmap_words(ranges, COUNT(ranges), SEGMENT_BITMAP_SMALL),
                         apart <= 8 ? 299 * apart + 1 : 0);
        assert_int_equal(segment_bitmap_words(ranges, COUNT(ranges), SEGMENT_BITMAP_LARGE),
                         apart <= 64 ? 299 * apart + 1 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),    cmocka_unit_test(test_dictionaries),
        cmocka_unit_test(test_appends),           cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_each_bit),          cmocka_unit_test(test_each_check),
        cmocka_unit_test(test_random_damage),     cmocka_unit_test(test_damaged_before_packing),
        cmocka_unit_test(test_words_of_a_bitmap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
