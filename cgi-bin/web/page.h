/* SPDX-License-Identifier: MIT */
/*
 * The C face of ctemplate.  A template is a file under templates/; all are loaded and
 * syntax-checked once by pages_load(), then the set is frozen.  Every template escapes by context
 * (AUTOESCAPE pragma), and every value passes page_visible() first, so no byte of a recorded call
 * can act in a page.
 *
 * Values are borrowed: they must live until page_render() has returned (the request's arena does).
 */
#ifndef DAYBOOK_WEB_PAGE_H
#define DAYBOOK_WEB_PAGE_H

#include "base/arena.h"
#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>

/* The markers that templates may use; the list is web/page_keys.h. */
enum page_key {
#define PAGE_KEY(name) PAGE_##name,
#include "web/page_keys.h"
#undef PAGE_KEY
    PAGE_KEY_COUNT
};

struct page; /* markers, sections and includes that are set */

/*
 * Loads every *.tpl in `directory` and freezes the set.  -1 after lines on stderr when there is no
 * error.tpl, when one is malformed, or when one does not begin with the AUTOESCAPE pragma: without
 * it nothing is escaped.  Blank lines of a template are dropped and so is what lines are indented by, inside <pre> too; other white
 * space stays.
 */
int pages_load(const char *directory);

/* Forgets them, for a clean end. */
void pages_free(void);

/* Was there such a file in the directory? */
bool pages_have(const char *file);

/*
 * Sets a marker for every page of this process.  Copied.  What is set before pages_load() and needs no escaping anywhere becomes
 * part of the templates.
 */
void pages_set_global(enum page_key key, struct str value);

/* A new, empty page; it and its sections live in `arena`. */
struct page *page_new(struct arena *arena);

/* Sets a marker to text.  Bytes that have no place in a page are made visible (page_visible). */
void page_set(struct page *page, enum page_key key, struct str value);

/*
 * Sets a marker to a value that must come back exactly, in a form or a link: no byte is changed.
 * Browsers still change CR and LF in a form's values; only a percent-encoded link carries those.  What is no text (utf8_is_text)
 * is made visible all the same: no form could send it back, and it has no place in a page.
 */
void page_set_exact(struct page *page, enum page_key key, struct str value);

/* Sets a marker to digits alone, as programs and other markup read them. */
void page_set_number(struct page *page, enum page_key key, unsigned long long number);

/* Sets a marker to a number as people read it: see count_words() (base/count.h). */
void page_set_count(struct page *page, enum page_key key, unsigned long long count);

/* Shows a section once, with this page's markers. */
void page_show(struct page *page, enum page_key section);

/* Adds a repetition of a section; its markers fall back to those of `page`.  Owned by `page`. */
struct page *page_add(struct page *page, enum page_key section);

/*
 * Fills an include marker {{>NAME}} with the template `file`, once more each time.  Owned by
 * `page`.  Its markers do not fall back to those of `page`, only to the global ones.
 */
struct page *page_include(struct page *page, enum page_key include, const char *file);

/* Appends the page to `out`.  When a template is missing: -1, `out` as before, a line in the log. */
int page_render(const struct page *page, const char *file, struct strbuf *out);

/*
 * Appends `text` as UTF-8 that any HTML parser accepts and any reader sees: malformed bytes become
 * U+FFFD, one each; control characters other than TAB and LF become their picture (U+2400 …), DEL
 * U+2421; a CR before an LF is dropped; bidirectional controls, C1 controls, noncharacters, line
 * separators and characters without a shape (Default_Ignorable_Code_Point) become "[U+202E]".
 * Joiners and variation selectors stay where scripts and emoji need them: after a visible character
 * that can take them.  True when anything was changed.
 */
bool page_visible(struct strbuf *out, struct str text);

/* How many leading bytes page_visible() leaves as they are; text.len when it changes nothing. */
size_t page_visible_prefix(struct str text);

#endif
