/* SPDX-License-Identifier: MIT */
/*
 * What the files of the redaction share.  A job goes over one text and collects edits; nothing is copied until redact_finish() writes
 * the result, and nothing is allocated where no secret is.  All of it is one pass over the text, however hostile: no
 * function looks back further than a name is long, or ahead over what another will look at again.
 */
#ifndef DAYBOOK_INTAKE_REDACT_PRIVATE_H
#define DAYBOOK_INTAKE_REDACT_PRIVATE_H

#include "redaction/redact.h"

#include "base/digest.h"
#include "base/strbuf.h"

enum {
    REDACT_NAME_MAX = 128, /* bytes of a name that are looked at: its last ones */
    REDACT_DEPTH_MAX = 5,  /* texts in strings of texts: deeper ones are read as they stand */
    REDACT_BUCKETS = 256,
};

/* Where a name stands: some are secret only there. */
enum redact_place {
    PLACE_TEXT = 1,   /* JSON members, anything else */
    PLACE_QUERY = 2,  /* keys of a query or form */
    PLACE_HEADER = 4, /* names of headers */
    PLACE_ANY = 7,
};

/* What a name says of its value. */
enum redact_class {
    CLASS_NONE,
    CLASS_SECRET,     /* all of it is one secret */
    CLASS_WORDS,      /* the same, but not a number or "required": counts of tokens */
    CLASS_COUNT,      /* the same as long as it has no quotes: {"pass": 12} */
    CLASS_RIGHTS,     /* the same, but not "read" and such */
    CLASS_SCALAR,     /* the same, but not inside an object or array */
    CLASS_LOGIN,      /* "Bearer x": the scheme stays */
    CLASS_COOKIE,     /* "a=x; b=y": the names stay */
    CLASS_SET_COOKIE, /* "a=x; Path=/": name and attributes stay */
};

/* ---- What begins a closer look: redact_stems.c ---- */

enum redact_stem_kind {
    STEM_NAME,    /* part of a secret name, in any case */
    STEM_PATTERN, /* begins a secret that is known by its form; `pattern` says which */
    STEM_LOGIN,   /* a scheme: Bearer, Basic */
    STEM_URL,     /* "://": name and password of a user may follow */
    STEM_DSN,     /* "@tcp(": behind the login in a Go data source name */
    STEM_SQL,     /* IDENTIFIED: a password may follow */
    STEM_ESCAPE,  /* an escape that may hide any of the others */
};

struct redact_stem {
    const char *text; /* folded unless `exact` */
    unsigned char len;
    unsigned char probe; /* offset of the two bytes by which it is found */
    bool exact;
    enum redact_stem_kind kind;
    unsigned short pattern; /* of a STEM_PATTERN: its number in redact_pattern.c */
    unsigned short next;    /* in its bucket; 0 ends it */
};

struct redact_stems {
    unsigned char buckets[65536]; /* of two bytes as they follow each other; 0: none */
    unsigned short heads[REDACT_BUCKETS];
    struct redact_stem *stems; /* [0] is not used */
    char *words;               /* what the stems of further names point to */
    size_t count, capacity, bucket_count;
};

struct redact_hit {
    size_t at, len;
    const struct redact_stem *stem;
};

/* The stems of everything that is built in, made at the first call. */
const struct redact_stems *redact_stems_builtin(void);

/* Those and the words of further names.  Freed by redact_stems_free(). */
struct redact_stems *redact_stems_new(const struct redaction_rule *rules, size_t count);
void redact_stems_free(struct redact_stems *stems);

/* The first stem in text[at..end).  False when there is none. */
bool redact_next_hit(const struct redact_stems *stems, struct str text, size_t at, size_t end,
                     struct redact_hit *hit);

/* ---- The redactor: redact.c ---- */

struct redactor {
    bool has_key, patterns, names;
    struct digest_key key;
    const struct redact_stems *stems;
    struct redact_stems *own_stems; /* or NULL: the built-in ones */
    struct redaction_rule *rules;   /* their values are folded to letters and digits */
    size_t rule_count;
};

