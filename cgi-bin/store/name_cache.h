/* SPDX-License-Identifier: MIT */
/*
 * The readers' side of the dictionaries: one process's memory of the names behind the numbers of `event`.  Rows of a dictionary are
 * never changed, and removed (upkeep/erase_step.h) only when no event has them, so what is remembered stays true as long as the connection
 * does; memory is bounded.
 */
#ifndef DAYBOOK_STORE_NAME_CACHE_H
#define DAYBOOK_STORE_NAME_CACHE_H

#include "base/arena.h"
#include "base/event.h"
#include "store/db.h"
#include "store/entity_names.h"

struct name_cache;

/* What a process that serves pages spends on names, and one that streams. */
enum { NAME_CACHE_BYTES = 16 * 1024 * 1024, NAME_CACHE_STREAM_BYTES = 1024 * 1024 };

/* Empty.  Above about `bytes_max` everything is forgotten when the next fill begins. */
struct name_cache *name_cache_new(size_t bytes_max);
void name_cache_free(struct name_cache *cache);

/* Where a fill finds entities before it looks for them elsewhere; borrowed, and so are their texts in the events then. */
void name_cache_set_entities(struct name_cache *cache, const struct entity_names *entities);

/* One row of `event` or `event_recent`.  In each dictionary 0 stands for "has none". */
struct event_numbers {
    uint64_t id;
    enum event_kind kind;
    uint32_t entity_type_id, action_id, user_id, entity_id, provider_id;
    unsigned status;
    enum event_source source;
    enum event_signature signature;
};

/*
 * Sets events[i] to what numbers[i] says: id, kind, time, status, source, signature, and the names of type, action, user, entity
 * and provider; all else is zero.  Names that are not remembered are read within the caller's transaction, many at a time.  They are
 * copied into `arena`; where it is NULL they are borrowed until the next fill.  A number without a row gives an empty name.
 * 0 or -1; after -1 `events` are not to be used.
 */
int name_cache_fill(struct name_cache *cache, struct db *db, struct arena *arena,
                    const struct event_numbers *numbers, size_t count, struct event *events);

/* The rest is what a fill consists of, for tests. */
enum name_dictionary {
    NAME_DICTIONARY_ENTITY_TYPE,
    NAME_DICTIONARY_ACTION,
    NAME_DICTIONARY_USER,
    NAME_DICTIONARY_PROVIDER,
    NAME_DICTIONARY_ENTITY,
    NAME_DICTIONARY_COUNT
};

/* An entity's id in its API and its name; the second is empty in the other dictionaries. */
struct name_texts {
    struct str texts[2];
};

/* Borrowed until the next fill; NULL when it is not remembered. */
const struct name_texts *name_cache_find(const struct name_cache *cache,
                                         enum name_dictionary dictionary, uint32_t id);

/* Remembers a copy of a row that is not remembered yet. */
void name_cache_add(struct name_cache *cache, enum name_dictionary dictionary, uint32_t id,
                    const struct name_texts *texts);

/* Forgets everything when there is too much of it. */
void name_cache_bound(struct name_cache *cache);

#endif
