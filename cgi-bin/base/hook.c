/* SPDX-License-Identifier: MIT */
/* The words about hooks that page, command and address share. */
#include "base/hook.h"

bool hook_label_valid(struct str label)
{
    if (label.len == 0 || label.len > HOOK_LABEL_MAX || label.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

struct str hook_reason_words(unsigned reason)
{
    static const struct str words[HOOK_REASON_COUNT] = {
        [HOOK_REASON_NONE] = STR("unknown"),
        [HOOK_REASON_UNSIGNED] = STR("no signature"),
        [HOOK_REASON_INVALID] = STR("signature does not fit"),
        [HOOK_REASON_TOO_OLD] = STR("signed too long ago"),
    };

    return words[reason < HOOK_REASON_COUNT ? reason : HOOK_REASON_NONE];
}