/* What NULL stands for. */
const struct redactor *redactor_builtin(void);

/* The first 64 bits of the keyed digest of what has the SHA-256 `hash`. */
uint64_t redact_keyed(const struct redactor *redactor, const unsigned char hash[DIGEST_BYTES]);

/* ---- Names: redact_names.c ---- */

enum redact_class redact_name_class(const struct redactor *redactor, struct str name,
                                    enum redact_place place);

/* Of a value in quotes, which counts nothing. */
static inline enum redact_class redact_class_quoted(enum redact_class class)
{
    return class == CLASS_COUNT ? CLASS_SECRET : class;
}

/* Writes the letters and digits of `name`, folded, to `out` and returns how many; more than `size` are left out. */
size_t redact_fold_name(struct str name, char *out, size_t size);

/* ---- Members and fields that say something of others: redact_json_shape.c ---- */

/* What a member says of the others of its object. */
enum redact_role {
    ROLE_NONE,
    ROLE_VALUE,
    ROLE_DATA,
    ROLE_STRING_DATA,
    ROLE_ITEMS,
    ROLE_PASSED_COUNT, /* values of those above are noted */
    ROLE_NAME,
    ROLE_PATH,  /* names what is changed */
    ROLE_PLACE, /* a list whose strings name what was wrong */
    ROLE_MASK,
    ROLE_KIND,
};

/* By its name. */
enum redact_role redact_json_role(struct str name);

/* ---- Jobs, views, edits: redact_edit.c ---- */

/* From here on each byte of a view stands one further byte on in its parent. */
struct redact_run {
    size_t at, parent_at;
};

/* The text of a job, or what a string in another view stands for. */
struct redact_view {
    struct str text;
    const struct redact_view *parent; /* NULL: the text of the job */
    const struct redact_run *runs;
    size_t run_count;
    unsigned depth;
    struct str quote; /* how a quote is written there, seen from the text of the job */
};

struct redact_edit {
    size_t begin, end; /* in the text of the job */
    uint64_t plain;    /* the first 64 bits of the secret's SHA-256 */
    uint64_t digits;   /* the keyed ones of the mark */
    struct str quote;  /* around the mark, where something that had no quotes becomes a string */
};

struct redact_job {
    const struct redactor *redactor;
    struct arena *arena;
    struct redact_view view; /* all of the text */
    struct redact_edit *edits;
    size_t edit_count, edit_capacity;
    size_t reread;               /* bytes that may still be read a second time */
    struct strbuf scratch;       /* ptr is NULL until it is used */
    struct redact_frame *frames; /* of redact_json.c */
    size_t frame_count, frame_capacity;
    bool secret_data; /* members `data` are secrets: the URL says so */
};

void redact_start(struct redact_job *job, const struct redactor *redactor, struct arena *arena,
                  struct str text);

/* The text with its marks, in the arena; or the text itself when there are none.  Ends the job. */
struct str redact_finish(struct redact_job *job);

/*
 * Replaces view->text[begin..end) by the mark of `secret` (what those bytes stand for).  `bare` when they have no quotes but the mark
 * needs them.  What is a mark already stays, and so does nothing at all.
 */
void redact_replace(struct redact_job *job, const struct redact_view *view, size_t begin,
                    size_t end, struct str secret, bool bare);

/* The same by a SHA-256 that the front has written instead of the secret. */
void redact_replace_hashed(struct redact_job *job, const struct redact_view *view, size_t begin,
                           size_t end, struct str secret);

/* What the inside of a JSON string stands for, or a piece of a query or form, as a view of its own.  In the arena. */
const struct redact_view *redact_view_json(struct redact_job *job, const struct redact_view *view,
                                           size_t begin, size_t end);
const struct redact_view *redact_view_form(struct redact_job *job, const struct redact_view *view,
                                           size_t begin, size_t end);

/* The same text without a view, until the next call. */
struct str redact_decode_json(struct redact_job *job, struct str inside);
struct str redact_decode_form(struct redact_job *job, struct str piece);

