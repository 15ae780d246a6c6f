/* SPDX-License-Identifier: MIT */
/* Doubling growth; the only writer of struct strbuf. */
#include "base/strbuf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum { FIRST_CAPACITY = 256, KEPT_CAPACITY = 1024 * 1024 };

void strbuf_init(struct strbuf *buf)
{
    buf->ptr = memory_new(FIRST_CAPACITY);
    buf->len = 0;
    buf->capacity = FIRST_CAPACITY;
}

void strbuf_release(struct strbuf *buf)
{
    free(buf->ptr);
    *buf = (struct strbuf){NULL, 0, 0};
}

void strbuf_reset(struct strbuf *buf)
{
    if (buf->capacity > KEPT_CAPACITY) {
        strbuf_release(buf);
        strbuf_init(buf);
        return;
    }
    buf->len = 0;
    buf->ptr[0] = '\0';
}

char *strbuf_reserve(struct strbuf *buf, size_t extra)
{
    size_t needed;

    assert(extra < SIZE_MAX / 4 && buf->len < SIZE_MAX / 4);
    needed = buf->len + extra + 1;
    if (needed > buf->capacity) {
        size_t grown = buf->capacity * 2;

        buf->capacity = grown > needed ? grown : needed;
        buf->ptr = memory_resize(buf->ptr, buf->capacity, 1);
    }
    return buf->ptr + buf->len;
}

void strbuf_add(struct strbuf *buf, struct str s)
{
    char *end = strbuf_reserve(buf, s.len);

    if (s.len)
        memcpy(end, s.ptr, s.len);
    buf->len += s.len;
    buf->ptr[buf->len] = '\0';
}

void strbuf_add_cstr(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, str_from(text));
}

void strbuf_add_char(struct strbuf *buf, char c)
{
    strbuf_add(buf, (struct str){&c, 1});
}

void strbuf_add_number(struct strbuf *buf, uint64_t number)
{
    char text[24];
    size_t at = sizeof(text);

    do {
        text[--at] = (char)('0' + number % 10);
    } while ((number /= 10) != 0);
    strbuf_add(buf, (struct str){text + at, sizeof(text) - at});
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
    char probe[1]; /* gcc's sanitizer warns of a NULL here, which the standard allows */
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(probe, sizeof(probe), format, args);
    va_end(args);
    assert(len >= 0);
    strbuf_reserve(buf, (size_t)len);
    va_start(args, format);
    vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

struct str strbuf_str(const struct strbuf *buf)
{
    return (struct str){buf->ptr, buf->len};
}
