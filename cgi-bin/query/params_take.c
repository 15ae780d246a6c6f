/* SPDX-License-Identifier: MIT */
/* What can be taken of a query string that is refused: parameter by parameter, each beside those before it. */
#include "query/params_private.h"

/* Each is tried with all that were taken: no more than people have in an address. */
enum { TRIED_MAX = 100 };

static struct params_wrong wrong_of(struct arena *arena, struct str piece, struct str sentence)
{
    const char *equals = memchr(piece.ptr, '=', piece.len);
    size_t name_len = equals ? (size_t)(equals - piece.ptr) : piece.len;
    struct params_wrong wrong = {.sentence = sentence};

    fields_decode(arena, str_slice(piece, 0, name_len), &wrong.name);
    fields_decode(arena, str_slice(piece, name_len + 1, piece.len), &wrong.value);
    return wrong;
}

struct params_wrong *params_take(struct arena *arena, struct str query, enum params_set set,
                                 int64_t now_ms, struct params *params, size_t *count)
{
    size_t given = fields_count(query);
    struct params_wrong *wrong = arena_array(arena, given + 1, sizeof(*wrong));
    struct strbuf taken;
    struct str piece, complaint;

    *count = 0;
    if (given > TRIED_MAX) {
        params_parse(arena, query, set, now_ms, params, &complaint);
        wrong[(*count)++] = (struct params_wrong){.sentence = complaint};
        query.len = 0;
    }
    strbuf_init(&taken);
    while (str_next(&query, '&', &piece)) {
        size_t before = taken.len;

        strbuf_add_char(&taken, '&');
        strbuf_add(&taken, piece);
        if (piece.len == 0 ||
            params_parse(arena, strbuf_str(&taken), set, now_ms, params, &complaint))
            continue;
        wrong[(*count)++] = wrong_of(arena, piece, complaint);
        taken.len = before;
    }
    params_parse(arena, strbuf_str(&taken), set, now_ms, params, &complaint);
    strbuf_release(&taken);
    return wrong;
}
