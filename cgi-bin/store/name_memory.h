/* SPDX-License-Identifier: MIT */
/*
 * The numbers of dictionary rows that one process has seen committed.  Rows are never changed or removed, so what is
 * remembered stays true.  Only name_store.c uses it.
 */
#ifndef DAYBOOK_STORE_NAME_MEMORY_H
#define DAYBOOK_STORE_NAME_MEMORY_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

enum name_table {
    NAME_TABLE_ENTITY_TYPE,
    NAME_TABLE_ACTION,
    NAME_TABLE_USER,
    NAME_TABLE_PROVIDER,
    NAME_TABLE_ENTITY,
    NAME_TABLE_COUNT
};

/* What a row is known by.  Of `numbers` and `texts` each table uses the first few; the others are 0 and empty. */
struct name_key {
    enum name_table table;
    uint32_t numbers[2];
    struct str texts[2];
};

/* A total order; 0 for the same row. */
int name_key_compare(const struct name_key *a, const struct name_key *b);

struct name_memory;

struct name_memory *name_memory_new(void);
void name_memory_free(struct name_memory *memory);

/* The number of a row, or 0 when it is not remembered. */
uint32_t name_memory_find(const struct name_memory *memory, const struct name_key *key);

/* Remembers a row that is not remembered yet; its texts are copied. */
void name_memory_add(struct name_memory *memory, const struct name_key *key, uint32_t id);

/* When it has grown beyond its bounds (tens of MB) everything is forgotten. */
void name_memory_bound(struct name_memory *memory);

#endif
