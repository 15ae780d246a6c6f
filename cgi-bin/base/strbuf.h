/* SPDX-License-Identifier: MIT */
/*
 * A growing run of bytes on the heap.  Invariant: `len` bytes are content, one NUL stands behind them,
 * `ptr` is never NULL after strbuf_init().  Any byte may be content.
 */
#ifndef DAYBOOK_BASE_STRBUF_H
#define DAYBOOK_BASE_STRBUF_H

#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf {
    char *ptr;
    size_t len;      /* bytes of content */
    size_t capacity; /* bytes reserved, the NUL included */
};

/* Makes an empty buffer; strbuf_release() gives its memory back and leaves it ready for strbuf_init(). */
void strbuf_init(struct strbuf *buf);
void strbuf_release(struct strbuf *buf);

/* Empties it.  Memory is kept unless it has grown above 1 MiB. */
void strbuf_reset(struct strbuf *buf);

/* Makes room for `extra` further bytes and returns where they go; the caller adds to `len` what it wrote. */
char *strbuf_reserve(struct strbuf *buf, size_t extra);

void strbuf_add(struct strbuf *buf, struct str s);
void strbuf_add_cstr(struct strbuf *buf, const char *text);
void strbuf_add_char(struct strbuf *buf, char c);

/* In decimal digits. */
void strbuf_add_number(struct strbuf *buf, uint64_t number);
void strbuf_printf(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The content, borrowed: valid until the buffer is changed. */
struct str strbuf_str(const struct strbuf *buf);

#endif
