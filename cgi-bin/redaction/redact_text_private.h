/* SPDX-License-Identifier: MIT */
/* Reading of any text: its names are in redact_text.c, their values in redact_text_value.c, names that are values in redact_text_named.c, SQL in redact_text_sql.c. */
#ifndef DAYBOOK_INTAKE_REDACT_TEXT_PRIVATE_H
#define DAYBOOK_INTAKE_REDACT_TEXT_PRIVATE_H

#include "redaction/redact_private.h"

enum {
    REDACT_TEXT_LOOKAHEAD = 64, /* bytes in which another name is recognised */
    REDACT_TEXT_INDENT_MAX = 64,
};

/* A name in a text, and what is between it and its value. */
struct redact_found {
    size_t first;      /* where the reading began */
    size_t begin, end; /* the name */
    size_t value;      /* where its value begins, or white space before it */
    enum redact_class class;
    char sign; /* = : > or a space */
    bool line; /* the name is the first thing on its line */
};

/* Replaces the value of `found` that begins in a text ending at `end`; where to go on. */
size_t redact_text_value(struct redact_job *job, const struct redact_view *view, size_t end,
                         const struct redact_found *found);

/* Replaces the values of all names in view->text[begin..end), and what is a secret by its form. */
void redact_text_names(struct redact_job *job, const struct redact_view *view, size_t begin,
                       size_t end);

/*
 * Replaces the value that stands beside `name`, if that is the value of a name itself: `name: DB_PASSWORD`, `value: x`; and what is secret
 * between them.  Where to go on.
 */
size_t redact_text_named(struct redact_job *job, const struct redact_view *view, size_t end,
                         const struct redact_found *name);

/*
 * SQL (redact_text_sql.c).  The password behind IDENTIFIED at `hit`, replaced; where to go on.  And where that behind the word PASSWORD in
 * text[begin..at) begins, with its quote; 0 where none follows.
 */
size_t redact_text_sql_identified(struct redact_job *job, const struct redact_view *view,
                                  const struct redact_hit *hit, size_t end);
size_t redact_text_sql_password(struct str text, size_t begin, size_t at, size_t end);

/* Replaces what Kubernetes Secrets in YAML hold: redact_text_manifest.c. */
void redact_text_manifests(struct redact_job *job, const struct redact_view *view, size_t begin,
                           size_t end);

static inline bool redact_text_is_space(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool redact_text_is_break(char c)
{
    return c == '\n' || c == '\r';
}

static inline bool redact_text_is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static inline bool redact_text_is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || (c & 0x80);
}

static inline bool redact_text_is_one_of(char c, const char *signs)
{
    return c != '\0' && strchr(signs, c) != NULL;
}

static inline size_t redact_text_skip_spaces(struct str text, size_t at, size_t end)
{
    while (at < end && redact_text_is_space(text.ptr[at]))
        at++;
    return at;
}

#endif
