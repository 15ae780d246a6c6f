/* SPDX-License-Identifier: MIT */
/* One table of parameters; what is not in it is refused by name.  Never touches the database. */
#include "params_private.h"

#include "base/clock.h"
#include "base/parse.h"

enum {
    ACCOUNT_BYTES_MAX = 63,
    CURSOR_BYTES_MAX = 41,
    LIMIT_USUAL = 1000,
    TIME_BYTES_MAX = 40,
    RELATIVE_MAX = 100000
};

static const char *const sorts[] = {"-time", "time", NULL};
static const char *const sizes[] = {"10", "25", "50", "100", "200", NULL};
static const char *const flags[] = {"0", "1", NULL};
static const char *const parts[] = {"page", "body", "curl", "json", NULL};
static const char *const views[] = {"indented", "raw", NULL};
static const char *const lists[] = {"account", "all", NULL};
static const char *const menus[FILTER_DIMENSION_COUNT + 1] = {
    "entity", "action", "user", "status", "source", "provider", "signature", NULL};
const char *const params_menus[FILTER_ALL_COUNT + 1] = {
    "entity", "action", "user", "status", "source", "provider", "signature", "account", NULL};

const unsigned params_page_sizes[] = {10, 25, 50, 100, 200, 0};

#define NAME_SPEC(name)                                                                            \
    {                                                                                              \
        name, FIELD_TEXT, true, 1, EVENT_NAME_MAX, NULL                                            \
    }
#define FILTER_SPECS                                                                               \
    [ENTITY] = NAME_SPEC("entity"), [NOT_ENTITY] = NAME_SPEC("not_entity"),                        \
    [ACTION] = NAME_SPEC("action"), [NOT_ACTION] = NAME_SPEC("not_action"),                        \
    [USER] = NAME_SPEC("user"), [NOT_USER] = NAME_SPEC("not_user"),                                \
    [STATUS] = NAME_SPEC("status"), [NOT_STATUS] = NAME_SPEC("not_status"),                        \
    [SOURCE] = NAME_SPEC("source"), [NOT_SOURCE] = NAME_SPEC("not_source"),                        \
    [PROVIDER] = NAME_SPEC("provider"), [NOT_PROVIDER] = NAME_SPEC("not_provider"),                \
    [SIGNATURE] = NAME_SPEC("signature"), [NOT_SIGNATURE] = NAME_SPEC("not_signature"),            \
    [OWN] = {"audit", FIELD_CHOICE, false, 0, 0, flags}, [ENTITY_ID] = {"entity_id",               \
                                                                        FIELD_TEXT,                \
                                                                        false,                     \
                                                                        1,                         \
                                                                        EVENT_NAME_MAX + 1,        \
                                                                        NULL},                     \
    [ENTITY_NAME] = {"entity_name", FIELD_TEXT, false, 1, EVENT_NAME_MAX, NULL},                   \
    [Q] = {"q", FIELD_TEXT, false, PARAMS_TEXT_BYTES_MIN, PARAMS_TEXT_BYTES_MAX, NULL},            \
    [FROM] = {"from", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL}, [TO] = {"to",                   \
                                                                           FIELD_TEXT,             \
                                                                           false,                  \
                                                                           1,                      \
                                                                           TIME_BYTES_MAX,         \
                                                                           NULL},                  \
    [TZ] = {"tz", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},                                     \
    [SORT] = {"sort", FIELD_CHOICE, false, 0, 0, sorts}, [ASOF] = {"asof", FIELD_ID, false,        \
                                                                   0,      0,        NULL}
#define PAGING_SPECS                                                                               \
    [SHOW] = {"show", FIELD_CHOICE, false, 0, 0, sizes}, [PAGE] = {"page", FIELD_NUMBER, false,    \
                                                                   1,      UINT32_MAX,   NULL}

/* The last two of a table. */
#define ACCOUNT_SPECS(at)                                                                          \
    [at] = {"account", FIELD_TEXT, true, 1, ACCOUNT_BYTES_MAX, NULL},                              \
    [(at) + 1] = {"not_account", FIELD_TEXT, true, 1, ACCOUNT_BYTES_MAX, NULL}

