/* SPDX-License-Identifier: MIT */
/* What the text of a search says, beside what other parameters say. */
#include "query/params_private.h"

#include "query/query_text.h"

/* Only one of the two may have said something; `kept` becomes what was said. */
static bool merge_text(struct str *kept, struct str read)
{
    if (kept->len && read.len)
        return false;
    if (read.len)
        *kept = read;
    return true;
}

static bool merge_values(struct filter_values *kept, const struct filter_values *read)
{
    if (kept->count && read->count)
        return false;
    if (read->count)
        *kept = *read;
    return true;
}

static bool merge_times(struct params *kept, const struct params *read, const char **name)
{
    *name = "from";
    if (!merge_text(&kept->from, read->from))
        return false;
    *name = "to";
    if (!merge_text(&kept->to, read->to))
        return false;
    if (read->filter.has_from) {
        kept->filter.has_from = true;
        kept->filter.from_ms = read->filter.from_ms;
    }
    if (read->filter.has_to) {
        kept->filter.has_to = true;
        kept->filter.to_ms = read->filter.to_ms;
    }
    return true;
}

/* False: both have said something of the parameter `name`. */
static bool merge(struct params *kept, const struct params *read, const char **name)
{
    struct filter *filter = &kept->filter;
    const struct {
        unsigned spec;
        struct str *kept;
        struct str read;
    } texts[] = {
        {ENTITY_ID, &filter->entity_id, read->filter.entity_id},
        {ENTITY_NAME, &filter->entity_name, read->filter.entity_name},
        {Q, &filter->text, read->filter.text},
    };
    const struct {
        unsigned spec;
        struct filter_values *kept;
        const struct filter_values *read;
    } lists[] = {
        {NOT_ENTITY_ID, &filter->without_id, &read->filter.without_id},
        {NOT_ENTITY_NAME, &filter->without_name, &read->filter.without_name},
    };

    if (read->filter.text.len)
        filter->text_in = read->filter.text_in;
    for (int i = 0; i < FILTER_ALL_COUNT; i++) {
        *name = params_include_name((enum filter_dimension)i);
        if (!merge_values(&filter->include[i], &read->filter.include[i]))
            return false;
        *name = params_exclude_name((enum filter_dimension)i);
        if (!merge_values(&filter->exclude[i], &read->filter.exclude[i]))
            return false;
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        *name = params_specs[texts[i].spec].name;
        if (!merge_text(texts[i].kept, texts[i].read))
            return false;
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        *name = params_specs[lists[i].spec].name;
        if (!merge_values(lists[i].kept, lists[i].read))
            return false;
    }
    return merge_times(kept, read, name);
}

bool params_read_query(struct arena *arena, struct str text, int64_t now_ms, struct params *params,
                       struct str *complaint)
{
    struct params read = {.zone = params->zone, .all_accounts = params->all_accounts};
    const char *name;

    params->query = text;
    if (!query_parse(arena, text, now_ms, &read, &params->mistake)) {
        *complaint = params->mistake.sentence;
        return false;
    }
    if (!merge(params, &read, &name)) {
        *complaint = arena_printf(arena,
                                  "Parameter \"%s\" stands beside \"query\", which says the same: "
                                  "it is accepted in one of the two.",
                                  name);
        return false;
    }
    params_settle(params);
    return true;
}
