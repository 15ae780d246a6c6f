/* SPDX-License-Identifier: MIT */
/*
 * An invented log, in order of time: who does what to which thing, as people and programs do it.  Numbers only; make_texts.h
 * gives them words.  One big account, and if wished many small ones among whose events its own lie.
 */
#ifndef DAYBOOK_BENCH_MAKE_LOG_H
#define DAYBOOK_BENCH_MAKE_LOG_H

#include "make_random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TYPES = 20,
    TYPE_ACTIONS = 7, /* each type has its own actions, in the order of how often they are taken */
    COMMON_ACTIONS = 10,
    ACTIONS = TYPES * TYPE_ACTIONS + COMMON_ACTIONS,
    USERS = 500,      /* of each account */
    PROVIDERS = 6,    /* of webhooks */
    ENTITY_USES = 20, /* events of an account for each of its entities */
    RARE_WORDS = 40,
    RARE_WORD_USES = 20,
    KEY_BYTES = 32,
};

/* What the log is made from. */
struct log_plan {
    uint64_t seed;
    uint64_t big_events;   /* of account 0 */
    uint32_t accounts;     /* small ones, numbered from 1 */
    uint64_t small_events; /* of all of these together */
};

/* One call.  0 where it has none: user, entity, type, status, provider. */
struct call {
    uint64_t number; /* in the whole log, from 0 */
    uint64_t seed;   /* of its texts */
    uint64_t time_ms;
    uint64_t id;
    uint32_t account;
    uint32_t user;       /* 1 to USERS */
    uint32_t entity;     /* from 1 on in each account */
    uint32_t entity_row; /* the same, with a number of its own in the whole installation */
    uint32_t address;
    uint8_t kind; /* numbers as in base/event.h */
    uint8_t type, action;
    uint16_t status;
    uint8_t source;
    uint8_t provider, signature;
    uint8_t rare_word;       /* 1 to RARE_WORDS: its text is to hold this one */
    char key[KEY_BYTES + 1]; /* idempotency key */
    unsigned char key_hash[16];
};

struct log;
struct log *log_new(const struct log_plan *plan);
void log_free(struct log *log);

uint64_t log_events(const struct log *log);

/* The next one; false at the end. */
bool log_next(struct log *log, struct call *call);

/* How many entities an account may have, and the number of its first in the whole installation. */
uint32_t log_entities(const struct log *log, uint32_t account);
uint32_t log_first_entity(const struct log *log, uint32_t account);

/* The type of an entity of an account, from 1 on. */
uint8_t log_entity_type(uint32_t account, uint32_t entity);

#endif