const struct field_spec params_specs[LIST_SPEC_COUNT] = {
    FILTER_SPECS,
    PAGING_SPECS,
    [MENU] = {"menu", FIELD_CHOICE, false, 0, 0, menus},
};

static const struct field_spec all_list_specs[LIST_SPEC_COUNT + 2] = {
    FILTER_SPECS,
    PAGING_SPECS,
    [MENU] = {"menu", FIELD_CHOICE, false, 0, 0, params_menus},
    ACCOUNT_SPECS(LIST_SPEC_COUNT),
};

static const struct field_spec details_specs[DETAILS_SPEC_COUNT + 2] = {
    FILTER_SPECS,
    PAGING_SPECS,
    [PART] = {"part", FIELD_CHOICE, false, 0, 0, parts},
    [VIEW] = {"view", FIELD_CHOICE, false, 0, 0, views},
    [LIST] = {"list", FIELD_CHOICE, false, 0, 0, lists},
    ACCOUNT_SPECS(DETAILS_SPEC_COUNT),
};

#define DOWNLOAD_SPECS                                                                             \
    FILTER_SPECS, [RAW] = {"raw", FIELD_CHOICE, false, 0, 0, flags}, [TRAILER] = {"trailer",       \
                                                                                  FIELD_CHOICE,    \
                                                                                  false,           \
                                                                                  0,               \
                                                                                  0,               \
                                                                                  flags}

static const struct field_spec download_specs[DOWNLOAD_SPEC_COUNT] = {DOWNLOAD_SPECS};

static const struct field_spec feed_specs[FEED_SPEC_COUNT] = {
    DOWNLOAD_SPECS,
    [AFTER] = {"after", FIELD_TEXT, false, 1, CURSOR_BYTES_MAX, NULL},
    [LIMIT] = {"limit", FIELD_NUMBER, false, 1, PARAMS_LIMIT_MAX, NULL},
};

static const struct field_spec all_download_specs[DOWNLOAD_SPEC_COUNT + 2] = {
    DOWNLOAD_SPECS,
    ACCOUNT_SPECS(DOWNLOAD_SPEC_COUNT),
};

/* `account`: the number of that parameter; `count` where there is none. */
static const struct {
    const struct field_spec *specs;
    unsigned count, account;
} tables[] = {
    [PARAMS_LIST] = {params_specs, LIST_SPEC_COUNT, LIST_SPEC_COUNT},
    [PARAMS_LIST_ALL] = {all_list_specs, LIST_SPEC_COUNT + 2, LIST_SPEC_COUNT},
    [PARAMS_DETAILS] = {details_specs, DETAILS_SPEC_COUNT + 2, DETAILS_SPEC_COUNT},
    [PARAMS_DOWNLOAD] = {download_specs, DOWNLOAD_SPEC_COUNT, DOWNLOAD_SPEC_COUNT},
    [PARAMS_FEED_DOWNLOAD] = {feed_specs, FEED_SPEC_COUNT, FEED_SPEC_COUNT},
    [PARAMS_DOWNLOAD_ALL] = {all_download_specs, DOWNLOAD_SPEC_COUNT + 2, DOWNLOAD_SPEC_COUNT},
};

/* Where the two parameters of each dimension stand in the table. */
static const unsigned include_spec[FILTER_DIMENSION_COUNT] = {
    [FILTER_ENTITY_TYPE] = ENTITY,  [FILTER_ACTION] = ACTION, [FILTER_USER] = USER,
    [FILTER_STATUS] = STATUS,       [FILTER_SOURCE] = SOURCE, [FILTER_PROVIDER] = PROVIDER,
    [FILTER_SIGNATURE] = SIGNATURE,
};

/* Where the parameter of a dimension, or the one that excludes its values, stands in the table of a set. */
static unsigned spec_of(enum params_set set, enum filter_dimension dimension, bool exclude)
{
    unsigned first = dimension == FILTER_ACCOUNT ? tables[set].account : include_spec[dimension];

    return first + exclude;
}

