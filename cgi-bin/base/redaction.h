/* SPDX-License-Identifier: MIT */
/* What an account changes about the redaction of its events (redaction/redact.h); without rules everything is on. */
#ifndef DAYBOOK_BASE_REDACTION_H
#define DAYBOOK_BASE_REDACTION_H

#include "base/str.h"

/* The numbers stand in the database: never renumber. */
enum redaction_kind {
    REDACTION_NONE,
    REDACTION_ADD,          /* `value` is a secret name, besides those that are built in */
    REDACTION_KEEP,         /* `value` is no secret name here */
    REDACTION_PATTERNS_OFF, /* secrets are not recognised by their own form; no value */
    REDACTION_OFF,          /* only the headers of logins and cookies are replaced; no value */
    REDACTION_KIND_COUNT
};

enum { REDACTION_NAME_MAX = 128 }; /* bytes of a name */

struct redaction_rule {
    enum redaction_kind kind;
    struct str value; /* a name, or empty */
};

#endif
