/* SPDX-License-Identifier: MIT */
/* What query*.c share: the place in the text, its pieces, and what the values of some words mean. */
#ifndef DAYBOOK_QUERY_PRIVATE_H
#define DAYBOOK_QUERY_PRIVATE_H

#include "query/query_text.h"

/* The lowest and highest that is meant; 0: any. */
struct query_bounds {
    uint64_t first, last;
};

struct query_reader {
    struct arena *arena;
    struct str text;
    size_t at; /* what is read next */
    int64_t now_ms;
    struct params *params;
    struct query_mistake *mistake;
    size_t text_at, text_len; /* where the text that is looked for stands */
    bool text_quoted;
    struct query_bounds statuses[2]; /* by >=400 and the like: to find, to leave out */
};

/* A value or piece, without its quotes, and where it stands with them. */
struct query_value {
    struct str text;
    bool quoted;
    size_t at, len;
};

/* What a word is about.  Those of WORD_VALUES have several values, and can leave some out; an id or name has several only to leave out. */
enum query_word_kind {
    WORD_VALUES,
    WORD_ID,
    WORD_NAME,
    WORD_CREATED,
    WORD_FROM,
    WORD_TO,
    WORD_TEXT
};

struct query_word {
    enum query_word_kind kind;
    enum filter_dimension dimension; /* WORD_VALUES */
    bool exclude;                    /* what it names is left out */
    enum filter_in in;               /* WORD_TEXT */
};

/* The word for a text of such a place; NULL where it needs none. */
const char *query_place_word(enum filter_in in);

/* The word of this name, in letters of either case.  False: there is none, of this list. */
bool query_find_word(const struct query_reader *reader, struct str name, struct query_word *word);

/* Is it one of these words, of any list? */
bool query_is_word(struct str name);

/* Says so of what was `typed` at `at`, with those that there are and the one that is most like it; always false. */
bool query_unknown_word(struct query_reader *reader, size_t at, struct str typed);

/* Says that the `len` bytes at `at` are wrong; always false. */
bool query_mistaken(struct query_reader *reader, size_t at, size_t len, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The length of the blank at `at`; 0: none stands there.  `at` may be the end. */
size_t query_blank(struct str text, size_t at);

/* Reads what stands here, not empty, up to a blank or, unless it is a `piece`, a comma.  False: mistaken. */
bool query_read_value(struct query_reader *reader, bool piece, struct query_value *value);

/* The same of a time, of which quotes may also be around an end of a range or what is compared with: "2026-01-31 12:00".., >="2026-01-31 12:00". */
bool query_read_time(struct query_reader *reader, struct query_value *value);

/* Does a typographic quote begin there, as telephones put it where " was meant? */
bool query_is_curly(struct str text, size_t at);

/*
 * The word by which the URL says the status, class or range `text`, in small letters, of `value`: "404-499" for "404..499".  Empty: it
 * was a comparison, which is kept until its other end may have come.  False: mistaken.
 */
bool query_status(struct query_reader *reader, const struct query_value *value, bool exclude,
                  struct str text, struct str *word);

/* The words of the comparisons that were kept, 2 at most; how many. */
size_t query_status_compared(struct query_reader *reader, bool exclude, struct str words[2]);

/*
 * What other searches have and this one has not: AND, OR, NOT, a * for any text, groups.  A value of `word` and a piece of text that are not
 * quoted must hold none of it; is_before_condition: the next term has a word, so that `and` is no text either.  False: mistaken.
 */
bool query_check_value(struct query_reader *reader, struct str name, const struct query_word *word,
                       const struct query_value *value);
bool query_check_piece(struct query_reader *reader, const struct query_value *piece,
                       bool is_before_condition);

/* Says that nothing is grouped by the "(" at `at`; always false. */
bool query_no_group(struct query_reader *reader, size_t at);

/* Does a * at the end of a value of this dimension stand for all names that begin so? */
bool query_takes_beginning(enum filter_dimension dimension);

/* Would it be refused without quotes?  `may_end`: a * at the end is none. */
bool query_is_foreign_value(struct str value, bool may_end);
bool query_is_foreign_piece(struct str piece);

/* Sets the range of time that `value` means; the beginning or the end alone, as the parameters from and to say them.  False: mistaken. */
bool query_created(struct query_reader *reader, const struct query_value *value);
bool query_from(struct query_reader *reader, const struct query_value *value, struct str time);
bool query_to(struct query_reader *reader, const struct query_value *value, struct str time);

#endif
