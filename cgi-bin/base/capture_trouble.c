/* SPDX-License-Identifier: MIT */
/* Two tables of words. */
#include "base/capture_trouble.h"

static const char *const words[CAPTURE_TROUBLE_COUNT] = {
    [CAPTURE_TROUBLE_NO_LINE] = "lines that are no capture lines",
    [CAPTURE_TROUBLE_CUT] = "lines that were cut short",
    [CAPTURE_TROUBLE_ACCOUNT] = "calls of an unknown account",
    [CAPTURE_TROUBLE_REFUSED] = "calls that the database refused",
    [CAPTURE_TROUBLE_VANISHED] = "gaps: files that vanished or were cut before their end was read",
    [CAPTURE_TROUBLE_UNREADABLE] = "files that cannot be read",
};

static const char *const remedies[CAPTURE_TROUBLE_COUNT] = {
    [CAPTURE_TROUBLE_NO_LINE] =
        "Something else writes into the file, or in another form than that of daybook-capture(7). "
        "The "
        "file is kept: once it is put right, daybook follow --again reads it from the beginning.",
    [CAPTURE_TROUBLE_CUT] =
        "nginx ended while it wrote, or the disk was full. The call was answered, but what was not "
        "written is lost.",
    [CAPTURE_TROUBLE_ACCOUNT] =
        "Make the account, or correct what nginx gives as its name. The file is kept: then daybook "
        "follow --again reads it from the beginning.",
    [CAPTURE_TROUBLE_REFUSED] =
        "The log of daybook follow says what the database gave as the reason. The file is kept: "
        "then daybook follow --again reads it from the beginning.",
    [CAPTURE_TROUBLE_VANISHED] = "Rotate by renaming, and delete nothing: a file of which every "
                                 "line is stored is deleted by "
                                 "daybook follow.",
    [CAPTURE_TROUBLE_UNREADABLE] =
        "Unpack it if it is compressed, and let the user of daybook follow read it.",
};

struct str capture_trouble_words(unsigned reason)
{
    if (reason >= CAPTURE_TROUBLE_COUNT || !words[reason])
        return STR("troubles that this version of Daybook does not know");
    return str_from(words[reason]);
}

struct str capture_trouble_remedy(unsigned reason)
{
    return reason < CAPTURE_TROUBLE_COUNT && remedies[reason] ? str_from(remedies[reason])
                                                              : STR("");
}
