/* SPDX-License-Identifier: MIT */
/* What params.c (reading) and params_write.c share: the tables of parameters. */
#ifndef DAYBOOK_PARAMS_PRIVATE_H
#define DAYBOOK_PARAMS_PRIVATE_H

#include "params.h"
#include "web/fields.h"

/* The order is that of the tables in params.c, which have their beginning in common; those of all accounts end with two more. */
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
    CHOSEN_ZONE,
    LIST_SPEC_COUNT,
    RAW = SHOW,
    TRAILER,
    DOWNLOAD_SPEC_COUNT,
    AFTER = DOWNLOAD_SPEC_COUNT,
    LIMIT,
    FEED_SPEC_COUNT
};

extern const struct field_spec params_specs[LIST_SPEC_COUNT];

/* The words of menus, in the order of enum filter_dimension, ended by NULL. */
extern const char *const params_menus[FILTER_ALL_COUNT + 1];

#endif
