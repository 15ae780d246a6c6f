/* SPDX-License-Identifier: MIT */
/* What a process that reads the log keeps: a connection as CONFIG_READER, what it remembers of indexes, and of names. */
#ifndef DAYBOOK_STORE_READER_H
#define DAYBOOK_STORE_READER_H

#include "store/db.h"
#include "store/index_set.h"
#include "store/name_cache.h"

struct reader {
    const struct config *config;
    struct db *db;
    struct index_sets *sets;
    struct name_cache *names;
};

/* NULL when the schema is another one (said on stderr).  `config` must outlive it. */
struct reader *reader_open(const struct config *config);
void reader_close(struct reader *reader);

#endif
