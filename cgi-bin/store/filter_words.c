/* SPDX-License-Identifier: MIT */
#include "store/filter_words.h"

enum { BYTE_MAX = 0xff };

static bool ends_with(struct str text, char last)
{
    return text.len && text.ptr[text.len - 1] == last;
}

/* Ends with `*` that is meant as it is. */
static bool is_literal(struct str word)
{
    return ends_with(word, '*') && ends_with(str_slice(word, 0, word.len - 1), '\\');
}

/* The first `len` bytes of `text`, and what follows. */
static struct str with_end(struct arena *arena, struct str text, size_t len, struct str end)
{
    char *out = arena_alloc(arena, len + end.len);

    memcpy(out, text.ptr, len);
    memcpy(out + len, end.ptr, end.len);
    return (struct str){out, len + end.len};
}

struct str filter_word(struct arena *arena, struct str name)
{
    return ends_with(name, '*') ? with_end(arena, name, name.len - 1, STR("\\*")) : name;
}

bool filter_word_is_prefix(struct str word, struct str *prefix)
{
    if (!ends_with(word, '*') || is_literal(word))
        return false;
    *prefix = str_slice(word, 0, word.len - 1);
    return true;
}

bool filter_word_begins(struct str word, struct str prefix)
{
    struct str before = is_literal(word) ? str_slice(word, 0, word.len - 2) : word;

    return str_starts(before, prefix) || (is_literal(word) && prefix.len == before.len + 1 &&
                                          ends_with(prefix, '*') && str_starts(prefix, before));
}

struct str filter_word_name(struct arena *arena, struct str word)
{
    return is_literal(word) ? with_end(arena, word, word.len - 2, STR("*")) : word;
}

struct str filter_prefix_end(struct arena *arena, struct str prefix)
{
    struct str copy = arena_copy(arena, prefix);

    while (copy.len && (unsigned char)copy.ptr[copy.len - 1] == BYTE_MAX)
        copy.len--;
    if (copy.len) {
        char *last = arena_alloc(arena, copy.len);

        memcpy(last, copy.ptr, copy.len);
        last[copy.len - 1]++;
        copy.ptr = last;
    }
    return copy;
}
