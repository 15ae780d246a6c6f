/* SPDX-License-Identifier: MIT */
/*
 * Asking a segment: random queries over random rows, each answer held against a loop over the rows that knows nothing of codes
 * and bits; with the loops for any processor, and with those for this one.
 */
#include "index/segment_query.h"

#include "check.h"
#include "segment_rows.h"
#include "index/segment_private.h"

enum { RANGES_MAX = 3000, CONDITIONS_MAX = 6 };

/* Rows, their segment, and which of them match. */
struct subject {
    const struct row_kind *kind;
    struct segment_row *rows;
    size_t count;
    struct strbuf plain;
    struct segment segment;
    bool *matches;
    uint32_t *counts;
    struct segment_range ranges[CONDITIONS_MAX][RANGES_MAX];
    struct segment_condition conditions[CONDITIONS_MAX];
    uint64_t *bitmap[CONDITIONS_MAX];
    struct segment_query query;
};

static struct subject *make_subject(uint64_t *seed, const struct row_kind *kind, size_t count)
{
    struct subject *subject = memory_new(sizeof(*subject));

    subject->kind = kind;
    subject->rows = draw_rows(seed, kind, count);
    subject->count = count;
    strbuf_init(&subject->plain);
    segment_build(subject->rows, count, &subject->plain);
    EXPECT(kind->label, segment_open(strbuf_str(&subject->plain), &subject->segment) == 0);
    subject->matches = memory_new(count * sizeof(*subject->matches));
    subject->counts = memory_new(count * sizeof(*subject->counts));
    subject->query.conditions = subject->conditions;
    return subject;
}

static void free_subject(struct subject *subject)
{
    strbuf_release(&subject->plain);
    free(subject->rows);
    free(subject->matches);
    for (size_t i = 0; i < CONDITIONS_MAX; i++)
        free(subject->bitmap[i]);
    free(subject->counts);
    free(subject);
}

/* ---- Random queries ------------------------------------------------------------------------------ */

static int by_first(const void *a, const void *b)
{
    uint32_t left = ((const struct segment_range *)a)->first;
    uint32_t right = ((const struct segment_range *)b)->first;

    return (left > right) - (left < right);
}

/* Sorts ranges and joins those that overlap or touch; how many are left. */
static size_t tidy(struct segment_range *ranges, size_t count)
{
    size_t kept = 0;

    qsort(ranges, count, sizeof(*ranges), by_first);
    for (size_t i = 0; i < count; i++) {
        if (kept && (uint64_t)ranges[kept - 1].last + 1 >= ranges[i].first) {
            if (ranges[i].last > ranges[kept - 1].last)
                ranges[kept - 1].last = ranges[i].last;
        } else {
            ranges[kept++] = ranges[i];
        }
    }
    return kept;
}

/* Mostly values that occur, now and then from one of them to another, or anything. */
static struct segment_range draw_range(uint64_t *seed, const struct subject *subject,
                                       size_t dimension)
{
    uint32_t any = draw_below(seed, (uint32_t)subject->count);
    uint32_t first = subject->rows[any].value[dimension], last = first;

    if (draw_below(seed, 8) == 0)
        first = draw_value(seed, subject->kind, dimension);
    if (draw_below(seed, 4) == 0) {
        last = subject->rows[draw_below(seed, (uint32_t)subject->count)].value[dimension];
    } else if (draw_below(seed, 4) == 0) {
        last = draw_below(seed, 2) ? first : UINT32_MAX;
    }
    return first <= last ? (struct segment_range){first, last}
                         : (struct segment_range){last, first};
}

static uint64_t draw_id(uint64_t *seed, const struct subject *subject)
{
    return subject->rows[draw_below(seed, (uint32_t)subject->count)].id + draw_below(seed, 3) - 1;
}

/* Gives the condition a bitmap, at times. */
static void add_bitmap(uint64_t *seed, struct subject *subject, size_t i)
{
    struct segment_condition *condition = &subject->conditions[i];
    size_t words;

    free(subject->bitmap[i]);
    subject->bitmap[i] = NULL;
    words = segment_bitmap_words(condition->ranges, condition->count, SEGMENT_BITMAP_LARGE);
    if (words == 0 && condition->count && condition->ranges[condition->count - 1].last < 1000000)
        words = condition->ranges[condition->count - 1].last / 64 + 1;
    if (words == 0 || draw_below(seed, 2) == 0)
        return;
    subject->bitmap[i] = memory_new(words * sizeof(uint64_t));
    segment_bitmap(condition->ranges, condition->count, subject->bitmap[i]);
    condition->bitmap = subject->bitmap[i];
}

