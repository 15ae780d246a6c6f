/* SPDX-License-Identifier: MIT */
/* Why lines of a capture file were not stored, and other gaps.  The numbers stand in the database: never renumber. */
#ifndef DAYBOOK_BASE_CAPTURE_TROUBLE_H
#define DAYBOOK_BASE_CAPTURE_TROUBLE_H

#include "base/str.h"

enum capture_trouble {
    CAPTURE_TROUBLE_NONE,
    CAPTURE_TROUBLE_NO_LINE,    /* not in the form that nginx writes */
    CAPTURE_TROUBLE_CUT,        /* its end is missing */
    CAPTURE_TROUBLE_ACCOUNT,    /* it names an account that does not exist */
    CAPTURE_TROUBLE_REFUSED,    /* the database refuses what is in it */
    CAPTURE_TROUBLE_VANISHED,   /* the file went before its end was read */
    CAPTURE_TROUBLE_UNREADABLE, /* a file that cannot be read, such as a compressed one */
    CAPTURE_TROUBLE_COUNT
};

/* What a reason means, in the plural: "lines that were cut short".  Any number has words. */
struct str capture_trouble_words(unsigned reason);

/* What can be done about it, in sentences; empty for a number without words. */
struct str capture_trouble_remedy(unsigned reason);

#endif
