/* SPDX-License-Identifier: MIT */
/*
 * From what somebody has pasted to the marks that may stand for it: the secret may have come with blanks around it, the name of its header or
 * cookie, or the scheme of a login, none of which the mark is made of.
 */
#ifndef DAYBOOK_INTAKE_REDACT_GUESS_H
#define DAYBOOK_INTAKE_REDACT_GUESS_H

#include "redaction/redact.h"

/* What a mark was made of. */
enum redact_guess_of {
    REDACT_GUESS_ALL,    /* all of it, without blanks and line ends around it */
    REDACT_GUESS_PASTED, /* exactly what was pasted, where that is more */
    REDACT_GUESS_VALUE,  /* what stands behind "Name:" or "name=" */
    REDACT_GUESS_INSIDE, /* a secret in it, as it is taken out of such a header, or of a login */
    REDACT_GUESS_COUNT
};

struct redact_guess {
    struct str mark;
    enum redact_guess_of of;
};

enum { REDACT_GUESSES_MAX = 8 };

struct redact_guesses {
    struct redact_guess items[REDACT_GUESSES_MAX]; /* no mark twice, the most likely first */
    size_t count;                                  /* at least 1 of a text of at least one byte */
    bool trimmed;                                  /* there were blanks or line ends around it */
    bool more;                                     /* secrets than marks are kept of */
};

/* The marks are in the arena; nothing of `pasted` is, but for what redactor_fingerprint() needs. */
void redact_guess(const struct redactor *redactor, struct arena *arena, struct str pasted,
                  struct redact_guesses *guesses);

#endif
