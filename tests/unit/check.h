/* SPDX-License-Identifier: MIT */
/* What the unit tests share: cmocka with the headers it wants first, and case tables whose rows have labels. */
#ifndef DAYBOOK_TESTS_CHECK_H
#define DAYBOOK_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <valgrind/valgrind.h>

#include "base/str.h"

/* Fails the test with the label of its row and the condition that does not hold. */
#define EXPECT(label, condition)                                                                   \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s: %s", (label), #condition);                                               \
    } while (0)

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A literal, NUL bytes included, as a struct str in a static table (STR() is no constant there). */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* The bytes in a block of exactly their size: reading one too many is seen by a sanitizer. */
static inline struct str exact_copy(struct str text)
{
    char *copy = malloc(text.len ? text.len : 1);

    assert_non_null(copy);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return (struct str){copy, text.len};
}

static inline void free_copy(struct str copy)
{
    free((void *)(uintptr_t)copy.ptr);
}

/*
 * How often, or how long, to try what is drawn or repeated; under valgrind a sixteenth of it. That takes thirty
 * times as long and looks at each way through the code once more; which values come, the other two runs see.
 */
static inline size_t rounds(size_t count)
{
    return RUNNING_ON_VALGRIND ? (count + 15) / 16 : count;
}

/* A number below `below`, the same sequence in every run; `state` begins with anything. */
static inline size_t pick(uint64_t *state, size_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(*state >> 33) % below;
}

#endif
