/* SPDX-License-Identifier: MIT */
/* One table of words. */
#include "base/capture_trouble.h"

static const char *const words[CAPTURE_TROUBLE_COUNT] = {
    [CAPTURE_TROUBLE_NO_LINE] = "lines that are no capture lines",
    [CAPTURE_TROUBLE_CUT] = "lines that were cut short",
    [CAPTURE_TROUBLE_ACCOUNT] = "calls of an unknown account",
    [CAPTURE_TROUBLE_REFUSED] = "calls that the database refused",
    [CAPTURE_TROUBLE_VANISHED] = "gaps: files that vanished or were cut before their end was read",
    [CAPTURE_TROUBLE_UNREADABLE] = "files that cannot be read",
};

struct str capture_trouble_words(unsigned reason)
{
    if (reason >= CAPTURE_TROUBLE_COUNT || !words[reason])
        return STR("troubles that this version of Daybook does not know");
    return str_from(words[reason]);
}
