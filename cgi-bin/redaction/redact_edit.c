/* SPDX-License-Identifier: MIT */
/* The edits of one text, and the views through which strings in strings are read; only here is a result written. */
#include "redaction/redact_private.h"

#include <stdlib.h>

#include "base/parse.h"

enum { FIRST_EDITS = 8, HASH_PREFIX = 7 };

void redact_start(struct redact_job *job, const struct redactor *redactor, struct arena *arena,
                  struct str text)
{
    *job = (struct redact_job){.redactor = redactor,
                               .arena = arena,
                               .view = {.text = text, .quote = {"\"", 1}},
                               .reread = text.len * 2 + 65536};
}

void redact_look_ahead(const struct redact_job *job, const struct redact_view *view, size_t begin,
                       size_t end, struct redact_ahead *ahead)
{
    ahead->has_hit = redact_next_hit(job->redactor->stems, view->text, begin, end, &ahead->hit);
}

bool redact_has_hit(const struct redact_job *job, const struct redact_view *view, size_t begin,
                    size_t end)
{
    struct redact_ahead ahead;

    redact_look_ahead(job, view, begin, end, &ahead);
    return ahead.has_hit;
}

bool redact_is_mark(struct str text)
{
    size_t at = 0, len;

    return text.len >= sizeof(REDACTED) - 1 && str_starts(text, STR(REDACTED)) &&
           redact_find_mark(text, &at, &len) && at == 0 && len == text.len;
}

/* ---- Edits ---- */

/* Where the byte at `at` of the view stands in the text of the job. */
static size_t place_of(const struct redact_view *view, size_t at)
{
    for (; view->parent; view = view->parent) {
        size_t low = 0, high = view->run_count;

        while (high - low > 1) {
            size_t middle = low + (high - low) / 2;

            if (view->runs[middle].at <= at)
                low = middle;
            else
                high = middle;
        }
        at = view->runs[low].parent_at + (at - view->runs[low].at);
    }
    return at;
}

static uint64_t first_bits(const unsigned char hash[DIGEST_BYTES])
{
    uint64_t bits;

    memcpy(&bits, hash, sizeof(bits));
    return bits;
}

uint64_t redact_plain(struct arena *arena, struct str secret)
{
    unsigned char hash[DIGEST_BYTES];

    redact_hash(arena, secret, hash);
    return first_bits(hash);
}

static void add_edit(struct redact_job *job, const struct redact_view *view, size_t begin,
                     size_t end, const unsigned char hash[DIGEST_BYTES], bool bare)
{
    if (job->edit_count == job->edit_capacity) {
        size_t capacity = job->edit_capacity ? job->edit_capacity * 4 : FIRST_EDITS;
        struct redact_edit *grown = arena_array(job->arena, capacity, sizeof(*grown));

        if (job->edit_count)
            memcpy(grown, job->edits, job->edit_count * sizeof(*grown));
        job->edits = grown;
        job->edit_capacity = capacity;
    }
    job->edits[job->edit_count++] = (struct redact_edit){
        .begin = place_of(view, begin),
        .end = place_of(view, end),
        .plain = first_bits(hash),
        .digits = redact_keyed(job->redactor, hash),
        .quote = bare ? view->quote : (struct str){NULL, 0},
    };
}

void redact_replace(struct redact_job *job, const struct redact_view *view, size_t begin,
                    size_t end, struct str secret, bool bare)
{
    unsigned char hash[DIGEST_BYTES];

    if (begin >= end || redact_is_mark(secret))
        return;
    redact_hash(job->arena, secret, hash);
    add_edit(job, view, begin, end, hash, bare);
}

void redact_replace_hashed(struct redact_job *job, const struct redact_view *view, size_t begin,
                           size_t end, struct str secret)
{
    unsigned char hash[DIGEST_BYTES];

    if (secret.len != HASH_PREFIX + sizeof(hash) * 2 || !str_starts(secret, STR("sha256:"))) {
        redact_replace(job, view, begin, end, secret, false);
        return;
    }
    for (size_t i = 0; i < sizeof(hash); i++) {
        int high = parse_hex_digit(secret.ptr[HASH_PREFIX + i * 2]);
        int low = parse_hex_digit(secret.ptr[HASH_PREFIX + i * 2 + 1]);

        if (high < 0 || low < 0) {
            redact_replace(job, view, begin, end, secret, false);
            return;
        }
        hash[i] = (unsigned char)(high << 4 | low);
    }
    add_edit(job, view, begin, end, hash, false);
}

/* By place; of two that begin together the longer first. */
static int compare_edits(const void *left, const void *right)
{
    const struct redact_edit *a = left, *b = right;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->end < b->end) - (a->end > b->end);
}

/* What lies in an earlier edit goes; one that begins in it makes it longer, so that nothing is left over. */
static void merge_edits(struct redact_job *job)
{
    size_t kept = 0;
    bool sorted = true;

    for (size_t i = 1; i < job->edit_count && sorted; i++)
        sorted = compare_edits(&job->edits[i - 1], &job->edits[i]) <= 0;
    if (!sorted)
        qsort(job->edits, job->edit_count, sizeof(*job->edits), compare_edits);
    for (size_t i = 1; i < job->edit_count; i++) {
        if (job->edits[i].begin >= job->edits[kept].end)
            job->edits[++kept] = job->edits[i];
        else if (job->edits[i].end > job->edits[kept].end)
            job->edits[kept].end = job->edits[i].end;
    }
    job->edit_count = kept + 1;
}

static char *put(char *at, struct str text)
{
    if (text.len)
        memcpy(at, text.ptr, text.len);
    return at + text.len;
}

/* Writes the mark; where it ends. */
static char *put_mark(char *at, const struct redact_job *job, uint64_t digits)
{
    at = put(at, STR(REDACTED));
    if (!job->redactor->has_key)
        return at;
    *at++ = ':';
    for (int shift = 60; shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[digits >> shift & 15];
    return at;
}

struct str redact_finish(struct redact_job *job)
{
    struct str text = job->view.text;
    size_t len = text.len, done = 0;
    char *result, *at;

    if (job->scratch.ptr)
        strbuf_release(&job->scratch);
    if (job->edit_count == 0)
        return text;
    merge_edits(job);
    for (size_t i = 0; i < job->edit_count; i++)
        len += REDACT_MARK_BYTES + 2 * job->edits[i].quote.len;
    at = result = arena_alloc(job->arena, len + 1);
    for (size_t i = 0; i < job->edit_count; i++) {
        const struct redact_edit *edit = &job->edits[i];

        at = put(at, str_slice(text, done, edit->begin - done));
        at = put(at, edit->quote);
        at = put_mark(at, job, edit->digits);
        at = put(at, edit->quote);
        done = edit->end;
    }
    at = put(at, str_slice(text, done, text.len));
    return (struct str){result, (size_t)(at - result)};
}
