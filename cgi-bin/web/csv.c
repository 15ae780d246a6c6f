/* SPDX-License-Identifier: MIT */
/*
 * Quoting went through libcsv first, byte by byte, and was then half of what a download's process does.  Here it goes eight bytes at
 * a time; the tests hold it against libcsv.
 */
#define _GNU_SOURCE
#include "web/csv.h"

#include <endian.h>
#include <stddef.h>
#include <stdint.h>

static const ptrdiff_t WORD = sizeof(uint64_t);

void csv_row_start(struct csv_row *row, struct strbuf *out, bool defuse)
{
    *row = (struct csv_row){.out = out, .defuse = defuse};
}

/* As listed in the header. */
static bool is_dangerous(struct str value)
{
    static const char wide[][2] = {
        {'\xbc', '\x9d'}, {'\xbc', '\x8b'}, {'\xbc', '\x8d'}, {'\xbc', '\xa0'}};

    if (value.len == 0)
        return false;
    switch (value.ptr[0]) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
    case '\0':
    case '\'':
        return true;
    case '\xef': /* U+FF1D, U+FF0B, U+FF0D, U+FF20 */
        for (size_t i = 0; value.len >= 3 && i < sizeof(wide) / sizeof(wide[0]); i++)
            if (memcmp(value.ptr + 1, wide[i], sizeof(wide[i])) == 0)
                return true;
        return false;
    default:
        return false;
    }
}

/* The highest bit of each byte of `word` that is a quote; the first byte in memory is the lowest here. */
static uint64_t quotes_in(uint64_t word)
{
    const uint64_t low_bits = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t zero_at = le64toh(word) ^ ('"' * UINT64_C(0x0101010101010101));

    return ~(((zero_at & low_bits) + low_bits) | zero_at | low_bits);
}

/*
 * Copies with every quote doubled; the end of what was written.  A word is written whole, then again from behind each of its quotes,
 * one place further on: up to a word of rubbish stands behind the end meanwhile, for which the caller has room.
 */
static char *double_quotes(char *out, struct str value)
{
    const char *at = value.ptr, *end = at + value.len;

    while (end - at >= 2 * WORD) {
        uint64_t word, quotes;
        unsigned done = 0;

        memcpy(&word, at, WORD);
        memcpy(out, &word, WORD);
        for (quotes = quotes_in(word); quotes; quotes &= quotes - 1) {
            unsigned upto = (unsigned)__builtin_ctzll(quotes) / 8 + 1;

            out += upto - done;
            *out++ = '"';
            done = upto;
            memcpy(out, at + upto, WORD);
        }
        out += WORD - done;
        at += WORD;
    }
    for (; at < end; at++) {
        out[0] = *at;
        out[1] = '"';
        out += 1 + (*at == '"');
    }
    return out;
}

void csv_cell(struct csv_row *row, struct str value)
{
    enum { FRAME = sizeof(",\"'\"") - 1 };
    char *out = strbuf_reserve(row->out, 2 * value.len + FRAME + WORD);

    if (row->begun)
        *out++ = ',';
    row->begun = true;
    *out++ = '"';
    if (row->defuse && is_dangerous(value))
        *out++ = '\'';
    if (value.len)
        out = double_quotes(out, value);
    *out++ = '"';
    *out = '\0';
    row->out->len = (size_t)(out - row->out->ptr);
}

void csv_row_end(struct csv_row *row)
{
    strbuf_add(row->out, STR("\r\n"));
}
