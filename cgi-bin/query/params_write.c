/* SPDX-License-Identifier: MIT */
/* From parameters to the query string that reads back the same. */
#include "query/params_private.h"

#include <stdio.h>

static void append_values(struct strbuf *out, const char *name, const struct filter_values *values)
{
    for (size_t i = 0; i < values->count; i++)
        fields_append(out, name, values->items[i]);
}

static void append_text(struct strbuf *out, unsigned spec, struct str text)
{
    if (text.len)
        fields_append(out, params_specs[spec].name, text);
}

static void append_number(struct strbuf *out, unsigned spec, uint64_t number)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%llu", (unsigned long long)number);

    fields_append(out, params_specs[spec].name, (struct str){text, (size_t)len});
}

static void append_id(struct strbuf *out, unsigned spec, uint64_t id)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%016llx", (unsigned long long)id);

    fields_append(out, params_specs[spec].name, (struct str){text, (size_t)len});
}

static void append_feed(struct strbuf *out, const struct params *params)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%zu", params->limit);

    if (params->raw)
        fields_append(out, "raw", STR("1"));
    fields_append(out, "limit", (struct str){text, (size_t)len});
}

void params_append(struct strbuf *out, const struct params *params, enum params_scope scope)
{
    const struct filter *filter = &params->filter;
    const size_t before = out->len;

    for (int i = 0; i < FILTER_ALL_COUNT; i++) {
        enum filter_dimension dimension = (enum filter_dimension)i;

        append_values(out, params_include_name(dimension), &filter->include[i]);
        append_values(out, params_exclude_name(dimension), &filter->exclude[i]);
    }
    if (params->shows_own)
        append_text(out, OWN, STR("1"));
    append_text(out, ENTITY_ID, filter->entity_id);
    append_values(out, params_specs[NOT_ENTITY_ID].name, &filter->without_id);
    append_text(out, ENTITY_NAME, filter->entity_name);
    append_values(out, params_specs[NOT_ENTITY_NAME].name, &filter->without_name);
    append_text(out, Q, filter->text);
    if (filter->text.len && filter->text_in != FILTER_IN_ANY)
        append_text(out, IN, str_from(params_place_name(filter->text_in)));
    append_text(out, FROM, params->from);
    append_text(out, TO, params->to);
    if (params->names_zone || strcmp(params->zone, "UTC") != 0)
        append_text(out, TZ, str_from(params->zone));
    if (filter->oldest_first)
        append_text(out, SORT, STR("time"));
    if (scope == PARAMS_FEED) {
        append_feed(out, params);
        return;
    }
    if (scope >= PARAMS_VIEW && params->show != params_page_sizes[0])
        append_number(out, SHOW, params->show);
    if (scope >= PARAMS_PLACE && params->page != 1)
        append_number(out, PAGE, params->page);
    if (filter->has_asof && scope != PARAMS_VIEW)
        append_id(out, ASOF, filter->asof);
    if (params->all_accounts && scope == PARAMS_BACK)
        fields_append(out, "list", STR("all"));
    if (params->says_none && out->len == before && (scope == PARAMS_VIEW || scope == PARAMS_PLACE))
        append_text(out, LIST_VIEW, STR("none"));
}

void params_append_asked(struct strbuf *out, const struct params *params)
{
    if (params->has_menu)
        fields_append(out, params_specs[MENU].name, str_from(params_menus[params->menu]));
    if (params->histogram_table)
        fields_append(out, params_specs[HISTOGRAM].name, STR("table"));
}

bool params_filtered(const struct params *params)
{
    const struct filter *filter = &params->filter;

    for (int i = 0; i < FILTER_ALL_COUNT; i++)
        if (filter->include[i].count || filter->exclude[i].count)
            return true;
    return filter->entity_id.len || filter->entity_name.len || filter->without_id.count ||
           filter->without_name.count || filter->text.len || params->from.len || params->to.len;
}
