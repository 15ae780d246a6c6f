/* SPDX-License-Identifier: MIT */
/* Blocks of entities: entries there and back, searches held against plain loops, damaged bytes. */
#include "index/entity_block.h"

#include "check.h"
#include "segment_rows.h"

enum { TEXT_ROOM = 1024 };

/* Entries with texts of their own, which stand one after the other in `texts`. */
struct entries {
    struct entity_entry *items;
    size_t count;
    char *texts;
};

/* How texts are drawn: few different bytes make many hits, also over the border of two names. */
struct text_kind {
    const char *label;
    const char *bytes;
    uint32_t byte_count, length;
};

static const struct text_kind text_kinds[] = {
    {"two letters", "ab", 2, 12},      {"one letter", "a", 1, 6},
    {"words", "abcdefgh -/.", 12, 40}, {"any byte", "\0\x01\x7f\x80\xff\n", 6, 9},
    {"long", "abc", 3, TEXT_ROOM},     {"empty", "a", 1, 1},
};

static struct str draw_text(uint64_t *seed, const struct text_kind *kind, char *room)
{
    uint32_t len = draw_below(seed, 5) ? draw_below(seed, kind->length) : 0;

    for (uint32_t i = 0; i < len; i++)
        room[i] = kind->bytes[draw_below(seed, kind->byte_count)];
    return (struct str){room, len};
}

/* The name, as often as not with other letters. */
static struct str draw_written(uint64_t *seed, struct str name, char *room)
{
    bool differs = draw_below(seed, 2);

    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        room[i] = differs && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return (struct str){room, name.len};
}

static struct entries draw_entries(uint64_t *seed, const struct text_kind *kind, size_t count)
{
    struct entries entries = {memory_new(count * sizeof(*entries.items)), count,
                              memory_new(count * 3 * kind->length)};
    uint32_t id = draw_below(seed, 3);
    char *room = entries.texts;

    for (size_t i = 0; i < count; i++) {
        entries.items[i].id = id;
        entries.items[i].external_id = draw_text(seed, kind, room);
        room += entries.items[i].external_id.len;
        entries.items[i].name = draw_text(seed, kind, room);
        room += entries.items[i].name.len;
        entries.items[i].written = draw_written(seed, entries.items[i].name, room);
        room += entries.items[i].written.len;
        id += 1 + (draw_below(seed, 3) ? 0 : draw_below(seed, 50000));
    }
    return entries;
}

static void free_entries(struct entries *entries)
{
    free(entries->items);
    free(entries->texts);
}

static struct strbuf built(const struct entries *entries)
{
    struct strbuf plain;

    strbuf_init(&plain);
    entity_block_build(entries->items, entries->count, &plain);
    return plain;
}

/* ---- There and back ------------------------------------------------------------------------------ */

/* Each by its number, and none by one between or beside them. */
static void expect_found(const char *label, const struct entity_block *block,
                         const struct entries *entries)
{
    uint32_t next = 0;

    for (size_t i = 0; i < entries->count; i++) {
        struct entity_entry found, *entry = &entries->items[i];

        EXPECT(label, next == entry->id || !entity_block_find(block, next, &found));
        EXPECT(label, entry->id == next || !entity_block_find(block, entry->id - 1, &found));
        EXPECT(label, entity_block_find(block, entry->id, &found) && found.id == entry->id);
        EXPECT(label, str_equal(found.written, entry->written));
        next = entry->id + 1;
    }
    EXPECT(label, !entity_block_find(block, next, &(struct entity_entry){0}));
    EXPECT(label, !entity_block_find(block, UINT32_MAX, &(struct entity_entry){0}));
}

static void expect_entries(const char *label, struct str plain, const struct entries *entries)
{
    struct entity_block block;

    EXPECT(label, entity_block_open(plain, &block) == 0);
    EXPECT(label, block.entities == entries->count);
    for (uint32_t i = 0; i < block.entities; i++) {
        struct entity_entry entry = entity_block_entry(&block, i);

        EXPECT(label, entry.id == entries->items[i].id && entry.id == block.ids[i]);
        EXPECT(label, str_equal(entry.external_id, entries->items[i].external_id));
        EXPECT(label, str_equal(entry.name, entries->items[i].name));
        EXPECT(label, str_equal(entry.written, entries->items[i].written));
    }
    expect_found(label, &block, entries);
}

static void test_there_and_back(void **state)
{
    static const size_t counts[] = {1, 2, 3, 7, 1000, 65536};
    uint64_t seed = 1;

    (void)state;
    for (size_t i = 0; i < COUNT(counts) * COUNT(text_kinds); i++) {
        const struct text_kind *kind = &text_kinds[i % COUNT(text_kinds)];
        struct entries entries = draw_entries(&seed, kind, counts[i / COUNT(text_kinds)]);
        struct strbuf plain, packed, again;
        struct str exact;

        entries.count = entity_block_fill(entries.items, entries.count);
        plain = built(&entries);
        exact = exact_copy(strbuf_str(&plain));
        strbuf_init(&packed);
        strbuf_init(&again);
        expect_entries(kind->label, exact, &entries);
        entity_block_pack(exact, &packed);
        strbuf_add_cstr(&again, "abc");
        EXPECT(kind->label, entity_block_unpack(strbuf_str(&packed), &again) == 0);
        EXPECT(kind->label, str_equal(str_slice(strbuf_str(&again), 3, again.len), exact));
        free_copy(exact);
        strbuf_release(&again);
        strbuf_release(&packed);
        strbuf_release(&plain);
        free_entries(&entries);
    }
}

