/* SPDX-License-Identifier: MIT */
/* Each name is counted by the same filter without its text: exactly what the link beside it shows. */
#include "pages/list_named.h"

#include "base/parse.h"
#include "store/event_store.h"
#include "store/filter_words.h"

static bool ask_for(struct arena *arena, struct filter *filter, enum filter_dimension dimension,
                    struct str name)
{
    struct filter_values *asked = &filter->include[dimension];

    if (asked->count)
        return false;
    *asked = (struct filter_values){arena_alloc(arena, sizeof(*asked->items)), 1};
    asked->items[0] = filter_word(arena, name);
    return true;
}

static bool ask_for_text(struct str *asked, struct str name)
{
    if (asked->len)
        return false;
    *asked = name;
    return true;
}

bool list_named_params(struct arena *arena, const struct params *params, enum list_name name,
                       struct params *named)
{
    struct filter *filter = &named->filter;
    struct str text = params->filter.text;
    bool fits = false;

    *named = *params;
    named->page = 1;
    filter->text = (struct str){NULL, 0};
    switch (name) {
    case LIST_NAME_USER:
        fits = ask_for(arena, filter, FILTER_USER, text);
        break;
    case LIST_NAME_ACTION:
        fits = ask_for(arena, filter, FILTER_ACTION, text);
        break;
    case LIST_NAME_ENTITY_TYPE:
        fits = ask_for(arena, filter, FILTER_ENTITY_TYPE, text);
        break;
    case LIST_NAME_ENTITY_ID:
        fits = ask_for_text(&filter->entity_id, text);
        break;
    case LIST_NAME_ENTITY:
        fits = ask_for_text(&filter->entity_name, text);
        break;
    case LIST_NAME_COUNT:
        break;
    }
    params_settle(named);
    return fits;
}

bool list_named_is_any(const struct list_named *named)
{
    for (size_t name = 0; name < LIST_NAME_COUNT; name++)
        if (named->calls[name])
            return true;
    return named->call != 0;
}

/* Is there a call with this id, within what the plan keeps?  Its address takes no heed of the filter. */
static int find_call(struct reader *reader, struct arena *arena, const struct filter *filter,
                     int64_t kept_from_ms, uint64_t id, bool *found)
{
    struct filter one = {.account_id = filter->account_id, .kind = filter->kind};
    uint64_t upto, before = 0;

    *found = false;
    if (event_id_ms(id) < kept_from_ms)
        return 0;
    one.has_asof = true;
    one.asof = id;
    if (event_count(reader, arena, &one, &upto) < 0)
        return -1;
    one.asof = id - 1;
    if (id > 0 && event_count(reader, arena, &one, &before) < 0)
        return -1;
    *found = upto > before;
    return 0;
}

int list_named_read(struct reader *reader, struct arena *arena, const struct params *params,
                    int64_t kept_from_ms, struct list_named *named)
{
    struct str text = params->filter.text;
    bool found = false;
    uint64_t id;

    *named = (struct list_named){0};
    if (text.len == 0 || params->filter.text_in != FILTER_IN_ANY || params->page > 1)
        return 0;
    for (enum list_name name = 0; name < LIST_NAME_COUNT; name++) {
        struct params asked;

        if (list_named_params(arena, params, name, &asked) &&
            event_count(reader, arena, &asked.filter, &named->calls[name]) < 0)
            return -1;
    }
    if (!parse_hex16(text, &id))
        return 0;
    if (find_call(reader, arena, &params->filter, kept_from_ms, id, &found) < 0)
        return -1;
    named->call = found ? id : 0;
    return 0;
}
