/* SPDX-License-Identifier: MIT */
/* What params.c (reading) and params_write.c share: the tables of parameters. */
#ifndef DAYBOOK_PARAMS_PRIVATE_H
#define DAYBOOK_PARAMS_PRIVATE_H

#include "params.h"
#include "web/fields.h"

/* The order is that of the tables in params.c, which have their beginning in common; those of all accounts end with two others. */
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
    PROVIDER,
    NOT_PROVIDER,
    SIGNATURE,
    NOT_SIGNATURE,
    OWN,
    ENTITY_ID,
    ENTITY_NAME,
    Q,
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
    LIST_VIEW,
    LIST_SPEC_COUNT,
    LIST_ACCOUNT = LIST_VIEW,
    KIND = PART,
    VIEWS_SPEC_COUNT,
    RAW = SHOW,
    TRAILER,
    DOWNLOAD_VIEW,
    DOWNLOAD_SPEC_COUNT,
    DOWNLOAD_ACCOUNT = DOWNLOAD_VIEW,
    AFTER = DOWNLOAD_SPEC_COUNT,
    LIMIT,
    FEED_SPEC_COUNT
};

extern const struct field_spec params_specs[LIST_SPEC_COUNT];

/* One sentence that says what the parameter must be.  False. */
bool params_refuse(struct arena *arena, const char *name, const char *accepted,
                   struct str *complaint);

/* params_feed.c: `after` and `limit`.  False after a complaint. */
bool params_read_feed(struct arena *arena, const struct fields *fields, struct params *params,
                      struct str *complaint);

/* params_view.c: `view` of a list or a download, which is row `spec` of its table.  False after a complaint. */
bool params_read_view(struct arena *arena, const struct fields *fields, unsigned spec,
                      struct params *params, struct str *complaint);

/* `kind` of the page of saved views. */
bool params_read_kind(const struct fields *fields, struct params *params, struct str *complaint);

/* The words of menus, in the order of enum filter_dimension, ended by NULL. */
extern const char *const params_menus[FILTER_ALL_COUNT + 1];

#endif
