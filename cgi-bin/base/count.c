/* SPDX-License-Identifier: MIT */
#include "base/count.h"

#include "base/arena.h"

const char *count_words(struct arena *arena, unsigned long long count)
{
    char words[32];
    char *end = words + sizeof(words), *first = end;
    int digits = 0;

    do {
        if (digits && digits % 3 == 0)
            *--first = ',';
        *--first = (char)('0' + count % 10);
        digits++;
    } while (count /= 10);
    return arena_cstr(arena, (struct str){first, (size_t)(end - first)});
}
