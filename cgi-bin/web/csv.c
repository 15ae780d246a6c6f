/* SPDX-License-Identifier: MIT */
/* The only user of libcsv; of it, the writer alone. */
#define _GNU_SOURCE
#include "web/csv.h"

#include <csv.h>

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

void csv_cell(struct csv_row *row, struct str value)
{
    bool defused = row->defuse && is_dangerous(value);
    size_t room = 2 * value.len + 2; /* every byte doubled, and the quotes */
    char *end;

    if (row->begun)
        strbuf_add_char(row->out, ',');
    row->begun = true;
    end = strbuf_reserve(row->out, room + 1);
    if (defused) { /* the apostrophe goes between the quote and the value */
        row->out->len += 1 + csv_write2(end + 1, room, value.ptr, value.len, CSV_QUOTE);
        end[0] = '"';
        end[1] = '\'';
    } else {
        row->out->len += csv_write2(end, room, value.len ? value.ptr : "", value.len, CSV_QUOTE);
    }
    row->out->ptr[row->out->len] = '\0';
}

void csv_row_end(struct csv_row *row)
{
    strbuf_add(row->out, STR("\r\n"));
}
