/* SPDX-License-Identifier: MIT */
/* What a follower says in a query string: where it goes on, and how much it takes. */
#include "query/params_private.h"

#include "base/parse.h"

enum { LIMIT_USUAL = 1000 };

/* "17", or "17-5" for events and triggers together. */
static bool read_cursor(struct str text, uint64_t after[EVENT_KIND_COUNT])
{
    struct str events, triggers = text;
    uint64_t last = 0;

    after[EVENT_KIND_TRIGGER] = 0;
    if (!str_next(&triggers, '-', &events) ||
        !parse_u64(events, 0, INT64_MAX, &after[EVENT_KIND_EVENT]))
        return false;
    if (events.len == text.len)
        last = after[EVENT_KIND_EVENT];
    else if (!parse_u64(triggers, 0, INT64_MAX, &last))
        return false;
    after[EVENT_KIND_TRIGGER] = last;
    return true;
}

bool params_read_feed(struct arena *arena, const struct fields *fields, struct params *params,
                      struct str *complaint)
{
    const struct field *after = fields_find(fields, AFTER), *limit = fields_find(fields, LIMIT);

    params->has_after = after != NULL;
    params->limit = limit ? (size_t)limit->number : LIMIT_USUAL;
    if (!after && limit) {
        *complaint = STR("Parameter \"limit\" goes with \"after\": a download has all rows.");
        return false;
    }
    if (after && !read_cursor(after->text, params->after))
        return params_refuse(
            arena, "after",
            "0, or a cursor that an answer has given in Daybook-After, such as 17, or "
            "17-5 of all",
            complaint);
    if (after && (fields_find(fields, SORT) || fields_find(fields, ASOF) ||
                  fields_find(fields, TRAILER) || fields_find(fields, BOM))) {
        *complaint = STR("Parameter \"after\" goes with neither \"sort\", \"asof\", "
                         "\"trailer\" nor \"bom\": the order is that of arrival.");
        return false;
    }
    return true;
}
