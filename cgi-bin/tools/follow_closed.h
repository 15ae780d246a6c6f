/* SPDX-License-Identifier: MIT */
/* What a look for files was not allowed to open: said once, not at each look. */
#ifndef DAYBOOK_TOOLS_FOLLOW_CLOSED_H
#define DAYBOOK_TOOLS_FOLLOW_CLOSED_H

#include <stdbool.h>

#include "base/strbuf.h"

struct follow_closed {
    struct strbuf path; /* the first one of the present look; empty: none */
    bool is_said;
    bool ever;
};

void follow_closed_init(struct follow_closed *closed);
void follow_closed_release(struct follow_closed *closed);

/* A look begins. */
void follow_closed_begin(struct follow_closed *closed);

/* `path` could not be opened, for the reason in errno.  Logged unless it was before. */
void follow_closed_note(struct follow_closed *closed, const char *path);

/* The look ends.  True when it found such a file and the one before it did not: its path, until the next look begins. */
bool follow_closed_is_new(struct follow_closed *closed, struct str *path);

#endif
