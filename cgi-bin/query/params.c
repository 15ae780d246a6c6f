/* SPDX-License-Identifier: MIT */
/* From the query string to the filter; which parameters there are is in params_tables.c.  Never touches the database. */
#include "query/params_private.h"
#include "query/params_values.h"

#include "base/clock.h"
#include "base/parse.h"
#include "store/filter_words.h"

bool params_refuse(struct arena *arena, const char *name, const char *accepted,
                   struct str *complaint)
{
    *complaint = arena_printf(arena, "Parameter \"%s\" must be %s.", name, accepted);
    return false;
}

bool params_refuse_value(struct arena *arena, const char *name, const char *accepted,
                         struct str value, struct str *complaint)
{
    struct str quoted = fields_quoted(arena, value),
               what = arena_printf(arena, "%s, not %.*s", accepted, STR_ARG(quoted));

    return params_refuse(arena, name, what.ptr, complaint);
}

static bool read_times(struct arena *arena, const struct fields *fields, int64_t now_ms,
                       struct params *params, struct str *complaint)
{
    const struct field *from = fields_find(fields, FROM), *to = fields_find(fields, TO),
                       *zone = fields_find(fields, TZ);
    struct filter *filter = &params->filter;

    params->zone = "UTC";
    if (zone && !clock_zone_exists(zone->text))
        return params_refuse_value(arena, "tz", params_zone_accepted, zone->text, complaint);
    if (zone)
        params->zone = arena_cstr(arena, zone->text);
    params->names_zone = zone != NULL;
    if (from) {
        params->from = from->text;
        filter->has_from = true;
        if (!params_time(from->text, params->zone, false, now_ms, &filter->from_ms))
            return params_refuse_value(arena, "from", params_time_accepted, from->text, complaint);
    }
    if (to) {
        params->to = to->text;
        filter->has_to = true;
        if (!params_time(to->text, params->zone, true, now_ms, &filter->to_ms))
            return params_refuse_value(arena, "to", params_time_accepted, to->text, complaint);
    }
    return true;
}

/* All values of the table row `spec`, each once. */
static struct filter_values values_of(struct arena *arena, const struct fields *fields,
                                      unsigned spec)
{
    struct filter_values values = {0};

    for (size_t i = 0; i < fields->count; i++) {
        bool repeated = false;

        if (fields->items[i].spec != spec)
            continue;
        if (!values.items)
            values.items = arena_array(arena, fields->count, sizeof(*values.items));
        for (size_t k = 0; k < values.count && !repeated; k++)
            repeated = str_equal(values.items[k], fields->items[i].text);
        if (!repeated)
            values.items[values.count++] = fields->items[i].text;
    }
    return values;
}

static bool read_dimension(struct arena *arena, const struct fields *fields, enum params_set set,
                           enum filter_dimension dimension, bool exclude,
                           struct filter_values *values, struct str *complaint)
{
    const char *name = exclude ? params_exclude_name(dimension) : params_include_name(dimension);

    *values = values_of(arena, fields, params_spec_of(set, dimension, exclude));
    for (size_t i = 0; i < values->count; i++)
        if (!params_value_fits(dimension, values->items[i]))
            return params_refuse_value(arena, name, params_value_accepted(dimension),
                                       values->items[i], complaint);
    return true;
}

static struct str text_of(const struct fields *fields, unsigned spec)
{
    const struct field *field = fields_find(fields, spec);

    return field ? field->text : (struct str){NULL, 0};
}

static uint64_t number_of(const struct fields *fields, unsigned spec, uint64_t absent)
{
    const struct field *field = fields_find(fields, spec);

    return field ? field->number : absent;
}

void params_settle(struct params *params)
{
    const struct filter_values *types = &params->filter.include[FILTER_ENTITY_TYPE];
    bool asked_for = params->shows_own;

    for (size_t i = 0; i < types->count && !asked_for; i++) {
        struct str type = types->items[i], prefix;

        asked_for = filter_word_is_prefix(type, &prefix) ? str_starts(STR(EVENT_TYPE_OWN), prefix)
                                                         : str_equal(type, STR(EVENT_TYPE_OWN));
    }
    params->filter.without_own = !asked_for;
}

