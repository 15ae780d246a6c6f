/* SPDX-License-Identifier: MIT */
/*
 * Takes secrets out before anything is stored.  Each is replaced in place by a mark: "redacted:" and 16 hexadecimal digits of a
 * keyed digest of it, so that the same secret can be found again without being stored; not a byte of anything else is touched.
 * man/daybook-record.5 says what counts as a secret.  What is a mark already stays, so doing it twice changes nothing.
 */
#ifndef DAYBOOK_INTAKE_REDACT_H
#define DAYBOOK_INTAKE_REDACT_H

#include "base/arena.h"
#include "base/event.h"
#include "base/redaction.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The word that begins a mark, and is all of it when the installation has no key. */
#define REDACTED "redacted"

enum { REDACT_MARK_BYTES = 25 }; /* "redacted:" and 16 digits */

/* What redact_headers() accepts, for complaints. */
#define REDACT_FORMS                                                                                \
    "an object {\"Name\": value}, an array of [name, value] or {\"name\": …, \"value\": …}, a " \
    "flat "                                                                                         \
    "array [name, value, …], or lines \"Name: value\", with names of letters, digits and - and "  \
    "values on one line"

/* What is a secret for one account, and the key of its marks. */
struct redactor;

/*
 * `key` is the installation's (DIGEST_BYTES bytes, config_redaction_key()) or NULL: then a mark is the bare word.  Key and rules
 * are copied.  Free it with redactor_free(), which accepts NULL.
 */
struct redactor *redactor_new(const unsigned char *key, uint32_t account_id,
                              const struct redaction_rule *rules, size_t count);
void redactor_free(struct redactor *redactor);

/* Everywhere below NULL stands for the built-in rules without a key. */

/* The mark that stands for `secret` in this account, in the arena.  For searching. */
struct str redactor_fingerprint(const struct redactor *redactor, struct arena *arena,
                                struct str secret);

/* Would a value of this name be replaced, be it in a header, a query, a form or JSON? */
bool redactor_is_secret_name(const struct redactor *redactor, struct str name);

/*
 * Takes the secrets out of every text of `event`; what changes is in the arena afterwards.  False when its headers are of no form in
 * REDACT_FORMS: it must not be stored then.  Marks can make a text longer than the secret was.
 */
bool redactor_event(const struct redactor *redactor, struct arena *arena, struct event *event);

/*
 * Headers as JSON, or text that holds such JSON or lines "Name: value" (a line that begins with white space continues the one
 * before).  A value is a string, a number, true, false, null or an array of those.  The empty text is accepted.
 * True and `result`: `headers` itself when nothing was replaced, else in the arena.  False when it is of no such form: it must not be
 * stored then.
 */
bool redact_headers(const struct redactor *redactor, struct arena *arena, struct str headers,
                    struct str *result);

/*
 * Finds the first mark in `text` at or behind `*at`: "redacted:" with its digits, or the bare word where it is a whole value.
 * True, with its place in `*at` and its length in `*len`; false when none follows.
 */
bool redact_find_mark(struct str text, size_t *at, size_t *len);

/* The longest beginning of at most `max` bytes that ends neither inside a mark nor, where the text is UTF-8, inside a character. */
struct str redact_cut(struct str text, uint64_t max);

#endif
