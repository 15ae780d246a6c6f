/* SPDX-License-Identifier: MIT */
/*
 * Finds where a closer look is needed.  Almost every text has no such place, so this loop is what redaction costs: one look into a table
 * for each two bytes that follow each other.  Each stem is found by two of its bytes that are rare in ordinary text.
 */
#include "redaction/redact_private.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

struct builtin {
    const char *text;
    unsigned char probe;
    enum redact_stem_kind kind;
};

/* Every name that redact_names.c takes for a secret one holds one of the first kind. */
static const struct builtin builtins[] = {
    {"pass", 2, STEM_NAME},      {"pwd", 1, STEM_NAME},          {"secret", 2, STEM_NAME},
    {"token", 1, STEM_NAME},     {"credential", 0, STEM_NAME},   {"key", 1, STEM_NAME},
    {"cookie", 2, STEM_NAME},    {"auth", 0, STEM_NAME},         {"otp", 1, STEM_NAME},
    {"pin", 0, STEM_NAME},       {"cvv", 1, STEM_NAME},          {"cvc", 1, STEM_NAME},
    {"mfa", 0, STEM_NAME},       {"jwt", 0, STEM_NAME},          {"assertion", 4, STEM_NAME},
    {"saml", 2, STEM_NAME},      {"mnemonic", 0, STEM_NAME},     {"sess", 2, STEM_NAME},
    {"sid", 0, STEM_NAME},       {"sig", 0, STEM_NAME},          {"recovery", 3, STEM_NAME},
    {"backup", 3, STEM_NAME},    {"verification", 3, STEM_NAME}, {"security", 2, STEM_NAME},
    {"encrypted", 3, STEM_NAME}, {"masked", 2, STEM_NAME},       {"sensitive", 2, STEM_NAME},
    {"bearer", 0, STEM_LOGIN},   {"basic", 0, STEM_LOGIN},       {"://", 0, STEM_URL},
    {"@tcp(", 0, STEM_DSN},      {"@unix(", 0, STEM_DSN},        {"identified", 5, STEM_SQL},
    {"\\u00", 0, STEM_ESCAPE},   {":\\/", 0, STEM_ESCAPE},
};
enum { BUILTIN_COUNT = sizeof(builtins) / sizeof(builtins[0]), PAIR = 2 };

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static unsigned char upper(char c)
{
    return (unsigned char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

static uint16_t pair_at(const char *at)
{
    uint16_t pair;

    memcpy(&pair, at, sizeof(pair));
    return pair;
}

static void chain(struct redact_stems *stems, struct redact_stem stem, unsigned char bucket)
{
    if (stems->count + 1 >= stems->capacity) {
        stems->capacity = stems->capacity ? stems->capacity * 2 : 128;
        stems->stems = memory_resize(stems->stems, stems->capacity, sizeof(*stems->stems));
    }
    assert(stems->count < 65535);
    stem.next = stems->heads[bucket];
    stems->stems[++stems->count] = stem;
    stems->heads[bucket] = (unsigned short)stems->count;
}

/* Puts the stem into the bucket of each way to write its two bytes.  When there are no buckets left, the last is shared. */
static void add_stem(struct redact_stems *stems, struct redact_stem stem)
{
    const char *at = stem.text + stem.probe;
    const unsigned char first[] = {(unsigned char)at[0], upper(at[0])};
    const unsigned char second[] = {(unsigned char)at[1], upper(at[1])};
    unsigned char made = 0;
    bool chained[REDACT_BUCKETS] = {false};

    for (size_t i = 0; i < (stem.exact ? 1 : 4); i++) {
        const char bytes[PAIR] = {(char)first[i / 2], (char)second[i % 2]};
        unsigned char *bucket = &stems->buckets[pair_at(bytes)];

        if (*bucket == 0) {
            if (made == 0 && stems->bucket_count + 1 < REDACT_BUCKETS)
                stems->bucket_count++;
            made = made ? made : (unsigned char)stems->bucket_count;
            *bucket = made;
        }
        if (!chained[*bucket])
            chain(stems, stem, *bucket);
        chained[*bucket] = true;
    }
}

static void add_builtin(struct redact_stems *stems)
{
    struct str start;
    unsigned char probe;

    for (size_t i = 0; i < BUILTIN_COUNT; i++)
        add_stem(stems, (struct redact_stem){.text = builtins[i].text,
                                             .len = (unsigned char)strlen(builtins[i].text),
                                             .probe = builtins[i].probe,
                                             .kind = builtins[i].kind});
    for (unsigned i = 0; redact_pattern_start(i, &start, &probe); i++)
        add_stem(stems, (struct redact_stem){.text = start.ptr,
                                             .len = (unsigned char)start.len,
                                             .probe = probe,
                                             .exact = true,
                                             .kind = STEM_PATTERN,
                                             .pattern = (unsigned short)i});
}

const struct redact_stems *redact_stems_builtin(void)
{
    static struct redact_stems builtin;
    static struct redact_stem room[256];

    if (builtin.count == 0) {
        struct redact_stems made = {.stems = NULL};

        add_builtin(&made);
        assert(made.count < sizeof(room) / sizeof(room[0]));
        memcpy(room, made.stems, (made.count + 1) * sizeof(room[0]));
        free(made.stems);
        made.stems = room;
        builtin = made;
    }
    return &builtin;
}

/* ---- Further names ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

/* The longest run of letters of one word, as it is written; a name without two such letters gives its longest run of digits. */
static struct str longest_word(struct str name)
{
    struct str best = {name.ptr, 0};
    size_t begin = 0;

    for (size_t i = 0; i <= name.len; i++) {
        bool ends = i == name.len ||
                    (!is_letter(name.ptr[i]) && !(name.ptr[i] >= '0' && name.ptr[i] <= '9'));
        bool hump = !ends && i > begin && name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' &&
                    !(name.ptr[i - 1] >= 'A' && name.ptr[i - 1] <= 'Z');

        if (!ends && !hump)
            continue;
        if (i - begin > best.len)
            best = str_slice(name, begin, i - begin);
        begin = hump ? i : i + 1;
    }
    return best;
}

struct redact_stems *redact_stems_new(const struct redaction_rule *rules, size_t count)
{
    struct redact_stems *stems = memory_new(sizeof(*stems));
    size_t used = 0;

    add_builtin(stems);
    stems->words = memory_new(count * REDACTION_NAME_MAX + 1);
    for (size_t i = 0; i < count; i++) {
        struct str word = longest_word(str_slice(rules[i].value, 0, REDACTION_NAME_MAX));
        char *text = stems->words + used;

        if (rules[i].kind != REDACTION_ADD || word.len < PAIR)
            continue;
        str_fold(word, text);
        used += word.len;
        add_stem(stems, (struct redact_stem){
                            .text = text, .len = (unsigned char)word.len, .kind = STEM_NAME});
    }
    return stems;
}

void redact_stems_free(struct redact_stems *stems)
{
    if (!stems)
        return;
    free(stems->stems);
    free(stems->words);
    free(stems);
}

/* ---- Looking ---- */

static bool is_stem(const struct redact_stem *stem, const char *at)
{
    if (stem->exact)
        return memcmp(at, stem->text, stem->len) == 0;
    for (size_t i = 0; i < stem->len; i++)
        if (fold(at[i]) != (unsigned char)stem->text[i])
            return false;
    return true;
}

static bool look(const struct redact_stems *stems, const char *pair, const char *begin,
                 const char *end, unsigned char bucket, struct redact_hit *hit)
{
    for (size_t i = stems->heads[bucket]; i; i = stems->stems[i].next) {
        const struct redact_stem *stem = &stems->stems[i];

        if (pair - begin >= stem->probe && end - pair >= stem->len - stem->probe &&
            is_stem(stem, pair - stem->probe)) {
            *hit = (struct redact_hit){(size_t)(pair - begin) - stem->probe, stem->len, stem};
            return true;
        }
    }
    return false;
}

bool redact_next_hit(const struct redact_stems *stems, struct str text, size_t at, size_t end,
                     struct redact_hit *hit)
{
    const unsigned char *buckets = stems->buckets;
    const char *begin, *p, *stop;

    if (end < at + PAIR)
        return false;
    begin = p = text.ptr + at;
    stop = text.ptr + end;
    while (stop - p >= 5 && !(buckets[pair_at(p)] | buckets[pair_at(p + 1)] |
                              buckets[pair_at(p + 2)] | buckets[pair_at(p + 3)]))
        p += 4;
    for (; stop - p >= PAIR; p++) {
        unsigned char bucket = buckets[pair_at(p)];

        if (bucket && look(stems, p, begin, stop, bucket, hit)) {
            hit->at += at;
            return true;
        }
        if (bucket == 0)
            while (stop - p >= 6 && !(buckets[pair_at(p + 1)] | buckets[pair_at(p + 2)] |
                                      buckets[pair_at(p + 3)] | buckets[pair_at(p + 4)]))
                p += 4;
    }
    return false;
}