const char *params_include_name(enum filter_dimension dimension)
{
    return all_list_specs[spec_of(PARAMS_LIST_ALL, dimension, false)].name;
}

const char *params_exclude_name(enum filter_dimension dimension)
{
    return all_list_specs[spec_of(PARAMS_LIST_ALL, dimension, true)].name;
}

/* `-24h`: so long before now. */
static bool parse_relative(struct str text, int64_t now_ms, int64_t *ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 604800000}};
    uint64_t count;

    if (text.len < 3 || text.ptr[0] != '-' ||
        !parse_u64(str_slice(text, 1, text.len - 2), 1, RELATIVE_MAX, &count))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (text.ptr[text.len - 1] == units[i].unit) {
            *ms = now_ms - (int64_t)count * units[i].ms;
            return true;
        }
    }
    return false;
}

/* A day or a local time; a bare day given as the end means the whole of it. */
static bool parse_calendar(struct str text, const char *zone, bool is_end, int64_t *ms)
{
    struct clock_fields fields;
    struct str rest;
    bool has_time;

    if (!clock_parse_fields(text, &fields, &has_time, &rest))
        return false;
    if (has_time && str_equal(rest, STR("Z"))) {
        *ms = clock_from_utc(&fields);
        return true;
    }
    if (rest.len)
        return false;
    if (!has_time && is_end)
        clock_next_day(&fields);
    *ms = clock_from_local(&fields, zone);
    return true;
}

static bool parse_time(struct str text, const char *zone, bool is_end, int64_t now_ms, int64_t *ms)
{
    uint64_t number;

    if (parse_u64(text, 0, INT64_MAX, &number)) {
        *ms = (int64_t)number;
        return true;
    }
    return parse_relative(text, now_ms, ms) || parse_calendar(text, zone, is_end, ms);
}

static bool refuse(struct arena *arena, const char *name, const char *accepted,
                   struct str *complaint)
{
    *complaint = arena_printf(arena, "Parameter \"%s\" must be %s.", name, accepted);
    return false;
}

static bool read_times(struct arena *arena, const struct fields *fields, int64_t now_ms,
                       struct params *params, struct str *complaint)
{
    static const char accepted[] =
        "a day (2026-01-31), a time (2026-01-31T12:00, with Z for UTC), milliseconds since 1970, "
        "or a span before now (-24h; units s, m, h, d, w)";
    const struct field *from = fields_find(fields, FROM), *to = fields_find(fields, TO),
                       *zone = fields_find(fields, TZ);
    struct filter *filter = &params->filter;

