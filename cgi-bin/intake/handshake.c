/* SPDX-License-Identifier: MIT */
/* Echoes what a stranger sent into headers, so only what is certain to be one printable word. */
#include "intake/handshake.h"

#include "base/parse.h"

enum { OK = 200, ORIGIN_MAX = 255 };

static bool is_word(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] <= ' ' || value.ptr[i] > '~')
            return false;
    return value.len > 0 && value.len <= ORIGIN_MAX;
}

static struct str allowed_rate(struct arena *arena, struct str wanted, unsigned per_minute)
{
    uint64_t rate;

    if (!parse_u64(wanted, 1, UINT32_MAX, &rate))
        return per_minute ? arena_printf(arena, "%u", per_minute) : STR("*");
    if (per_minute && rate > per_minute)
        rate = per_minute;
    return arena_printf(arena, "%llu", (unsigned long long)rate);
}

static void add_header(struct sender_answer *answer, const char *name, struct str value)
{
    answer->headers[answer->header_count].name = name;
    answer->headers[answer->header_count++].value = value;
}

struct sender_answer handshake_answer(struct arena *arena, const struct sender_message *message,
                                      unsigned per_minute)
{
    struct sender_answer answer = {.status = OK};
    struct str origin = sender_header(message, "webhook-request-origin");

    add_header(&answer, "Allow", STR("POST, OPTIONS"));
    if (!is_word(origin))
        return answer;
    add_header(&answer, "WebHook-Allowed-Origin", origin);
    add_header(&answer, "WebHook-Allowed-Rate",
               allowed_rate(arena, sender_header(message, "webhook-request-rate"), per_minute));
    return answer;
}

struct sender_answer handshake_options(struct arena *arena, const struct sender_message *message)
{
    return handshake_answer(arena, message, 0);
}
