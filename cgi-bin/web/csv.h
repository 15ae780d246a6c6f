/* SPDX-License-Identifier: MIT */
/*
 * CSV (RFC 4180: CRLF, every cell quoted, quotes doubled), row by row into a buffer; the same bytes as libcsv writes.
 */
#ifndef DAYBOOK_WEB_CSV_H
#define DAYBOOK_WEB_CSV_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>

struct csv_row {
    struct strbuf *out;
    bool defuse; /* make cells harmless for spreadsheets */
    bool begun;  /* private */
};

/*
 * Begins a row at the end of `out`.  With `defuse` a cell that a spreadsheet could run gets one
 * apostrophe before it: cells beginning with = + - @ or one of their full-width forms, with TAB CR
 * LF NUL, or with an apostrophe.  Taking one leading apostrophe off gives the value back.  Sources
 * of the list: OWASP, CSV Injection; OWASP ASVS 1.2.10.
 */
void csv_row_start(struct csv_row *row, struct strbuf *out, bool defuse);

void csv_cell(struct csv_row *row, struct str value);

/* Ends the row with CR LF. */
void csv_row_end(struct csv_row *row);

#endif
