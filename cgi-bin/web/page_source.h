/* SPDX-License-Identifier: MIT */
/* The file of a template, made ready for page.cc. */
#ifndef DAYBOOK_WEB_PAGE_SOURCE_H
#define DAYBOOK_WEB_PAGE_SOURCE_H

#include "base/str.h"
#include "base/strbuf.h"

/* What a template must begin with: without it nothing is escaped. */
#define PAGE_SOURCE_PRAGMA "{{%AUTOESCAPE context=\"HTML\"}}"

/*
 * Appends the file to `out` without what its lines are indented by, which is for its authors.  0; or -1 after a line on stderr: it
 * cannot be read, or does not begin with the pragma.
 */
int page_source_read(const char *path, struct strbuf *out);

/* Puts `value` in the place of each {{NAME}}, as `name` says, when every context takes it as it is: letters, digits and ./_- alone. */
void page_source_fill(struct strbuf *text, struct str name, struct str value);

#endif