/* The first stem from some place on, remembered over all JSON values of one text, so that no byte is looked at twice for it. */
struct redact_ahead {
    struct redact_hit hit; /* when has_hit */
    bool has_hit;
};

/* The first stem in view->text[begin..end). */
void redact_look_ahead(const struct redact_job *job, const struct redact_view *view, size_t begin,
                       size_t end, struct redact_ahead *ahead);

/* Is there anything to look at? */
bool redact_has_hit(const struct redact_job *job, const struct redact_view *view, size_t begin,
                    size_t end);

/* "redacted", or "redacted:" and its digits: the whole text. */
bool redact_is_mark(struct str text);

static inline struct str redact_range(const struct redact_view *view, size_t begin, size_t end)
{
    return str_slice(view->text, begin, end - begin);
}

/* ---- Readers of one kind of text each; all take the range view->text[begin..end) ---- */

/* Whatever it is: JSON, several JSON values, or anything else. */
void redact_any(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                enum redact_place place);

/*
 * Reads JSON as far as it is JSON; returns where the rest begins that is to be read as text.  `ahead` is of a text that ends at `end`.
 * `whole`: a value was read to its end, so that another one may follow.
 */
size_t redact_json(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                   enum redact_place place, struct redact_ahead *ahead, bool *whole);

/* Is it no name, but JSON in the place of one, as libraries make it of a form? */
bool redact_begins_json(struct str text);

/* Any text: names followed by values, logins, URLs, patterns. */
void redact_text(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end);

/* Patterns and URLs alone. */
void redact_patterns(struct redact_job *job, const struct redact_view *view, size_t begin,
                     size_t end);

/* What begins a pattern (redact_pattern.c), by its number: false behind the last one.  `probe` as in a stem. */
bool redact_pattern_start(unsigned pattern, struct str *start, unsigned char *probe);

/* The pattern or URL that begins at `hit`, replaced; where to go on.  It ends before `end`. */
size_t redact_pattern(struct redact_job *job, const struct redact_view *view,
                      const struct redact_hit *hit, size_t end);
size_t redact_userinfo(struct redact_job *job, const struct redact_view *view,
                       const struct redact_hit *hit, size_t end);

/* The password of "user:password@tcp(host)", which stands before `hit` and not before `floor`; where to go on. */
size_t redact_dsn(struct redact_job *job, const struct redact_view *view,
                  const struct redact_hit *hit, size_t floor);

/* "Bearer x" or "Basic x" somewhere in a text; where to go on. */
size_t redact_login(struct redact_job *job, const struct redact_view *view,
                    const struct redact_hit *hit, size_t end);

/* Is this word what begins a login: Bearer, Digest? */
bool redact_is_scheme(struct str word);

/* Can a word begin at `at`?  Not behind a letter or digit, unless that belongs to an escape. */
bool redact_word_begins(struct str text, size_t at, size_t begin);

/* As the SHA-256 of a secret; of a private key that of its letters, however its lines were broken. */
void redact_hash(struct arena *arena, struct str secret, unsigned char hash[DIGEST_BYTES]);

/* The first 64 bits of that. */
uint64_t redact_plain(struct arena *arena, struct str secret);

/* key=value&key=value, the same or JSON, and a URL with such a query. */
void redact_query(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end);
void redact_pairs(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end);
void redact_url(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end);

/* Does the URL name secrets as what is read or written there? */
bool redact_is_secret_path(struct str url);

/* Replaces those segments of the URL's path that are secrets of the job, which has gone over the parameters. */
void redact_path(const struct redact_job *job, struct str *url);

/* Replaces the text when all of it is such a secret. */
void redact_same(const struct redact_job *job, struct str *text);

/* A request's body, whose `headers` may say what it is. */
void redact_body(struct redact_job *job, struct str headers);

/* A value that is secret, without its quotes. */
void redact_value(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                  enum redact_class class);

/* Logins and cookies: redact_login.c.  In headers a secret may have been hashed by the front. */
void redact_header_value(struct redact_job *job, const struct redact_view *view, size_t begin,
                         size_t end, enum redact_class class);

#endif