static void test_fill(void **state)
{
    struct entity_entry *entries = memory_new((ENTITY_BLOCK_MAX + 5) * sizeof(*entries));
    char *text = memory_new(ENTITY_BLOCK_TEXT_MAX);

    (void)state;
    assert_int_equal(entity_block_fill(entries, 0), 0);
    assert_int_equal(entity_block_fill(entries, 10), 10);
    assert_int_equal(entity_block_fill(entries, ENTITY_BLOCK_MAX), ENTITY_BLOCK_MAX);
    assert_int_equal(entity_block_fill(entries, ENTITY_BLOCK_MAX + 5), ENTITY_BLOCK_MAX);
    entries[3].name = (struct str){text, ENTITY_BLOCK_TEXT_MAX};
    assert_int_equal(entity_block_fill(entries, 10), 10);
    entries[7].external_id = (struct str){text, 1};
    assert_int_equal(entity_block_fill(entries, 10), 7);
    entries[3].name.len = ENTITY_BLOCK_TEXT_MAX / 2;
    assert_int_equal(entity_block_fill(entries, 10), 10);
    entries[3].written = entries[3].name;
    entries[5].written = (struct str){text, ENTITY_BLOCK_TEXT_MAX / 2};
    assert_int_equal(entity_block_fill(entries, 10), 7);
    free(text);
    free(entries);
}

/* ---- Searching ----------------------------------------------------------------------------------- */

static bool contains(struct str text, struct str part)
{
    for (size_t at = 0; at + part.len <= text.len; at++)
        if (part.len == 0 || memcmp(text.ptr + at, part.ptr, part.len) == 0)
            return true;
    return false;
}

static bool is_found(const struct entity_entry *entry, struct str text, bool in_name, bool prefix)
{
    if (in_name)
        return contains(entry->name, text);
    return prefix ? str_starts(entry->external_id, text) : str_equal(entry->external_id, text);
}

/* The ids that were found before must still stand in front. */
static void expect_search(const char *label, const struct entity_block *block,
                          const struct entries *entries, struct str text, bool in_name, bool prefix)
{
    struct entity_ids ids = {NULL, 0, 0};
    size_t at;

    entity_block_search_external(block, STR(""), true, &ids);
    at = ids.count;
    EXPECT(label, at == entries->count);
    if (in_name)
        entity_block_search_name(block, text, &ids);
    else
        entity_block_search_external(block, text, prefix, &ids);
    for (size_t i = 0; i < entries->count; i++) {
        EXPECT(label, ids.ids[i] == entries->items[i].id);
        if (is_found(&entries->items[i], text, in_name, prefix)) {
            EXPECT(label, at < ids.count && ids.ids[at] == entries->items[i].id);
            at++;
        }
    }
    EXPECT(label, at == ids.count);
    entity_ids_release(&ids);
}

/* A piece of what is there, as often as not; at times changed, at times over the border of two texts. */
static struct str draw_wanted(uint64_t *seed, const struct text_kind *kind,
                              const struct entries *entries, const struct entity_block *block,
                              char *room)
{
    size_t all = block->texts_end[3 * entries->count - 1];
    uint32_t len = 1 + draw_below(seed, draw_below(seed, 4) ? 4 : 40);
    struct str wanted;

    if (draw_below(seed, 3) == 0 || all < len)
        return draw_text(seed, kind, room);
    if (draw_below(seed, 4) == 0) {
        struct entity_entry entry = entries->items[draw_below(seed, (uint32_t)entries->count)];

        return draw_below(seed, 2) ? entry.name : entry.external_id;
    }
    wanted = (struct str){block->texts + draw_below(seed, (uint32_t)(all - len + 1)), len};
    memcpy(room, wanted.ptr, len);
    if (draw_below(seed, 6) == 0)
        room[draw_below(seed, len)] ^= 1;
    return (struct str){room, len};
}

static void test_searches(void **state)
{
    static const size_t counts[] = {1, 2, 3, 17, 300};
    char room[TEXT_ROOM];
    uint64_t seed = 2;

    (void)state;
    for (size_t i = 0; i < COUNT(text_kinds) * COUNT(counts) * 4; i++) {
        const struct text_kind *kind = &text_kinds[i % COUNT(text_kinds)];
        struct entries entries =
            draw_entries(&seed, kind, counts[i / COUNT(text_kinds) % COUNT(counts)]);
        struct strbuf plain = built(&entries);
        struct str exact = exact_copy(strbuf_str(&plain));
        struct entity_block block;

        assert_int_equal(entity_block_open(exact, &block), 0);
        for (size_t left = rounds(50); left > 0; left--) {
            struct str wanted = exact_copy(draw_wanted(&seed, kind, &entries, &block, room));

            expect_search(kind->label, &block, &entries, wanted, true, false);
            expect_search(kind->label, &block, &entries, wanted, false, false);
            expect_search(kind->label, &block, &entries, wanted, false, true);
            free_copy(wanted);
        }
        free_copy(exact);
        strbuf_release(&plain);
        free_entries(&entries);
    }
}

