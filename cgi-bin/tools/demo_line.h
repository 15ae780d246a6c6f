/* SPDX-License-Identifier: MIT */
/* An event as one line of the native wire format. */
#ifndef DAYBOOK_TOOLS_DEMO_LINE_H
#define DAYBOOK_TOOLS_DEMO_LINE_H

#include "base/event.h"
#include "base/str.h"
#include "base/strbuf.h"

/* Appends `"name":"value"` to the JSON object begun in `out`, with a comma where one is due. */
void demo_member(struct strbuf *out, struct str name, struct str value);

/* The same for text that is JSON already. */
void demo_json_member(struct strbuf *out, struct str name, struct str json);

/* Appends the event and a newline; what it does not have is left out. */
void demo_line(struct strbuf *out, const struct event *event);

#endif
