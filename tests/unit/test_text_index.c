/* SPDX-License-Identifier: MIT */
/*
 * Signatures of texts against a search through the texts themselves: what holds a text is never left out, and not too much is
 * named in vain. Over made texts, and over real ones where they are (DAYBOOK_SHARED/data, or ../shared/data).
 */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"
#include "index/text_index.h"

enum { EVENTS = 8000, QUERIES = 120, TEXTS_MAX = 2, LINES_MAX = 2000, QUERY_BYTES_MAX = 64 };

static const struct text_index_name name = {7, 1, 42, UINT64_C(0xfedcba9876543210)};

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (uint32_t)(random_state >> 33) % limit;
}

/* What is indexed: an id and the texts of each event. */
struct sample {
    size_t count;
    uint64_t ids[EVENTS];
    struct str texts[EVENTS][TEXTS_MAX];
};

static struct sample *sample_new(void)
{
    struct sample *sample = memory_new(sizeof(*sample));
    uint64_t id = UINT64_C(1) << 62;

    random_state = 1;
    for (size_t i = 0; i < EVENTS; i++)
        sample->ids[i] = id += 1 + random_below(1000);
    return sample;
}

static void sample_free(struct sample *sample)
{
    for (size_t i = 0; i < sample->count; i++)
        for (size_t k = 0; k < TEXTS_MAX; k++)
            free_copy(sample->texts[i][k]);
    free(sample);
}

/* The first `count` events, as a block of exactly its size. */
static struct str build(const struct sample *sample, size_t count, uint64_t expected)
{
    struct text_index_builder *builder = text_index_builder_new(expected);
    struct strbuf plain;
    struct str copy;

    strbuf_init(&plain);
    for (size_t i = 0; i < count; i++)
        text_index_builder_add(builder, sample->ids[i], sample->texts[i], TEXTS_MAX);
    text_index_builder_finish(builder, &name, &plain);
    text_index_builder_free(builder);
    copy = exact_copy(strbuf_str(&plain));
    strbuf_release(&plain);
    return copy;
}

static struct text_index open_index(struct str plain)
{
    struct text_index index;

    assert_int_equal(0, text_index_open((char *)(uintptr_t)plain.ptr, plain.len, &name, &index));
    return index;
}

static bool holds(const struct sample *sample, size_t event, struct str folded)
{
    for (size_t k = 0; k < TEXTS_MAX; k++)
        if (str_contains_folded(sample->texts[event][k], folded))
            return true;
    return false;
}

/* Fails when a block that holds the query is left out; the share of all blocks that are named and do not hold it. */
static double ask(const struct sample *sample, const struct text_index *index, struct str query)
{
    struct text_index_blocks blocks;
    char folded_bytes[QUERY_BYTES_MAX];
    struct str folded = {folded_bytes, query.len};
    bool *holding = memory_new(index->blocks);
    uint32_t found, true_ones = 0, marked = 0;

    str_fold(query, folded_bytes);
    found = text_index_find(index, folded, &blocks);
    for (size_t i = 0; i < sample->count; i++)
        if (holds(sample, i, folded))
            holding[text_index_block(index, sample->ids[i])] = true;
    for (uint32_t i = 0; i < index->blocks; i++) {
        true_ones += holding[i];
        marked += text_index_has(&blocks, i);
        if (holding[i] && !text_index_has(&blocks, i))
            fail_msg("block %u holds \"%.*s\" and is left out", i, STR_ARG(query));
    }
    assert_int_equal(found, marked);
    free(holding);
    return (double)(found - true_ones) / index->blocks;
}

/* Any bytes, in a small alphabet, so that much repeats. */
static struct str make_text(size_t longest)
{
    static const char alphabet[] = "aAbBzZ\0\xff\x80 @[`{09";
    size_t len = random_below((uint32_t)longest + 1);
    char *bytes = malloc(len ? len : 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = alphabet[random_below(sizeof(alphabet) - 1)];
    return (struct str){bytes, len};
}

static void test_nothing_is_left_out(void **state)
{
    struct sample *sample = sample_new();
    struct text_index index;
    struct str plain;

    (void)state;
    while (sample->count < EVENTS) {
        for (size_t k = 0; k < TEXTS_MAX; k++)
            sample->texts[sample->count][k] = make_text(k ? 3000 : 8);
        sample->count++;
    }
    plain = build(sample, EVENTS, EVENTS);
    index = open_index(plain);
    for (int i = 0; i < QUERIES; i++) {
        struct str query = make_text(9);

        ask(sample, &index, query);
        free_copy(query);
    }
    free_copy(plain);
    sample_free(sample);
}

/* Each event in its place, whatever number was expected; and the blocks are neither tiny nor huge. */
static void test_blocks(void **state)
{
    static const struct {
        const char *label;
        size_t events, text_bytes;
        uint64_t expected;
        uint32_t fewest, most;
    } cases[] = {
        {"no event", 0, 0, 0, 1, 1},
        {"one event", 1, 1000, 1, 1, 1},
        {"events without texts", EVENTS, 0, EVENTS, EVENTS / 256, EVENTS / 256 + 1},
        {"usual ones", EVENTS, 770, EVENTS, EVENTS / 171, EVENTS / 170},
        {"long texts", EVENTS, 20000, EVENTS, EVENTS / 16, EVENTS / 16 + 1},
        {"fewer expected", EVENTS, 20000, 1, EVENTS / 16, EVENTS / 16 + 1},
        {"many more expected", EVENTS, 20000, 1000000, EVENTS / 256, EVENTS / 200},
    };
    struct sample *sample = sample_new();
    char *bytes = memory_new(20000);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text_index index;
        struct str plain;

        for (size_t k = 0; k < cases[i].events; k++)
            sample->texts[k][0] = (struct str){bytes, cases[i].text_bytes};
        plain = build(sample, cases[i].events, cases[i].expected);
        index = open_index(plain);
        EXPECT(cases[i].label, index.blocks >= cases[i].fewest && index.blocks <= cases[i].most);
        EXPECT(cases[i].label, text_index_block(&index, 0) == 0);
        EXPECT(cases[i].label, text_index_block(&index, UINT64_MAX) == index.blocks - 1);
        for (uint32_t k = 1; k < index.blocks; k++) {
            EXPECT(cases[i].label, text_index_block(&index, index.first_ids[k]) == k);
            EXPECT(cases[i].label, text_index_block(&index, index.first_ids[k] - 1) == k - 1);
        }
        free_copy(plain);
    }
    free(bytes);
    free(sample);
}

