/* SPDX-License-Identifier: MIT */
/* Words of a command that a person copies into a shell: nothing in them can end their quotes. */
#ifndef DAYBOOK_BASE_SHELL_H
#define DAYBOOK_BASE_SHELL_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>

/* Printable ASCII alone? */
bool shell_is_plain(struct str text);

/*
 * Appends `text` as one word: in single quotes (POSIX.1-2017, Shell Command Language 2.2.2), or, where a byte is not plain,
 * in $'...' with octal escapes (POSIX.1-2024, 2.2.4), so that the terminal gets no control character.
 */
void shell_append_word(struct strbuf *out, struct str text);

#endif
