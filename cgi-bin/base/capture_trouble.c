/* SPDX-License-Identifier: MIT */
/* One table of words. */
#include "base/capture_trouble.h"

static const struct str words[CAPTURE_TROUBLE_COUNT] = {
    [CAPTURE_TROUBLE_NO_LINE] = STR("not a line of a capture file"),
    [CAPTURE_TROUBLE_CUT] = STR("a line whose end is missing"),
    [CAPTURE_TROUBLE_ACCOUNT] = STR("an account that does not exist"),
    [CAPTURE_TROUBLE_REFUSED] = STR("refused by the database"),
    [CAPTURE_TROUBLE_VANISHED] = STR("a file vanished, or was emptied, before its end was read"),
    [CAPTURE_TROUBLE_UNREADABLE] = STR("a file that cannot be read, such as a compressed one"),
};

struct str capture_trouble_words(enum capture_trouble reason)
{
    return reason < CAPTURE_TROUBLE_COUNT ? words[reason] : words[CAPTURE_TROUBLE_NONE];
}