/* An event that comes late is found in the block that covers it, and nothing else is lost. */
static void test_late_events(void **state)
{
    static const struct str texts[] = {TEXT("{\"id\": \"5CC8DEADBEEF\"}"), TEXT("xyz")};
    static const struct str query = TEXT("cc8deadbeef");
    struct sample *sample = sample_new();
    const uint64_t ids[] = {0, UINT64_MAX, sample->ids[EVENTS / 2] - 1};

    (void)state;
    while (sample->count < EVENTS)
        sample->texts[sample->count++][0] = make_text(1500);
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct str plain = build(sample, EVENTS, EVENTS);
        struct text_index index = open_index(plain);
        struct text_index_blocks blocks;

        assert_int_equal(0, text_index_find(&index, query, &blocks));
        text_index_add(&index, ids[i], texts, COUNT(texts));
        assert_int_equal(1, text_index_find(&index, query, &blocks));
        assert_true(text_index_has(&blocks, text_index_block(&index, ids[i])));
        ask(sample, &index,
            sample->texts[5][0].len > 9 ? str_slice(sample->texts[5][0], 1, 7) : query);
        free_copy(plain);
    }
    sample_free(sample);
}

static void test_queries_without_a_gram(void **state)
{
    struct sample *sample = sample_new();
    struct text_index_blocks blocks;
    struct text_index index;
    struct str plain;

    (void)state;
    while (sample->count < 1000)
        sample->texts[sample->count++][0] = exact_copy(STR("never looked for"));
    plain = build(sample, sample->count, sample->count);
    index = open_index(plain);
    assert_true(index.blocks > 1 && index.blocks % 8 != 0);
    assert_int_equal(index.blocks, text_index_find(&index, STR(""), &blocks));
    assert_int_equal(index.blocks, text_index_find(&index, STR("qqq"), &blocks));
    assert_int_equal(0, text_index_find(&index, STR("qqqq"), &blocks));
    free_copy(plain);
    sample_free(sample);
}

/* Every way of not being the index that is meant is seen. */
static void test_broken(void **state)
{
    struct sample *sample = sample_new();
    struct text_index_name other = name;
    struct text_index index;
    struct str plain;
    char *bytes;

    (void)state;
    plain = build(sample, 1000, 1000);
    bytes = (char *)(uintptr_t)plain.ptr;
    assert_int_equal(0, text_index_open(bytes, plain.len, &name, &index));
    assert_int_equal(-1, text_index_open(bytes, plain.len - 1, &name, &index));
    for (size_t len = 0; len < 200; len++)
        assert_int_equal(-1, text_index_open(bytes, len, &name, &index));
    other.check++;
    assert_int_equal(-1, text_index_open(bytes, plain.len, &other, &index));
    other = name;
    other.segment_id++;
    assert_int_equal(-1, text_index_open(bytes, plain.len, &other, &index));
    for (size_t i = 0; i < 40; i++) { /* the header, and the first id, which is 0 */
        bytes[i] ^= 0x40;
        EXPECT("a changed byte", text_index_open(bytes, plain.len, &name, &index) == -1);
        bytes[i] ^= 0x40;
    }
    memcpy(bytes + 40, bytes + 48, 8);
    assert_int_equal(-1, text_index_open(bytes, plain.len, &name, &index));
    free_copy(plain);
    free(sample);
}

/* ---- Real texts ---------------------------------------------------------------------------------- */

static size_t read_lines(const char *path, struct str *lines, size_t count)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;

    while (file && count < LINES_MAX && (len = getline(&line, &capacity, file)) > 0)
        lines[count++] = exact_copy((struct str){line, (size_t)len});
    free(line);
    if (file)
        fclose(file);
    return count;
}

