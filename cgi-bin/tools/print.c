/* SPDX-License-Identifier: MIT */
/* Escapes for terminals and for programs that read lines. */
#include "tools/print.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"

/* C1 controls act in some terminals; the others that begin above are letters and signs. */
enum { FIRST_PRINTABLE_WIDE = 0xa0 };

static void print_byte(unsigned char c)
{
    switch (c) {
    case '\t':
        fputs("\\t", stdout);
        break;
    case '\n':
        fputs("\\n", stdout);
        break;
    case '\\':
        fputs("\\\\", stdout);
        break;
    default:
        if (c >= ' ' && c <= '~')
            putchar(c);
        else
            printf("\\x%02x", c);
    }
}

void print_text(struct str text)
{
    size_t at = 0;

    if (text.len == 0)
        fputs("---", stdout);
    while (at < text.len) {
        uint32_t point;
        size_t bytes = utf8_decode(text, at, &point);

        if (bytes > 1 && point >= FIRST_PRINTABLE_WIDE) {
            fwrite(text.ptr + at, 1, bytes, stdout);
            at += bytes;
        } else {
            print_byte((unsigned char)text.ptr[at++]);
        }
    }
}

void print_time(int64_t ms)
{
    char text[CLOCK_TEXT_BYTES] = "none";

    if (ms)
        clock_format(ms, text);
    fputs(text, stdout);
}
