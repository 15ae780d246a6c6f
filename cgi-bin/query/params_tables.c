/* SPDX-License-Identifier: MIT */
/* Which parameters there are, and which of them each page takes; what is not here is refused by name.  Data, and looking up in it. */
#include "query/params_private.h"

#include "store/filter_words.h"

enum {
    ACCOUNT_BYTES_MAX = 63,
    CURSOR_BYTES_MAX = 41,
    TIME_BYTES_MAX = 40,
    VIEW_BYTES_MAX = 10,
    SEARCH_BYTES_MAX =
        64 * 1024, /* query_text.h says how long one may be, and where it goes wrong */
};

static const char *const sorts[] = {"-time", "time", NULL};
static const char *const sizes[] = {"10", "25", "50", "100", "200", NULL};
static const char *const flags[] = {"0", "1", NULL};
static const char *const parts[] = {"page", "body", "curl", "json", NULL};
static const char *const views[] = {"indented", "raw", NULL};
static const char *const kinds[] = {"events", "triggers", NULL};
static const char *const histograms[] = {"bars", "table", NULL};
static const char *const lists[] = {"account", "all", NULL};
static const char *const menus[FILTER_DIMENSION_COUNT + 1] = {
    "entity", "action", "user", "status", "source", "method", "provider", "signature", NULL};
const char *const params_menus[FILTER_ALL_COUNT + 1] = {
    "entity", "action",   "user",      "status",  "source",
    "method", "provider", "signature", "account", NULL};

static const char *const places[FILTER_IN_COUNT + 1] = {
    "any", "client_address", "request_id", "trace_id", "delivery_id", "idempotency_key", NULL};

const unsigned params_page_sizes[] = {10, 25, 50, 100, 200, 0};

#define NAME_SPEC(name)                                                                            \
    {                                                                                              \
        name, FIELD_TEXT, true, 1, FILTER_WORD_MAX, NULL                                           \
    }
#define FILTER_SPECS                                                                               \
    [ENTITY] = NAME_SPEC("entity"), [NOT_ENTITY] = NAME_SPEC("not_entity"),                        \
    [ACTION] = NAME_SPEC("action"), [NOT_ACTION] = NAME_SPEC("not_action"),                        \
    [USER] = NAME_SPEC("user"), [NOT_USER] = NAME_SPEC("not_user"),                                \
    [STATUS] = NAME_SPEC("status"), [NOT_STATUS] = NAME_SPEC("not_status"),                        \
    [SOURCE] = NAME_SPEC("source"), [NOT_SOURCE] = NAME_SPEC("not_source"),                        \
    [METHOD] = NAME_SPEC("method"), [NOT_METHOD] = NAME_SPEC("not_method"),                        \
    [PROVIDER] = NAME_SPEC("provider"), [NOT_PROVIDER] = NAME_SPEC("not_provider"),                \
    [SIGNATURE] = NAME_SPEC("signature"), [NOT_SIGNATURE] = NAME_SPEC("not_signature"),            \
    [OWN] = {"audit", FIELD_CHOICE, false, 0, 0, flags}, [ENTITY_ID] = {"entity_id",               \
                                                                        FIELD_TEXT,                \
                                                                        false,                     \
                                                                        1,                         \
                                                                        EVENT_NAME_MAX + 1,        \
                                                                        NULL},                     \
    [NOT_ENTITY_ID] = {"not_entity_id", FIELD_TEXT, true, 1, EVENT_NAME_MAX + 1, NULL},            \
    [ENTITY_NAME] = {"entity_name", FIELD_TEXT, false, 1, EVENT_NAME_MAX, NULL},                   \
    [NOT_ENTITY_NAME] = {"not_entity_name", FIELD_TEXT, true, 1, EVENT_NAME_MAX, NULL},            \
    [Q] = {"q", FIELD_TEXT, false, PARAMS_TEXT_BYTES_MIN, PARAMS_TEXT_BYTES_MAX, NULL},            \
    [IN] = {"in", FIELD_CHOICE, false, 0, 0, places}, [FROM] = {"from", FIELD_TEXT,     false,     \
                                                                1,      TIME_BYTES_MAX, NULL},     \
    [TO] = {"to", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},                                     \
    [TZ] = {"tz", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},                                     \
    [SORT] = {"sort", FIELD_CHOICE, false, 0, 0, sorts}, [ASOF] = {"asof", FIELD_ID, false,        \
                                                                   0,      0,        NULL}
#define PAGING_SPECS                                                                               \
    [SHOW] = {"show", FIELD_CHOICE, false, 0, 0, sizes}, [PAGE] = {"page", FIELD_NUMBER, false,    \
                                                                   1,      UINT32_MAX,   NULL}

#define QUERY_SPEC                                                                                 \
    {                                                                                              \
        "query", FIELD_TEXT, false, 1, SEARCH_BYTES_MAX, NULL                                      \
    }

#define VIEW_SPEC                                                                                  \
    {                                                                                              \
        "view", FIELD_TEXT, false, 1, VIEW_BYTES_MAX, NULL                                         \
    }

/* The last two of a table. */
#define ACCOUNT_SPECS(at)                                                                          \
    [at] = {"account", FIELD_TEXT, true, 1, ACCOUNT_BYTES_MAX, NULL},                              \
    [(at) + 1] = {"not_account", FIELD_TEXT, true, 1, ACCOUNT_BYTES_MAX, NULL}