/* As another call of the same kind: its digits, and so its ids, are others. */
static struct str vary(struct str line)
{
    struct str copy = exact_copy(line);
    char *bytes = (char *)(uintptr_t)copy.ptr;

    for (size_t i = 0; i < copy.len; i++)
        if (bytes[i] >= '0' && bytes[i] <= '9')
            bytes[i] = (char)('0' + random_below(10));
    return copy;
}

enum query_kind { WORD_5, WORD_7, HEX_24, HEX_8, ADDRESS, QUERY_KIND_COUNT };

/* A word of `len` letters from a text; empty when there is none where it looks. */
static struct str find_word(struct str text, size_t len, char *out)
{
    size_t at = random_below((uint32_t)text.len), run = 0;

    for (; at < text.len; at++) {
        char c = (char)(text.ptr[at] | 0x20);

        if (c >= 'a' && c <= 'z') {
            run++;
            continue;
        }
        if (run == len)
            break;
        run = 0;
    }
    if (run != len)
        return STR("");
    memcpy(out, text.ptr + at - len, len);
    return (struct str){out, len};
}

static struct str make_query(const struct sample *sample, enum query_kind kind, char *out)
{
    struct str text = sample->texts[random_below((uint32_t)sample->count)][0];
    int len = 0;

    switch (kind) {
    case WORD_5:
    case WORD_7:
        return text.len ? find_word(text, (kind == WORD_5 ? 5 : 7) + random_below(2), out)
                        : STR("");
    case HEX_24:
    case HEX_8:
        for (; len < (kind == HEX_24 ? 24 : 8); len++)
            out[len] = "0123456789abcdef"[random_below(16)];
        return (struct str){out, (size_t)len};
    default:
        len = snprintf(out, QUERY_BYTES_MAX, "%u.%u.%u.%u", 100 + random_below(100),
                       random_below(256), random_below(256), random_below(256));
        return (struct str){out, (size_t)len};
    }
}

static void report(const struct sample *sample, const struct text_index *index)
{
    static const struct {
        const char *label;
        double most; /* of the mean share */
    } kinds[QUERY_KIND_COUNT] = {
        [WORD_5] = {"word of 5 to 6 letters", 0.3},
        [WORD_7] = {"word of 7 to 8 letters", 0.2},
        [HEX_24] = {"24 hex digits", 0.001},
        [HEX_8] = {"8 hex digits", 0.05},
        [ADDRESS] = {"address", 0.05},
    };
    char out[QUERY_BYTES_MAX];

    for (int kind = 0; kind < QUERY_KIND_COUNT; kind++) {
        double sum = 0, worst = 0;
        int asked = 0;

        for (int i = 0; i < QUERIES * 4 && asked < QUERIES / 2; i++) {
            struct str query = make_query(sample, (enum query_kind)kind, out);
            double share;

            if (query.len == 0)
                continue;
            share = ask(sample, index, query);
            sum += share;
            worst = share > worst ? share : worst;
            asked++;
        }
        print_message("%-22s in vain %6.3f %% of all blocks, worst %6.2f %%\n", kinds[kind].label,
                      100 * sum / asked, 100 * worst);
        EXPECT(kinds[kind].label, asked > 10 && sum / asked <= kinds[kind].most);
    }
}

static void test_real_texts(void **state)
{
    static const char *const files[] = {
        "audit/amazon.eks.audit.ndjson",
        "audit/aws.cloudtrail.ndjson",
        "audit/github.audit.ndjson",
        "audit/gravitational.teleportaudit.ndjson",
        "audit/gsuite.activityevent.ndjson",
        "audit/k8s-audit2rbac-demo.ndjson",
        "audit/okta.systemlog.ndjson",
        "audit/slack.auditlogs.ndjson",
        "webhooks/github.ndjson",
    };
    const char *shared = getenv("DAYBOOK_SHARED");
    struct str *lines = memory_new(LINES_MAX * sizeof(*lines));
    struct sample *sample = sample_new();
    size_t count = 0, bytes = 0;
    struct text_index index;
    char path[4096];
    struct str plain;

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        snprintf(path, sizeof(path), "%s/data/%s", shared ? shared : "../shared", files[i]);
        count = read_lines(path, lines, count);
    }
    if (count) {
        for (; sample->count < EVENTS; sample->count++) {
            sample->texts[sample->count][0] = vary(lines[random_below((uint32_t)count)]);
            bytes += sample->texts[sample->count][0].len;
        }
        plain = build(sample, EVENTS, EVENTS);
        index = open_index(plain);
        print_message("%d events of %zu bytes: %u blocks, %zu bytes of index an event\n", EVENTS,
                      bytes / EVENTS, index.blocks, plain.len / EVENTS);
        report(sample, &index);
        free_copy(plain);
    }
    for (size_t i = 0; i < count; i++)
        free_copy(lines[i]);
    free(lines);
    sample_free(sample);
    if (count == 0)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_left_out),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_late_events),
        cmocka_unit_test(test_queries_without_a_gram),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_real_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
