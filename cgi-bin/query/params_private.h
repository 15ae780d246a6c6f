/* SPDX-License-Identifier: MIT */
/* What params*.c share: the tables of parameters (params_tables.c), and how a search is taken in (params_query.c). */
#ifndef DAYBOOK_PARAMS_PRIVATE_H
#define DAYBOOK_PARAMS_PRIVATE_H

#include "query/params.h"
#include "web/fields.h"

/* The order is that of the tables in params_tables.c, which have their beginning in common; those of all accounts end with two others. */
enum {
    ENTITY,
    NOT_ENTITY,
    ACTION,
    NOT_ACTION,
    USER,
    NOT_USER,
    STATUS,
    NOT_STATUS,
    SOURCE,
    NOT_SOURCE,
    METHOD,
    NOT_METHOD,
    PROVIDER,
    NOT_PROVIDER,
    SIGNATURE,
    NOT_SIGNATURE,
    OWN,
    ENTITY_ID,
    NOT_ENTITY_ID,
    ENTITY_NAME,
    NOT_ENTITY_NAME,
    Q,
    IN,
    FROM,
    TO,
    TZ,
    SORT,
    ASOF,
    SHOW,
    PAGE,
    PART,
    VIEW,
    LIST,
    DETAILS_SPEC_COUNT,
    MENU = PART,
    HISTOGRAM,
    CHOSEN_ZONE,
    FROM_WAS,
    TO_WAS,
    LIST_QUERY,
    LIST_VIEW,
    LIST_SPEC_COUNT,
    LIST_ACCOUNT = LIST_VIEW,
    KIND = PART,
    VIEWS_SPEC_COUNT,
    RAW = SHOW,
    TRAILER,
    BOM,
    DOWNLOAD_QUERY,
    DOWNLOAD_VIEW,
    DOWNLOAD_SPEC_COUNT,
    DOWNLOAD_ACCOUNT = DOWNLOAD_VIEW,
    AFTER = DOWNLOAD_SPEC_COUNT,
    LIMIT,
    FEED_SPEC_COUNT
};

extern const struct field_spec params_specs[LIST_SPEC_COUNT];

/* `account`, `query`, `view`: the numbers of those parameters; `count` where there is none. */
struct params_table {
    const struct field_spec *specs;
    unsigned count, account, query, view;
};

/* Those of each enum params_set. */
extern const struct params_table params_tables[];

/* Where the parameter of a dimension, or the one that excludes its values, stands in the table of a set. */
unsigned params_spec_of(enum params_set set, enum filter_dimension dimension, bool exclude);

/* One sentence that says what the parameter must be.  False. */
bool params_refuse(struct arena *arena, const char *name, const char *accepted,
                   struct str *complaint);

/* The same, and that it is not `value`: what was meant to be a day is seen where it stands.  False. */
bool params_refuse_value(struct arena *arena, const char *name, const char *accepted,
                         struct str value, struct str *complaint);

/* params_feed.c: `after` and `limit`.  False after a complaint. */
bool params_read_feed(struct arena *arena, const struct fields *fields, struct params *params,
                      struct str *complaint);

/* params_view.c: `view` of a list or a download, which is row `spec` of its table.  False after a complaint. */
bool params_read_view(struct arena *arena, const struct fields *fields, unsigned spec,
                      struct params *params, struct str *complaint);

/* params_zone.c: `zone`, as somebody typed it; empty: none.  False after a complaint. */
bool params_read_chosen_zone(struct arena *arena, struct str typed, struct params *params,
                             struct str *complaint);

/* What `tz` may be, for a sentence. */
extern const char params_zone_accepted[];

/* `kind` of the page of saved views. */
bool params_read_kind(const struct fields *fields, struct params *params, struct str *complaint);

/* The words of menus, in the order of enum filter_dimension, ended by NULL. */
extern const char *const params_menus[FILTER_ALL_COUNT + 1];

/*
 * Expands the text of a search, query_text.h, into `params`, whose zone and all_accounts are known and which holds what other
 * parameters say.  Different ones must all match; what both say is refused by name.  False: a sentence in `complaint`, and in
 * params->mistake where the text itself is wrong.
 */
bool params_read_query(struct arena *arena, struct str text, int64_t now_ms, struct params *params,
                       struct str *complaint);

#endif