static void draw_query(uint64_t *seed, struct subject *subject)
{
    static const uint32_t lengths[] = {1, 1, 1, 2, 3, 16, 40, 300, RANGES_MAX};

    subject->query.first_id = draw_below(seed, 3) ? 0 : draw_id(seed, subject);
    subject->query.last_id = draw_below(seed, 3) ? UINT64_MAX : draw_id(seed, subject);
    subject->query.count = draw_below(seed, CONDITIONS_MAX + 1);
    for (size_t i = 0; i < subject->query.count; i++) {
        size_t dimension = draw_below(seed, SEGMENT_DIMENSION_COUNT);
        uint32_t length = lengths[draw_below(seed, COUNT(lengths))];

        length = draw_below(seed, 30) ? 1 + draw_below(seed, length) : 0;
        for (uint32_t k = 0; k < length; k++)
            subject->ranges[i][k] = draw_range(seed, subject, dimension);
        subject->conditions[i] = (struct segment_condition){
            dimension,
            draw_below(seed, 3) == 0,
            subject->ranges[i],
            tidy(subject->ranges[i], length),
            NULL,
        };
        add_bitmap(seed, subject, i);
    }
}

/* ---- The loop over rows -------------------------------------------------------------------------- */

static bool row_matches(const struct segment_row *row, const struct segment_query *query)
{
    for (size_t i = 0; i < query->count; i++) {
        const struct segment_condition *condition = &query->conditions[i];
        uint32_t value = row->value[condition->dimension];
        bool found = false;

        for (size_t k = 0; k < condition->count && !found; k++)
            found = condition->ranges[k].first <= value && value <= condition->ranges[k].last;
        if (found == condition->exclude)
            return false;
    }
    return query->first_id <= row->id && row->id <= query->last_id;
}

static uint32_t match_rows(struct subject *subject)
{
    uint32_t count = 0;

    for (size_t i = 0; i < subject->count; i++) {
        subject->matches[i] = row_matches(&subject->rows[i], &subject->query);
        count += subject->matches[i];
    }
    return count;
}

/* ---- Comparisons --------------------------------------------------------------------------------- */

static void expect_bits(struct subject *subject, const struct segment_bits *bits)
{
    for (size_t i = 0; i < subject->segment.words * (size_t)64; i++) {
        bool is_set = bits->words[i / 64] >> i % 64 & 1;

        EXPECT(subject->kind->label, is_set == (i < subject->count && subject->matches[i]));
    }
}

static void expect_select(uint64_t *seed, struct subject *subject, const struct segment_bits *bits,
                          uint32_t total)
{
    const char *label = subject->kind->label;
    uint32_t first = draw_below(seed, total + 2), limit = draw_below(seed, 100), seen = 0;
    uint32_t positions[100], count;

    count = segment_select(&subject->segment, bits, first, limit, positions);
    EXPECT(label, count == (first >= total ? 0 : total - first < limit ? total - first : limit));
    for (uint32_t i = 0, at = 0; i < subject->count && at < count; i++) {
        if (subject->matches[i] && seen++ >= first)
            EXPECT(label, positions[at++] == i);
    }
}

static void expect_between(uint64_t *seed, struct subject *subject, const struct segment_bits *bits)
{
    uint32_t first = draw_below(seed, (uint32_t)subject->count + 1);
    uint32_t end = draw_below(seed, (uint32_t)subject->count + 1), count = 0;

    for (uint32_t i = first; i < end; i++)
        count += subject->matches[i];
    EXPECT(subject->kind->label, segment_count_between(bits, first, end) == count);
}

/* The class of a value: the ranges touch and leave nothing out. */
static size_t class_of(const struct segment_range *classes, uint32_t value)
{
    size_t class = 0;

    while (value > classes[class].last)
        class ++;
    return class;
}

