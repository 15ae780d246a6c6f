/* SPDX-License-Identifier: MIT */
/* The headers of a recorded call, one by one, from any of the forms in which they may be stored (daybook-record(5)). */
#ifndef DAYBOOK_SENT_HEADERS_H
#define DAYBOOK_SENT_HEADERS_H

#include "base/arena.h"
#include "base/str.h"

#include <stddef.h>

struct sent_header {
    struct str name, value;
};

/*
 * Names and values as bytes, in their order; what is no header in `headers` (the event's text) is passed over.  In the arena; how many in
 * `count`.
 */
struct sent_header *sent_headers_read(struct arena *arena, struct str headers, size_t *count);

#endif
