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
    static const char first[] = {'=', '+', '-', '@', '\t', '\r', '\n', '\0', '\''};
    static const struct str wide[] = {
        {"\uff1d", 3},
        {"\uff0b", 3},
        {"\uff0d", 3},
        {"\uff20", 3},
    };

    if (value.len && memchr(first, value.ptr[0], sizeof(first)))
        return true;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (str_starts(value, wide[i]))
            return true;
    return false;
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