/* Counts are added to what stands there. */
static void expect_spread(uint64_t *seed, struct subject *subject, const struct segment_bits *bits)
{
    enum segment_dimension dimension = (enum segment_dimension)draw_below(seed, SEGMENT_ENTITY);
    size_t count = 1 + draw_below(seed, SEGMENT_CLASSES_MAX), spans = 1 + draw_below(seed, 5);
    struct segment_range classes[SEGMENT_CLASSES_MAX];
    uint64_t counts[5 * SEGMENT_CLASSES_MAX];
    uint32_t edges[6], cuts[SEGMENT_CLASSES_MAX];
    bool whole = draw_below(seed, 4) == 0;

    for (size_t i = 0; i <= spans; i++)
        edges[i] = draw_below(seed, (uint32_t)subject->count + 1);
    spans = whole ? 1 : spans;
    edges[0] = whole ? 0 : edges[0];
    edges[spans] = whole ? (uint32_t)subject->count : edges[spans];
    for (size_t i = 1; i <= spans; i++)
        edges[i] = edges[i] < edges[i - 1] ? edges[i - 1] : edges[i];
    for (size_t i = 0; i < count; i++) {
        uint32_t any = draw_below(seed, (uint32_t)subject->count);

        cuts[i] = subject->rows[any].value[dimension];
        for (size_t k = i; k > 0 && cuts[k - 1] > cuts[k]; k--) {
            uint32_t cut = cuts[k];

            cuts[k] = cuts[k - 1];
            cuts[k - 1] = cut;
        }
    }
    count = cuts[count - 1] == UINT32_MAX ? 1 : count;
    for (size_t i = 0; i < count; i++) /* a class without values is one that begins above its end */
        classes[i] =
            (struct segment_range){i ? cuts[i - 1] + 1 : 0, i + 1 < count ? cuts[i] : UINT32_MAX};
    for (size_t i = 0; i < spans * count; i++)
        counts[i] = i;
    segment_spread(&subject->segment,
                   &(struct segment_spread){bits, dimension, classes, count, edges, spans}, counts);
    for (size_t i = 0; i < spans; i++)
        for (uint32_t at = edges[i]; at < edges[i + 1]; at++)
            if (!bits || subject->matches[at])
                counts[i * count + class_of(classes, subject->rows[at].value[dimension])]--;
    for (size_t i = 0; i < spans * count; i++)
        EXPECT(subject->kind->label, counts[i] == i);
}

/* Counts are added to what stands there. */
static void expect_facet(struct subject *subject, const struct segment_bits *bits, size_t dimension)
{
    const struct segment_column *column = &subject->segment.columns[dimension];
    uint32_t wrong = 0;

    for (uint32_t code = 0; code < column->value_count; code++)
        subject->counts[code] = code;
    segment_facet(&subject->segment, bits, dimension, subject->counts);
    for (size_t i = 0; i < subject->count; i++) {
        uint32_t code = 0, end = column->value_count;

        if (bits && !subject->matches[i])
            continue;
        while (end - code > 1) { /* the last value that is not above */
            uint32_t middle = code + (end - code) / 2;

            if (column->values[middle] <= subject->rows[i].value[dimension])
                code = middle;
            else
                end = middle;
        }
        subject->counts[code]--;
    }
    for (uint32_t code = 0; code < column->value_count; code++)
        wrong += subject->counts[code] != code;
    EXPECT(subject->kind->label, wrong == 0);
}

/* Where dictionaries tell, they tell what a loop over the rows does. */
static void expect_values(uint64_t *seed, struct subject *subject)
{
    enum segment_dimension dimension = (enum segment_dimension)draw_below(seed, SEGMENT_ENTITY);
    const struct segment_column *column = &subject->segment.columns[dimension];
    uint32_t *counts = memory_new(column->value_count * sizeof(*counts));

    if (segment_values(&subject->segment, &subject->query, dimension, counts)) {
        for (size_t i = 0; i < subject->count; i++)
            for (uint32_t code = 0; subject->matches[i] && code < column->value_count; code++)
                counts[code] -= column->values[code] == subject->rows[i].value[dimension];
        for (uint32_t code = 0; code < column->value_count; code++)
            EXPECT(subject->kind->label, counts[code] == 0);
    }
    free(counts);
}

static void expect_query(uint64_t *seed, struct subject *subject)
{
    const char *label = subject->kind->label;
    uint32_t total = match_rows(subject);
    struct segment_bits bits;

    EXPECT(label, segment_count(&subject->segment, &subject->query) == total);
    EXPECT(label, segment_match(&subject->segment, &subject->query, &bits) == total);
    expect_bits(subject, &bits);
    expect_select(seed, subject, &bits, total);
    expect_between(seed, subject, &bits);
    expect_facet(subject, &bits, draw_below(seed, SEGMENT_ENTITY));
    if (subject->count <= 1000)
        expect_values(seed, subject);
    expect_spread(seed, subject, &bits);
    expect_spread(seed, subject, NULL);
    for (int i = 0; i < 20; i++) {
        const struct segment_row *row = &subject->rows[draw_below(seed, (uint32_t)subject->count)];

        EXPECT(label,
               segment_row_matches(row, &subject->query) == subject->matches[row - subject->rows]);
    }
}