    params->zone = "UTC";
    if (zone && !clock_zone_exists(zone->text))
        return refuse(arena, "tz", "the IANA name of a time zone, such as Europe/Berlin",
                      complaint);
    if (zone)
        params->zone = arena_cstr(arena, zone->text);
    if (from) {
        params->from = from->text;
        filter->has_from = true;
        if (!parse_time(from->text, params->zone, false, now_ms, &filter->from_ms))
            return refuse(arena, "from", accepted, complaint);
    }
    if (to) {
        params->to = to->text;
        filter->has_to = true;
        if (!parse_time(to->text, params->zone, true, now_ms, &filter->to_ms))
            return refuse(arena, "to", accepted, complaint);
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

static bool statuses_valid(const struct filter_values *values)
{
    unsigned first, last;

    for (size_t i = 0; i < values->count; i++)
        if (!filter_status_range(values->items[i], &first, &last))
            return false;
    return true;
}

static bool sources_valid(const struct filter_values *values)
{
    enum event_source source;

    for (size_t i = 0; i < values->count; i++)
        if (!str_equal(values->items[i], STR(FILTER_NONE)) &&
            !event_source_parse(values->items[i], &source))
            return false;
    return true;
}

static bool signatures_valid(const struct filter_values *values)
{
    enum event_signature signature;

    for (size_t i = 0; i < values->count; i++)
        if (!str_equal(values->items[i], STR(FILTER_NONE)) &&
            !event_signature_parse(values->items[i], &signature))
            return false;
    return true;
}

static bool read_dimension(struct arena *arena, const struct fields *fields, enum params_set set,
                           enum filter_dimension dimension, bool exclude,
                           struct filter_values *values, struct str *complaint)
{
    unsigned spec = spec_of(set, dimension, exclude);
    const char *name = exclude ? params_exclude_name(dimension) : params_include_name(dimension);

    *values = values_of(arena, fields, spec);
    if (dimension == FILTER_STATUS && !statuses_valid(values))
        return refuse(arena, name,
                      "a status from 100 to 599, a class such as 4xx, ok, failed, or " FILTER_NONE,
                      complaint);
    if (dimension == FILTER_SOURCE && !sources_valid(values))
        return refuse(arena, name, "ui, cli, integration, webhook, or " FILTER_NONE, complaint);
    if (dimension == FILTER_SIGNATURE && !signatures_valid(values))
        return refuse(arena, name, "valid, invalid, unchecked, or " FILTER_NONE, complaint);
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

    for (size_t i = 0; i < types->count && !asked_for; i++)
        asked_for = str_equal(types->items[i], STR(EVENT_TYPE_OWN));
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
    filter->text = text_of(fields, Q);
    filter->oldest_first = number_of(fields, SORT, 0) == 1;
    filter->has_asof = fields_find(fields, ASOF) != NULL;
    filter->asof = number_of(fields, ASOF, 0);
    return true;
}

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

/* What a follower says: where it goes on, and how much it takes. */
static bool read_feed(struct arena *arena, const struct fields *fields, struct params *params,
                      struct str *complaint)
{
    struct str after = text_of(fields, AFTER);

    params->has_after = after.len > 0;
    params->limit = (size_t)number_of(fields, LIMIT, LIMIT_USUAL);
    if (!params->has_after && fields_find(fields, LIMIT)) {
        *complaint = STR("Parameter \"limit\" goes with \"after\": a download has all rows.");
        return false;
    }
    if (params->has_after && !read_cursor(after, params->after))
        return refuse(arena, "after",
                      "0, or a cursor that an answer has given in Daybook-After, such as 17, or "
                      "17-5 of all",
                      complaint);
    if (params->has_after &&
        (fields_find(fields, SORT) || fields_find(fields, ASOF) || fields_find(fields, TRAILER))) {
        *complaint = STR("Parameter \"after\" goes with neither \"sort\", \"asof\" nor "
                         "\"trailer\": the order is that of arrival.");
        return false;
    }
    return true;
}

bool params_parse(struct arena *arena, struct str query, enum params_set set, int64_t now_ms,
                  struct params *params, struct str *complaint)
{
    struct fields fields;

    *params = (struct params){.show = params_page_sizes[0], .page = 1};
    if (!fields_parse(arena, query, tables[set].specs, tables[set].count, &fields, complaint))
        return false;
    if (!read_filter(arena, &fields, set, params, complaint) ||
        !read_times(arena, &fields, now_ms, params, complaint))
        return false;
    params->all_accounts = set == PARAMS_LIST_ALL || set == PARAMS_DOWNLOAD_ALL;
    if (set == PARAMS_FEED_DOWNLOAD && !read_feed(arena, &fields, params, complaint))
        return false;
    if (set == PARAMS_DOWNLOAD || set == PARAMS_DOWNLOAD_ALL || set == PARAMS_FEED_DOWNLOAD) {
        params->raw = number_of(&fields, RAW, 0) == 1;
        params->trailer = number_of(&fields, TRAILER, 0) == 1;
        return true;
    }
    params->show = params_page_sizes[number_of(&fields, SHOW, 0)];
    params->page = number_of(&fields, PAGE, 1);
    if (set == PARAMS_DETAILS) {
        params->part = (enum params_part)number_of(&fields, PART, PARAMS_PART_PAGE);
        params->view_raw = number_of(&fields, VIEW, 0) == 1;
        params->all_accounts = number_of(&fields, LIST, 0) == 1;
        return true;
    }
    params->has_menu = fields_find(&fields, MENU) != NULL;
    params->menu = (enum filter_dimension)number_of(&fields, MENU, 0);
    return true;
}