static void test_borders(void **state)
{
    struct entity_entry items[] = {
        {1, TEXT("x1"), TEXT("ab"), TEXT("aB")},
        {2, TEXT("x12"), TEXT(""), TEXT("")},
        {3, TEXT("x"), TEXT("cab"), TEXT("cab")},
        {9, TEXT(""), TEXT("abab"), TEXT("ABAB")},
    };
    static const struct {
        const char *text;
        size_t in_names, exact, prefixed;
    } cases[] = {
        {"ab", 3, 0, 0},  {"abc", 0, 0, 0}, {"bca", 0, 0, 0},      {"", 4, 1, 4},
        {"x", 0, 1, 3},   {"x1", 0, 1, 2},  {"x12", 0, 1, 1},      {"x2", 0, 0, 0},
        {"bab", 1, 0, 0}, {"a", 3, 0, 0},   {"abababab", 0, 0, 0},
    };
    struct entries entries = {items, COUNT(items), NULL};
    struct strbuf plain = built(&entries);
    struct entity_block block;

    (void)state;
    assert_int_equal(entity_block_open(strbuf_str(&plain), &block), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct entity_ids names = {NULL, 0, 0}, exact = {NULL, 0, 0}, prefixed = {NULL, 0, 0};
        struct str text = str_from(cases[i].text);

        entity_block_search_name(&block, text, &names);
        entity_block_search_external(&block, text, false, &exact);
        entity_block_search_external(&block, text, true, &prefixed);
        EXPECT(cases[i].text, names.count == cases[i].in_names);
        EXPECT(cases[i].text, exact.count == cases[i].exact);
        EXPECT(cases[i].text, prefixed.count == cases[i].prefixed);
        entity_ids_release(&names);
        entity_ids_release(&exact);
        entity_ids_release(&prefixed);
    }
    strbuf_release(&plain);
}

/* ---- Damage -------------------------------------------------------------------------------------- */

static bool opened(struct str plain)
{
    struct entity_ids ids = {NULL, 0, 0};
    struct entity_block block;

    if (entity_block_open(plain, &block) < 0)
        return false;
    entity_block_search_name(&block, STR("ab"), &ids);
    entity_block_search_external(&block, STR("ab"), true, &ids);
    for (uint32_t i = 0; i < block.entities; i++) {
        struct entity_entry entry = entity_block_entry(&block, i);

        contains(entry.name, entry.external_id);
        contains(entry.written, entry.external_id);
    }
    entity_ids_release(&ids);
    return true;
}

static void test_each_bit(void **state)
{
    uint64_t seed = 4;
    struct entries entries = draw_entries(&seed, &text_kinds[0], 20);
    struct strbuf plain = built(&entries);
    struct str copy = exact_copy(strbuf_str(&plain));
    char *bytes = (char *)(uintptr_t)copy.ptr;

    (void)state;
    for (size_t bit = 0; bit < copy.len * 8; bit++) {
        bool is_open;

        bytes[bit / 8] ^= (char)(1 << bit % 8);
        is_open = opened(copy);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        assert_false(bit / 8 < 16 && is_open);
    }
    for (size_t len = 0; len < copy.len; len++) {
        struct str cut = exact_copy(str_slice(copy, 0, len));

        assert_false(opened(cut));
        free_copy(cut);
    }
    assert_true(opened(copy));
    free_copy(copy);
    strbuf_release(&plain);
    free_entries(&entries);
}

static void test_random_damage(void **state)
{
    uint64_t seed = 5;

    (void)state;
    for (size_t round = 0; round < rounds(3000); round++) {
        struct entries entries = draw_entries(&seed, &text_kinds[round % 3], 1 + round % 50);
        struct strbuf plain = built(&entries), packed, again;

        for (uint32_t left = 1 + draw_below(&seed, 4); left > 0; left--)
            plain.ptr[16 + draw_below(&seed, (uint32_t)plain.len - 16)] = (char)draw(&seed);
        strbuf_init(&packed);
        strbuf_init(&again);
        opened(strbuf_str(&plain));
        entity_block_pack(strbuf_str(&plain), &packed);
        if (round % 2)
            packed.ptr[draw_below(&seed, (uint32_t)packed.len)] ^= (char)draw(&seed);
        if (entity_block_unpack(strbuf_str(&packed), &again) == 0)
            opened(strbuf_str(&again));
        strbuf_release(&again);
        strbuf_release(&packed);
        strbuf_release(&plain);
        free_entries(&entries);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_fill),
        cmocka_unit_test(test_searches),       cmocka_unit_test(test_borders),
        cmocka_unit_test(test_each_bit),       cmocka_unit_test(test_random_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
