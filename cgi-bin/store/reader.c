/* SPDX-License-Identifier: MIT */
/* Opens and closes the three together. */
#include "store/reader.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/schema_version.h"

struct reader *reader_open(const struct config *config)
{
    struct db *db = schema_version_open(config, CONFIG_READER);
    struct reader *reader;

    if (!db)
        return NULL;
    memory_keep_freed();
    reader = memory_new(sizeof(*reader));
    reader->config = config;
    reader->db = db;
    reader->sets = index_sets_new(config);
    reader->names = name_cache_new(NAME_CACHE_BYTES);
    return reader;
}

void reader_close(struct reader *reader)
{
    if (!reader)
        return;
    name_cache_free(reader->names);
    index_sets_free(reader->sets);
    db_free(reader->db);
    free(reader);
}