/* ---- Tests --------------------------------------------------------------------------------------- */

static void expect_random(const struct segment_kernel *kernel, uint64_t seed)
{
    segment_kernel_use(kernel);
    for (size_t kind = 0; kind < COUNT(row_kinds); kind++) {
        for (size_t i = 0; i < COUNT(row_counts); i++) {
            struct subject *subject = make_subject(&seed, &row_kinds[kind], row_counts[i]);

            for (size_t left = rounds(row_counts[i] > 1000 ? 6 : 60); left > 0; left--) {
                draw_query(&seed, subject);
                expect_query(&seed, subject);
            }
            for (size_t dimension = 0; dimension < SEGMENT_ENTITY; dimension++)
                expect_facet(subject, NULL, dimension);
            free_subject(subject);
        }
    }
    segment_kernel_use(NULL);
}

static void test_any_processor(void **state)
{
    (void)state;
    expect_random(&segment_kernel_plain, 1);
}

static void test_this_processor(void **state)
{
    (void)state;
    expect_random(segment_kernel(), 2);
}

/* One condition on each dimension in turn, with each number of ranges around where the way of asking changes. */
static void test_each_number_of_ranges(void **state)
{
    uint64_t seed = 5;
    struct subject *subject = make_subject(&seed, &row_kinds[5], 5000);
    const uint32_t step = RUNNING_ON_VALGRIND ? 7 : 1;

    (void)state;
    for (uint32_t length = 1; length < 3 * SEGMENT_COMPARED_MAX; length += step) {
        for (size_t dimension = 0; dimension < SEGMENT_DIMENSION_COUNT; dimension++) {
            for (uint32_t k = 0; k < length; k++) {
                uint32_t value = subject->rows[seed % 7 + k * 7].value[dimension];

                subject->ranges[0][k] = (struct segment_range){value, value};
            }
            subject->conditions[0] =
                (struct segment_condition){dimension, length % 3 == 0, subject->ranges[0],
                                           tidy(subject->ranges[0], length), NULL};
            subject->query.first_id = subject->rows[length].id;
            subject->query.last_id = UINT64_MAX;
            subject->query.count = 1;
            expect_query(&seed, subject);
        }
    }
    free_subject(subject);
}

static void test_positions(void **state)
{
    uint64_t seed = 6;
    struct subject *subject = make_subject(&seed, &row_kinds[0], 1000);
    const struct segment *segment = &subject->segment;

    (void)state;
    assert_int_equal(segment_position(segment, 0), 0);
    assert_int_equal(segment_position(segment, UINT64_MAX), 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(segment_position(segment, subject->rows[i].id), i);
        assert_int_equal(segment_position(segment, subject->rows[i].id + 1), i + 1);
    }
    free_subject(subject);
}

static void test_empty_range_of_ids(void **state)
{
    static const uint64_t ids[][2] = {{1, 0}, {UINT64_MAX, 0}, {0, 0}, {UINT64_MAX, UINT64_MAX}};
    uint64_t seed = 8;
    struct subject *subject = make_subject(&seed, &row_kinds[0], 100);
    struct segment_bits bits;

    (void)state;
    for (size_t i = 0; i < COUNT(ids) + 1; i++) {
        subject->query.first_id = i < COUNT(ids) ? ids[i][0] : subject->rows[50].id;
        subject->query.last_id = i < COUNT(ids) ? ids[i][1] : subject->rows[40].id;
        assert_int_equal(segment_count(&subject->segment, &subject->query), 0);
        memset(&bits, 0xff, sizeof(bits));
        assert_int_equal(segment_match(&subject->segment, &subject->query, &bits), 0);
        assert_true(bits.words[0] == 0 && bits.words[1] == 0 && bits.words[2] == UINT64_MAX);
    }
    free_subject(subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_processor),         cmocka_unit_test(test_this_processor),
        cmocka_unit_test(test_each_number_of_ranges), cmocka_unit_test(test_positions),
        cmocka_unit_test(test_empty_range_of_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
