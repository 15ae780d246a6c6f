/* SPDX-License-Identifier: MIT */
/* Files of rows for LOAD DATA: columns with a tab or, behind the last, a line feed.  Any failure ends the program. */
#ifndef DAYBOOK_BENCH_MAKE_OUT_H
#define DAYBOOK_BENCH_MAKE_OUT_H

#include "base/strbuf.h"

#include <stdint.h>

struct out {
    int fd; /* -1: none */
    struct strbuf text;
};

extern const char *out_folder;

void out_die(const char *what) __attribute__((noreturn));

/* Opens out_folder/TABLE.NUMBER; a pipe is waited for. */
void out_open(struct out *out, const char *table, uint64_t number);

/* Nothing when none is open. */
void out_close(struct out *out);

void out_flush(struct out *out);

/* Only when there is much. */
void out_flush_full(struct out *out);

/* A column, and what stands behind it. */
void out_number(struct out *out, uint64_t number, char end);
void out_text(struct out *out, struct str text, char end); /* holds neither tab nor line feed */
void out_hex(struct out *out, const unsigned char *bytes, size_t count, char end);

#endif
