/* SPDX-License-Identifier: MIT */
/*
 * What is written in JSON strings, queries and forms, decoded, with a way back to the bytes that it was written in.  Lenient: what is no
 * escape stands for itself, since every text must be looked at.
 */
#include "redaction/redact_private.h"

#include "base/parse.h"
#include "base/utf8.h"

enum { FIRST_RUNS = 16 };

struct runs {
    struct arena *arena; /* NULL: not wanted */
    struct redact_run *list;
    size_t count, capacity;
};

static void add_run(struct runs *runs, size_t at, size_t parent_at)
{
    if (!runs->arena)
        return;
    if (runs->count == runs->capacity) {
        size_t capacity = runs->capacity ? runs->capacity * 4 : FIRST_RUNS;
        struct redact_run *grown = arena_array(runs->arena, capacity, sizeof(*grown));

        if (runs->count)
            memcpy(grown, runs->list, runs->count * sizeof(*grown));
        runs->list = grown;
        runs->capacity = capacity;
    }
    runs->list[runs->count++] = (struct redact_run){at, parent_at};
}

/* The four digits behind \u; false when they are none. */
static bool read_unit(struct str text, size_t at, uint32_t *unit)
{
    *unit = 0;
    if (text.len < 6 || at > text.len - 6 || text.ptr[at] != '\\' || text.ptr[at + 1] != 'u')
        return false;
    for (size_t i = 2; i < 6; i++) {
        int digit = parse_hex_digit(text.ptr[at + i]);

        if (digit < 0)
            return false;
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return true;
}

/* Appends what the escape at `at` stands for; how long it is. */
static size_t decode_escape(struct str text, size_t at, struct strbuf *out)
{
    static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
    uint32_t unit, low;
    const char *letter;

    if (at + 1 == text.len) {
        strbuf_add_char(out, '\\');
        return 1;
    }
    if (text.ptr[at + 1] == 'u' && read_unit(text, at, &unit)) {
        if (unit < 0xd800 || unit > 0xdfff) {
            utf8_append(out, unit);
            return 6;
        }
        if (unit < 0xdc00 && read_unit(text, at + 6, &low) && low >= 0xdc00 && low <= 0xdfff) {
            utf8_append(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            return 12;
        }
        strbuf_add(out, str_slice(text, at, 6)); /* half of a pair stands for no character */
        return 6;
    }
    letter = text.ptr[at + 1] ? strchr(letters, text.ptr[at + 1]) : NULL;
    strbuf_add_char(out, letter ? bytes[letter - letters] : text.ptr[at + 1]);
    return 2;
}

static void decode_json(struct str text, struct strbuf *out, struct runs *runs, size_t base)
{
    size_t at = 0;

    add_run(runs, 0, base);
    while (at < text.len) {
        const char *backslash = memchr(text.ptr + at, '\\', text.len - at);
        size_t plain = backslash ? (size_t)(backslash - text.ptr) : text.len;

        strbuf_add(out, str_slice(text, at, plain - at));
        at = plain;
        if (backslash) {
            at += decode_escape(text, at, out);
            add_run(runs, out->len, base + at);
        }
    }
}

static void decode_form(struct str text, struct strbuf *out, struct runs *runs, size_t base)
{
    add_run(runs, 0, base);
    for (size_t at = 0; at < text.len; at++) {
        int high = -1, low = -1;

        if (text.ptr[at] == '%' && text.len - at > 2) {
            high = parse_hex_digit(text.ptr[at + 1]);
            low = parse_hex_digit(text.ptr[at + 2]);
        }
        if (high >= 0 && low >= 0) {
            strbuf_add_char(out, (char)(high << 4 | low));
            at += 2;
            add_run(runs, out->len, base + at + 1);
        } else {
            strbuf_add_char(out, text.ptr[at] == '+' ? ' ' : text.ptr[at]);
        }
    }
}

/* A quote inside a string of a view, as it is written in the text of the job. */
static struct str deeper_quote(struct redact_job *job, struct str quote)
{
    struct strbuf out;
    struct str result;

    strbuf_init(&out);
    if (str_starts(quote, STR("%"))) {
        strbuf_add_cstr(&out, "%5C%22");
    } else {
        strbuf_add_char(&out, '\\');
        for (size_t i = 0; i < quote.len; i++) {
            if (quote.ptr[i] == '\\')
                strbuf_add_char(&out, '\\');
            strbuf_add_char(&out, quote.ptr[i]);
        }
    }
    result = arena_copy(job->arena, strbuf_str(&out));
    strbuf_release(&out);
    return result;
}

static const struct redact_view *make_view(struct redact_job *job, const struct redact_view *parent,
                                           size_t begin, size_t end, bool json)
{
    struct redact_view *view = arena_alloc(job->arena, sizeof(*view));
    struct runs runs = {.arena = job->arena};
    struct strbuf out;

    strbuf_init(&out);
    (json ? decode_json : decode_form)(redact_range(parent, begin, end), &out, &runs, begin);
    *view = (struct redact_view){
        .text = arena_copy(job->arena, strbuf_str(&out)),
        .parent = parent,
        .runs = runs.list,
        .run_count = runs.count,
        .depth = parent->depth + 1,
        .quote = json ? deeper_quote(job, parent->quote) : STR("%22"),
    };
    strbuf_release(&out);
    return view;
}

const struct redact_view *redact_view_json(struct redact_job *job, const struct redact_view *view,
                                           size_t begin, size_t end)
{
    return make_view(job, view, begin, end, true);
}

const struct redact_view *redact_view_form(struct redact_job *job, const struct redact_view *view,
                                           size_t begin, size_t end)
{
    return make_view(job, view, begin, end, false);
}

static struct strbuf *empty_scratch(struct redact_job *job)
{
    if (job->scratch.ptr)
        strbuf_reset(&job->scratch);
    else
        strbuf_init(&job->scratch);
    return &job->scratch;
}

struct str redact_decode_json(struct redact_job *job, struct str inside)
{
    struct runs none = {0};

    if (inside.len == 0 || !memchr(inside.ptr, '\\', inside.len))
        return inside;
    decode_json(inside, empty_scratch(job), &none, 0);
    return strbuf_str(&job->scratch);
}

struct str redact_decode_form(struct redact_job *job, struct str piece)
{
    struct runs none = {0};

    if (piece.len == 0 ||
        (!memchr(piece.ptr, '%', piece.len) && !memchr(piece.ptr, '+', piece.len)))
        return piece;
    decode_form(piece, empty_scratch(job), &none, 0);
    return strbuf_str(&job->scratch);
}
