/* SPDX-License-Identifier: MIT */
/* From a record of another product to an event: for each column the paths (record.h) where it may stand, and words for the status. */
#ifndef DAYBOOK_INTAKE_RECORD_MAP_H
#define DAYBOOK_INTAKE_RECORD_MAP_H

#include "intake/format.h"
#include "intake/record.h"

enum record_field {
    RECORD_KEY, /* the record's own id */
    RECORD_TIME,
    RECORD_ACTION, /* a record without one is none of the format */
    RECORD_ENTITY_TYPE,
    RECORD_ENTITY_ID,
    RECORD_ENTITY_NAME,
    RECORD_USER,
    RECORD_STATUS,  /* an HTTP status */
    RECORD_OUTCOME, /* where there is none: a word, looked up in `outcomes` */
    RECORD_METHOD,
    RECORD_URL,
    RECORD_REQUEST_ID,
    RECORD_TRACE_ID,
    RECORD_CLIENT_ADDRESS,
    RECORD_FORWARDED_FOR,
    RECORD_USER_AGENT,
    RECORD_FIELD_COUNT
};

/* The first row whose word, in lower case, is somewhere in the outcome counts; "" is in every one. */
struct record_outcome {
    const char *word;
    unsigned status; /* 0: not known */
};

/* A record in the making. */
struct record_reading {
    const struct intake *intake;
    const struct record *record;
    struct format_item *item;
    struct strbuf extra; /* members of the event's extra, begun with { */
};

struct record_map {
    const char *name;                      /* of the format */
    const char *paths[RECORD_FIELD_COUNT]; /* NULL: nowhere */
    const struct record_outcome *outcomes; /* ends with a word NULL; NULL: none */
    unsigned status_unsaid;                /* of a record that says nothing of an outcome */

    /* What no path can say, done before secrets are taken out; or NULL. */
    void (*adjust)(struct record_reading *reading);

    /* What tells a call from others with its id, for records in stages; NULL: all of the record. */
    struct str (*same)(const struct record_reading *reading);
};

/*
 * Reads a record.  All of it becomes the event's body, so nothing of it is lost; texts that are longer than their column are cut.  A time that cannot
 * be read is none, and stays in extra.
 */
bool record_map_read(const struct record_map *map, const struct intake *intake,
                     const struct format_record *record, struct format_item *item,
                     struct intake_complaint *complaint);

/* `text` as a column of at most `max` bytes takes it. */
struct str record_column(struct str text, size_t max);

/* The status that the word stands for in `outcomes`; 0 when none is listed. */
unsigned record_outcome_status(const struct record_outcome *outcomes, struct str word);

#endif