const struct field_spec params_specs[LIST_SPEC_COUNT] = {
    FILTER_SPECS,
    PAGING_SPECS,
    [MENU] = {"menu", FIELD_CHOICE, false, 0, 0, menus},
    [HISTOGRAM] = {"histogram", FIELD_CHOICE, false, 0, 0, histograms},
    [CHOSEN_ZONE] = {"zone", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},
    [FROM_WAS] = {"from_was", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},
    [TO_WAS] = {"to_was", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},
    [LIST_QUERY] = QUERY_SPEC,
    [LIST_VIEW] = VIEW_SPEC,
};

static const struct field_spec views_specs[VIEWS_SPEC_COUNT] = {
    FILTER_SPECS,
    PAGING_SPECS,
    [KIND] = {"kind", FIELD_CHOICE, false, 0, 0, kinds},
};

static const struct field_spec all_list_specs[LIST_ACCOUNT + 2] = {
    FILTER_SPECS,
    PAGING_SPECS,
    [MENU] = {"menu", FIELD_CHOICE, false, 0, 0, params_menus},
    [HISTOGRAM] = {"histogram", FIELD_CHOICE, false, 0, 0, histograms},
    [CHOSEN_ZONE] = {"zone", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},
    [FROM_WAS] = {"from_was", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},
    [TO_WAS] = {"to_was", FIELD_TEXT, false, 1, TIME_BYTES_MAX, NULL},
    [LIST_QUERY] = QUERY_SPEC,
    ACCOUNT_SPECS(LIST_ACCOUNT),
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
                                                                                  flags},          \
                  [BOM] = {"bom", FIELD_CHOICE, false, 0, 0, flags}, [DOWNLOAD_QUERY] = QUERY_SPEC

static const struct field_spec download_specs[DOWNLOAD_SPEC_COUNT] = {
    DOWNLOAD_SPECS,
    [DOWNLOAD_VIEW] = VIEW_SPEC,
};

static const struct field_spec feed_specs[FEED_SPEC_COUNT] = {
    DOWNLOAD_SPECS,
    [DOWNLOAD_VIEW] = VIEW_SPEC,
    [AFTER] = {"after", FIELD_TEXT, false, 1, CURSOR_BYTES_MAX, NULL},
    [LIMIT] = {"limit", FIELD_NUMBER, false, 1, PARAMS_LIMIT_MAX, NULL},
};

static const struct field_spec all_download_specs[DOWNLOAD_ACCOUNT + 2] = {
    DOWNLOAD_SPECS,
    ACCOUNT_SPECS(DOWNLOAD_ACCOUNT),
};

const struct params_table params_tables[] = {
    [PARAMS_LIST] = {params_specs, LIST_SPEC_COUNT, LIST_SPEC_COUNT, LIST_QUERY, LIST_VIEW},
    [PARAMS_LIST_ALL] = {all_list_specs, LIST_ACCOUNT + 2, LIST_ACCOUNT, LIST_QUERY,
                         LIST_ACCOUNT + 2},
    [PARAMS_DETAILS] = {details_specs, DETAILS_SPEC_COUNT + 2, DETAILS_SPEC_COUNT,
                        DETAILS_SPEC_COUNT + 2, DETAILS_SPEC_COUNT + 2},
    [PARAMS_DOWNLOAD] = {download_specs, DOWNLOAD_SPEC_COUNT, DOWNLOAD_SPEC_COUNT, DOWNLOAD_QUERY,
                         DOWNLOAD_VIEW},
    [PARAMS_FEED_DOWNLOAD] = {feed_specs, FEED_SPEC_COUNT, FEED_SPEC_COUNT, DOWNLOAD_QUERY,
                              DOWNLOAD_VIEW},
    [PARAMS_DOWNLOAD_ALL] = {all_download_specs, DOWNLOAD_ACCOUNT + 2, DOWNLOAD_ACCOUNT,
                             DOWNLOAD_QUERY, DOWNLOAD_ACCOUNT + 2},
    [PARAMS_VIEWS] = {views_specs, VIEWS_SPEC_COUNT, VIEWS_SPEC_COUNT, VIEWS_SPEC_COUNT,
                      VIEWS_SPEC_COUNT},
};

/* Where the two parameters of each dimension stand in the table. */
static const unsigned include_spec[FILTER_DIMENSION_COUNT] = {
    [FILTER_ENTITY_TYPE] = ENTITY, [FILTER_ACTION] = ACTION,       [FILTER_USER] = USER,
    [FILTER_STATUS] = STATUS,      [FILTER_SOURCE] = SOURCE,       [FILTER_METHOD] = METHOD,
    [FILTER_PROVIDER] = PROVIDER,  [FILTER_SIGNATURE] = SIGNATURE,
};

unsigned params_spec_of(enum params_set set, enum filter_dimension dimension, bool exclude)
{
    unsigned first =
        dimension == FILTER_ACCOUNT ? params_tables[set].account : include_spec[dimension];

    return first + exclude;
}

const char *params_place_name(enum filter_in in)
{
    return places[in];
}

const char *params_include_name(enum filter_dimension dimension)
{
    return all_list_specs[params_spec_of(PARAMS_LIST_ALL, dimension, false)].name;
}

const char *params_exclude_name(enum filter_dimension dimension)
{
    return all_list_specs[params_spec_of(PARAMS_LIST_ALL, dimension, true)].name;
}