static bool read_filter(struct arena *arena, const struct fields *fields, enum params_set set,
                        struct params *params, struct str *complaint)
{
    struct filter *filter = &params->filter;

    for (int i = 0; i < FILTER_ALL_COUNT; i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;

        if (!read_dimension(arena, fields, set, dimension, false, &filter->include[i], complaint) ||
            !read_dimension(arena, fields, set, dimension, true, &filter->exclude[i], complaint))
            return false;
    }
    params->shows_own = number_of(fields, OWN, 0) == 1;
    params_settle(params);
    filter->entity_id = text_of(fields, ENTITY_ID);
    filter->entity_name = text_of(fields, ENTITY_NAME);
    filter->without_id = values_of(arena, fields, NOT_ENTITY_ID);
    filter->without_name = values_of(arena, fields, NOT_ENTITY_NAME);
    if (filter->without_id.count > FILTER_WITHOUT_MAX ||
        filter->without_name.count > FILTER_WITHOUT_MAX)
        return params_refuse(
            arena,
            filter->without_id.count > FILTER_WITHOUT_MAX ? "not_entity_id" : "not_entity_name",
            arena_printf(arena, "given %d times at most", FILTER_WITHOUT_MAX).ptr, complaint);
    filter->text = text_of(fields, Q);
    filter->text_in = (enum filter_in)number_of(fields, IN, FILTER_IN_ANY);
    filter->oldest_first = number_of(fields, SORT, 0) == 1;
    filter->has_asof = fields_find(fields, ASOF) != NULL;
    filter->asof = number_of(fields, ASOF, 0);
    return true;
}

/* What a page takes besides the filter. */
static bool read_others(struct arena *arena, const struct fields *fields, enum params_set set,
                        struct params *params, struct str *complaint)
{
    if (!params_read_view(arena, fields, params_tables[set].view, params, complaint))
        return false;
    if (set == PARAMS_DOWNLOAD || set == PARAMS_DOWNLOAD_ALL || set == PARAMS_FEED_DOWNLOAD) {
        params->raw = number_of(fields, RAW, 0) == 1;
        params->trailer = number_of(fields, TRAILER, 0) == 1;
        params->bom = number_of(fields, BOM, 0) == 1;
        return set != PARAMS_FEED_DOWNLOAD || params_read_feed(arena, fields, params, complaint);
    }
    params->show = params_page_sizes[number_of(fields, SHOW, 0)];
    params->page = number_of(fields, PAGE, 1);
    if (set == PARAMS_DETAILS) {
        params->part = (enum params_part)number_of(fields, PART, PARAMS_PART_PAGE);
        params->view_raw = number_of(fields, VIEW, 0) == 1;
        params->all_accounts = number_of(fields, LIST, 0) == 1;
        return true;
    }
    if (set == PARAMS_VIEWS)
        return params_read_kind(fields, params, complaint);
    if (!params_read_chosen_zone(arena, text_of(fields, CHOSEN_ZONE), params, complaint))
        return false;
    params->from_was = text_of(fields, FROM_WAS);
    params->to_was = text_of(fields, TO_WAS);
    params->has_menu = fields_find(fields, MENU) != NULL;
    params->menu = (enum filter_dimension)number_of(fields, MENU, 0);
    params->histogram_table = number_of(fields, HISTOGRAM, 0) == 1;
    return true;
}

bool params_parse(struct arena *arena, struct str query, enum params_set set, int64_t now_ms,
                  struct params *params, struct str *complaint)
{
    const struct params_table *table = &params_tables[set];
    struct fields fields;
    struct str search;

    *params = (struct params){.show = params_page_sizes[0], .page = 1};
    params->all_accounts = set == PARAMS_LIST_ALL || set == PARAMS_DOWNLOAD_ALL;
    if (!fields_parse(arena, query, table->specs, table->count, &fields, complaint) ||
        !read_filter(arena, &fields, set, params, complaint) ||
        !read_times(arena, &fields, now_ms, params, complaint) ||
        !read_others(arena, &fields, set, params, complaint))
        return false;
    search = text_of(&fields, table->query);
    return search.len == 0 || params_read_query(arena, search, now_ms, params, complaint);
}
