/* SPDX-License-Identifier: MIT */
/* The trace that a call belongs to, as W3C Trace Context writes it. */
#ifndef DAYBOOK_INTAKE_TRACEPARENT_H
#define DAYBOOK_INTAKE_TRACEPARENT_H

#include "base/str.h"

/* Of "00-TRACE-SPAN-FLAGS" the 32 characters of TRACE, borrowed; empty when `value` is not of that form. */
struct str traceparent_trace(struct str value);

#endif
