/* SPDX-License-Identifier: MIT */
/*
 * What is asked of a log: the one description that list, count, menu, export and links share.  Everything in it is borrowed;
 * absent parts are zero.
 */
#ifndef DAYBOOK_STORE_FILTER_H
#define DAYBOOK_STORE_FILTER_H

#include "base/arena.h"
#include "base/event.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

enum filter_dimension {
    FILTER_ENTITY_TYPE,
    FILTER_ACTION,
    FILTER_USER,
    FILTER_STATUS,
    FILTER_SOURCE,
    FILTER_METHOD,
    FILTER_PROVIDER, /* of triggers, as the next; an event has none */
    FILTER_SIGNATURE,
    FILTER_DIMENSION_COUNT, /* of what an event has */
    FILTER_ACCOUNT =
        FILTER_DIMENSION_COUNT, /* of a list over all accounts; nothing here looks at it */
    FILTER_ALL_COUNT
};

/* The word that stands for "has none". */
#define FILTER_NONE "---"

/* Does an event of this kind ever have a value in the dimension? */
bool filter_has_dimension(enum event_kind kind, enum filter_dimension dimension);

/* Values of one dimension, byte for byte as in the URL: names as store/filter_words.h says.  Any of them matches. */
struct filter_values {
    struct str *items;
    size_t count;
};

/* Is `value` one of them, as it stands? */
bool filter_values_have(const struct filter_values *values, struct str value);

/* How many ids, and how many names, can be left out: each is searched for by itself. */
enum { FILTER_WITHOUT_MAX = 20 };

/* Where a text stands: anywhere, or it is all of one value. */
enum filter_in {
    FILTER_IN_ANY,
    FILTER_IN_CLIENT_ADDRESS,
    FILTER_IN_REQUEST_ID,
    FILTER_IN_TRACE_ID,
    FILTER_IN_DELIVERY_ID, /* of triggers */
    FILTER_IN_IDEMPOTENCY_KEY,
    FILTER_IN_COUNT
};

struct filter {
    uint32_t account_id;
    enum event_kind kind; /* EVENT_KIND_ALL: both */
    struct filter_values include[FILTER_ALL_COUNT];
    struct filter_values exclude[FILTER_ALL_COUNT]; /* an event without the value stays */
    struct str entity_id;                           /* whole, or up to a final `*` */
    struct str entity_name;                         /* part of it; A-Z as a-z */
    struct filter_values without_id, without_name;  /* each as above; an event without one stays */
    struct str text;        /* part of any text of request or answer, or of extra; A-Z as a-z */
    enum filter_in text_in; /* else the text is whole, or up to a final `*` */
    bool has_from, has_to;
    int64_t from_ms, to_ms; /* from is included, to excluded */
    bool has_asof;
    uint64_t asof; /* no id above this one */
    bool oldest_first;
    bool without_own; /* leaves out calls to Daybook itself: those of entity type EVENT_TYPE_OWN */
    const struct filter_names *names; /* NULL, or numbers of its names (store/filter_names.h) */
};

/* Apart from its text and without_own: does it ask for nothing but a range of time? */
bool filter_is_range(const struct filter *filter);

/* The bounds of a status condition: "200", "4xx", "404-451", "ok" (100-399), "failed" (400-599), "---" (0-0).  False for anything else. */
bool filter_status_range(struct str word, unsigned *first, unsigned *last);

/* The filter with what without_own says among its exclusions; itself when it says nothing.  In the arena. */
const struct filter *filter_spelled_out(struct arena *arena, const struct filter *filter);

/* A WHERE clause over table event as `e`, for one kind, and what it binds. */
struct filter_sql {
    struct str where; /* begins with " WHERE " */
    struct db_value *values;
    size_t count;
    bool by_entity; /* a condition on the entity: its index may be the better way */
    bool empty;     /* nothing can match; `where` is not to be used */
};

/*
 * Looks up the numbers of the names in the filter and assembles the clause from literals.  `kind` must not be
 * EVENT_KIND_ALL.  Everything is in the arena.  0 or -1.
 */
int filter_sql_build(struct db *db, struct arena *arena, const struct filter *filter,
                     enum event_kind kind, struct filter_sql *sql);

/*
 * " FROM event e", with the way that the server is to take.  Rows are wanted in the order of the primary key, or all of them, so it is told
 * to use that; a rare entity is found by its own index.
 */
const char *filter_sql_from(const struct filter_sql *sql);

#endif
