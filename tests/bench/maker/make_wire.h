/* SPDX-License-Identifier: MIT */
/* A call of an invented log in the native wire format (man/daybook-record.5). */
#ifndef DAYBOOK_BENCH_MAKE_WIRE_H
#define DAYBOOK_BENCH_MAKE_WIRE_H

#include "make_texts.h"

/* Appends one line. */
void wire_add(struct strbuf *out, const struct call *call, const struct texts *texts);

#endif
