/* SPDX-License-Identifier: MIT */
/* One event as a CSV row or as a line of NDJSON; man/daybook-record.5 describes both. */
#ifndef DAYBOOK_EXPORT_H
#define DAYBOOK_EXPORT_H

#include "base/event.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum export_format { EXPORT_CSV, EXPORT_NDJSON };

/* The line with the names of the columns; nothing for NDJSON. */
void export_header(struct strbuf *out, enum export_format format);

/* Appends one event.  `raw`: CSV cells exactly as they are, for programs; else harmless for spreadsheets (web/csv.h). */
void export_event(struct strbuf *out, enum export_format format, bool raw,
                  const struct event *event);

/* The closing line: how many rows, and the SHA-256 (64 hex digits) of every byte before it. */
void export_trailer(struct strbuf *out, enum export_format format, uint64_t rows,
                    struct str sha256_hex);

#endif
