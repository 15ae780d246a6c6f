/* SPDX-License-Identifier: MIT */
/*
 * How a filter says which names it means, where they are names that somebody gave: an action, a user, an entity type, a provider.  A word
 * is one whole name, or all that begin with what stands before its final `*`.  A name that ends with `*` itself has a `\` before that.
 */
#ifndef DAYBOOK_STORE_FILTER_WORDS_H
#define DAYBOOK_STORE_FILTER_WORDS_H

#include "base/arena.h"
#include "base/event.h"

#include <stdbool.h>

enum { FILTER_WORD_MAX = EVENT_NAME_MAX + 1 }; /* bytes */

/* The word for this name; in the arena, or the name as it is. */
struct str filter_word(struct arena *arena, struct str name);

/* Does it mean the names that begin with `prefix`, which may be empty: all that there are?  Borrows from the word. */
bool filter_word_is_prefix(struct str word, struct str *prefix);

/* Does the name that this word means, which is no prefix, begin with `prefix`? */
bool filter_word_begins(struct str word, struct str prefix);

/* The name that a word means which is no prefix; in the arena, or the word as it is. */
struct str filter_word_name(struct arena *arena, struct str word);

/* The first text above every text that begins with `prefix`; empty when there is none.  In the arena. */
struct str filter_prefix_end(struct arena *arena, struct str prefix);

#endif
