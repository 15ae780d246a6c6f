/* SPDX-License-Identifier: MIT */
/*
 * The filter as one line of text, both ways: what people type into the search box of a list.
 *
 *     query  = { blank | term }
 *     term   = [ "-" ] word ":" value { "," value }     a condition; with "-" its values are left out
 *            | piece                                    the text that is looked for
 *     value  = quoted | bytes other than blanks, commas and quotes, the first no "("; a * only at the end, and not of every word
 *     piece  = quoted | bytes other than blanks, quotes and colons, the first no "-" (but "-" alone is one),
 *              the last no * (but one alone is one); neither AND, OR nor NOT, in small letters either just before a condition
 *     quoted = '"' { \" | \\ | \n | \r | \t | \xHH | any other byte } '"'
 *     blank  = white space of ASCII, U+00A0, U+3000
 *
 * Words: entity action user status source method provider signature account (of all accounts only), id, name, created,
 * address, request, trace, delivery, key; letters of either case.  The names of the URL's parameters are accepted too: not_user, entity_id,
 * entity_name, q, from, to …, and those that `in` takes; ip is address.
 *
 * - Different words must all match, values of one word are alternatives, whether they stand behind one word or the word is repeated;
 *   id, name, created and the text are given once. Each id and name after `-id:` and `-name:` is left out; created and the text cannot be.
 * - `none`, not in quotes, is the same as `---`: has none.  A user of that name is user:"none".
 * - A colon may stand in a value, but not behind what is itself a word (user:ann,status:404), which is a slip.
 * - status: what the parameter takes, and >=400 >399 <=499 <500 400..499.  A lower and an upper comparison are one range, wherever they
 *   stand; with "-" each leaves out by itself, and both together not everything.
 * - created: a day, which is all of that day, so is today or yesterday; a time, which is all of that minute, or second where it says
 *   one; A..B, A.., ..B, with days, times, milliseconds or spans before now, as from and to take them, each in quotes of its own if
 *   that is wanted: "2026-01-31 12:00"..today; a span alone is since then; >=A >A <=B <B, where > and <= want a day or a span.
 * - address, request, trace, delivery, key: the whole value, or with a final * its beginning; each stands in place of a text.
 * - Pieces that are not quoted are one text, joined by single spaces, wherever they stand.  Only one text can be looked for, so a
 *   quoted one stands alone.
 *
 * Nothing here touches the database, and nothing is asked for that a URL could not ask for.
 */
#ifndef DAYBOOK_QUERY_TEXT_H
#define DAYBOOK_QUERY_TEXT_H

#include "base/arena.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "query/params.h"

#include <stdbool.h>
#include <stdint.h>

/* How long a text may be. */
enum { QUERY_BYTES_MAX = 2000 };

/*
 * Reads `text` (without NUL, in the arena) into an otherwise empty `params`, whose zone and all_accounts are set: fills the filter's include,
 * exclude, entity_id, entity_name, without_id, without_name and text, and from and to.  True; or false and what is wrong in `mistake`: where it stands, and
 * "Character 6 of the query: …", counted as people do, from 1, in the arena.
 */
bool query_parse(struct arena *arena, struct str text, int64_t now_ms, struct params *params,
                 struct query_mistake *mistake);

/*
 * Appends the text that query_parse() reads as the filter of `params`, if it is not longer than QUERY_BYTES_MAX: UTF-8 in one line,
 * without anything that a reader would not see.
 */
void query_write(struct strbuf *out, const struct params *params);

#endif
