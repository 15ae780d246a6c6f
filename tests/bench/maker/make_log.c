/* SPDX-License-Identifier: MIT */
/*
 * Sessions: somebody works for a while on a few things, from one address, now and then with a run of failures.  Days are busier
 * than nights; things are used most soon after they were made, some always.  Many calls share a millisecond.
 */
#include "make_log.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/event.h"
#include "base/memory.h"

enum { BIG_SESSIONS = 64, SMALL_SESSIONS = 4, HOURS = 365 * 24, MANY_AT_ONCE = 64 };

#define START_MS UINT64_C(1735689600000) /* 2025-01-01, a Wednesday */
#define HOUR_MS UINT64_C(3600000)
#define SLOT_MASK ((UINT64_C(1) << EVENT_ID_SLOT_BITS) - 1)

/* Of a hundred: how busy each hour of a day is, UTC. */
static const unsigned char hour_weights[24] = {12, 10, 9,  9,  10, 14, 28, 52, 78, 95, 100, 96,
                                               80, 88, 97, 99, 92, 78, 60, 46, 36, 28, 20,  15};

static const uint16_t ok_statuses[] = {200, 201, 204, 304};
static const uint16_t failed_statuses[] = {404, 401, 400, 403, 500, 409, 422, 503};

struct session {
    uint32_t left; /* events to come; 0: over */
    uint32_t user, entity, address;
    uint32_t failures_left;
    uint16_t failure;
    uint8_t source;
};

struct account_state {
    uint64_t total, left;
    uint32_t entities, first_entity;
    uint32_t session_count;
    struct session *sessions;
};

struct log {
    struct log_plan plan;
    struct random random;
    struct account_state *accounts; /* the big one, then the small ones */
    uint64_t total, made, small_left;
    double weights[HOURS], weight_sum, weight_done;
    unsigned hour;
    uint64_t hour_left, hour_end_count;
    double now; /* ms in the hour */
    uint64_t last_ms;
    struct {
        uint32_t account;
        uint8_t kind;
        uint64_t id;
    } at_once[MANY_AT_ONCE]; /* calls of the millisecond */
    unsigned at_once_count;
    uint32_t planted;
    uint64_t next_plant;
};

static void init_account(struct log *log, uint32_t number, uint64_t total)
{
    struct account_state *account = &log->accounts[number];
    const struct account_state *before = number ? account - 1 : NULL;

    account->total = account->left = total;
    account->entities = (uint32_t)(total / ENTITY_USES) + 1;
    account->first_entity = before ? before->first_entity + before->entities : 1;
    account->session_count = number ? SMALL_SESSIONS : BIG_SESSIONS;
    account->sessions = memory_new(account->session_count * sizeof(*account->sessions));
}

static void init_hours(struct log *log)
{
    for (unsigned hour = 0; hour < HOURS; hour++) {
        unsigned weekday = (hour / 24 + 3) % 7; /* from Sunday on */
        double weight = hour_weights[hour % 24] * (0.7 + 0.6 * random_part(&log->random));

        log->weights[hour] = weekday == 0 || weekday == 6 ? weight / 4 : weight;
        log->weight_sum += log->weights[hour];
    }
}

/* Which event of the big account holds the next rare word. */
static void plan_plant(struct log *log)
{
    double share = (double)log->plan.big_events / (RARE_WORDS * RARE_WORD_USES);

    log->next_plant = (uint64_t)((log->planted + random_part(&log->random)) * share);
}

struct log *log_new(const struct log_plan *plan)
{
    struct log *log = memory_new(sizeof(*log));

    log->plan = *plan;
    log->random.state = random_mix(plan->seed);
    log->accounts = memory_new((plan->accounts + 1) * sizeof(*log->accounts));
    init_account(log, 0, plan->big_events);
    for (uint32_t i = 1; i <= plan->accounts; i++)
        init_account(log, i,
                     plan->small_events * i / plan->accounts -
                         plan->small_events * (i - 1) / plan->accounts);
    log->small_left = plan->accounts ? plan->small_events : 0;
    log->total = plan->big_events + log->small_left;
    init_hours(log);
    plan_plant(log);
    return log;
}

void log_free(struct log *log)
{
    for (uint32_t i = 0; i <= log->plan.accounts; i++)
        free(log->accounts[i].sessions);
    free(log->accounts);
    free(log);
}

uint64_t log_events(const struct log *log)
{
    return log->total;
}

uint32_t log_entities(const struct log *log, uint32_t account)
{
    return log->accounts[account].entities;
}

uint32_t log_first_entity(const struct log *log, uint32_t account)
{
    return log->accounts[account].first_entity;
}

uint8_t log_entity_type(uint32_t account, uint32_t entity)
{
    /* A thing that was renamed stays what it is (make_texts.c). */
    struct random random = {random_mix((uint64_t)account << 32 | (entity - (entity % 50 == 0)))};

    return (uint8_t)(1 + random_skewed(&random, TYPES));
}

/* Goes on to the next hour with events. */
static void next_hour(struct log *log)
{
    while (log->hour_left == 0) {
        uint64_t until;

        log->weight_done += log->weights[log->hour++];
        until = log->hour == HOURS
                    ? log->total
                    : (uint64_t)((double)log->total * (log->weight_done / log->weight_sum));
        log->hour_left = until - log->hour_end_count;
        log->hour_end_count = until;
        log->now = 0;
    }
}

/* The times of an hour's events as if each were drawn alone and all sorted; one of fifty comes with the one before. */
static uint64_t next_time(struct log *log)
{
    uint64_t ms;

    next_hour(log);
    if (log->now == 0 || !random_chance(&log->random, 0.02))
        log->now += ((double)HOUR_MS - log->now) *
                    (1 - pow(random_part(&log->random), 1.0 / (double)log->hour_left));
    log->hour_left--;
    ms = START_MS + (log->hour - 1) * HOUR_MS + (uint64_t)log->now;
    if (ms != log->last_ms)
        log->at_once_count = 0;
    log->last_ms = ms;
    return ms;
}

static uint32_t next_account(struct log *log)
{
    uint64_t left = log->accounts[0].left + log->small_left;
    uint32_t number;

    if (random_part(&log->random) * (double)left < (double)log->accounts[0].left)
        return 0;
    number = random_below(&log->random, log->plan.accounts);
    while (log->accounts[1 + number].left == 0)
        number = (number + 1) % log->plan.accounts;
    log->small_left--;
    return 1 + number;
}

/* A few things are used at all times, most of them soon after they were made. */
static uint32_t pick_entity(struct random *random, const struct account_state *account)
{
    double done = (double)(account->total - account->left) / (double)account->total;
    uint32_t made = 1 + (uint32_t)((account->entities - 1) * done);

    if (random_chance(random, 0.3))
        return 1 + random_skewed(random, made);
    return made - random_skewed(random, made);
}

static void start_session(struct random *random, const struct account_state *account,
                          struct session *session)
{
    *session = (struct session){.left = 1 + random_skewed(random, 60)};
    session->user = random_chance(random, 0.985) ? 1 + random_skewed(random, USERS) : 0;
    session->address = random_mix(session->user / 3 + random_below(random, 3)) & 0xffffff;
    session->entity = pick_entity(random, account);
    session->source = (uint8_t)(session->user % 7 == 3       ? EVENT_SOURCE_INTEGRATION
                                : random_chance(random, 0.6) ? EVENT_SOURCE_UI
                                : random_chance(random, 0.9) ? EVENT_SOURCE_CLI
                                                             : EVENT_SOURCE_NONE);
}

static uint16_t pick_status(struct random *random, struct session *session)
{
    if (session->failures_left == 0 && random_chance(random, 0.015)) {
        session->failures_left = 1 + random_skewed(random, 30);
        session->failure = failed_statuses[random_skewed(random, sizeof(failed_statuses) /
                                                                     sizeof(failed_statuses[0]))];
    }
    if (session->failures_left) {
        session->failures_left--;
        return session->failure;
    }
    if (random_chance(random, 0.005))
        return 0;
    return random_chance(random, 0.8) ? 200 : ok_statuses[random_below(random, 4)];
}

static void make_event(struct log *log, struct account_state *account, struct call *call)
{
    struct random *random = &log->random;
    struct session *session = &account->sessions[random_skewed(random, account->session_count)];

    if (session->left == 0)
        start_session(random, account, session);
    session->left--;
    if (random_chance(random, 0.35))
        session->entity = pick_entity(random, account);
    call->kind = EVENT_KIND_EVENT;
    call->user = session->user;
    call->source = session->source;
    call->address = session->address;
    call->status = pick_status(random, session);
    if (random_chance(random, 0.03)) {
        call->action = (uint8_t)(1 + TYPES * TYPE_ACTIONS + random_below(random, COMMON_ACTIONS));
        return;
    }
    call->entity = session->entity;
    call->type = log_entity_type(call->account, call->entity);
    call->action =
        (uint8_t)(1 + (call->type - 1) * TYPE_ACTIONS + random_skewed(random, TYPE_ACTIONS));
}

static void make_trigger(struct log *log, const struct account_state *account, struct call *call)
{
    struct random *random = &log->random;

    call->kind = EVENT_KIND_TRIGGER;
    call->user = random_chance(random, 0.4) ? 1 + random_skewed(random, USERS) : 0;
    call->source = EVENT_SOURCE_WEBHOOK;
    call->address = random_below(random, 64) | 0xff0000;
    call->status = random_chance(random, 0.93) ? 202 : random_chance(random, 0.5) ? 401 : 503;
    call->entity = pick_entity(random, account);
    call->type = log_entity_type(call->account, call->entity);
    call->action =
        (uint8_t)(1 + (call->type - 1) * TYPE_ACTIONS + random_skewed(random, TYPE_ACTIONS));
    call->provider =
        random_chance(random, 0.97) ? (uint8_t)(1 + random_skewed(random, PROVIDERS)) : 0;
    call->signature = random_chance(random, 0.7)   ? EVENT_SIGNATURE_VALID
                      : random_chance(random, 0.6) ? EVENT_SIGNATURE_UNCHECKED
                      : random_chance(random, 0.4) ? EVENT_SIGNATURE_INVALID
                                                   : EVENT_SIGNATURE_NONE;
}

/* The id as store/draft.c gives it: the next slot where another call of this millisecond has it already. */
static void set_id(struct log *log, struct call *call)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[DIGEST_BYTES];
    uint64_t slot;

    for (unsigned half = 0; half < 2; half++) {
        uint64_t bits = random_next(&log->random);

        for (unsigned i = 0; i < KEY_BYTES / 2; i++, bits >>= 4)
            call->key[half * (KEY_BYTES / 2) + i] = digits[bits & 15];
    }
    call->key[KEY_BYTES] = '\0';
    digest_sha256((struct str){call->key, KEY_BYTES}, digest);
    memcpy(call->key_hash, digest, sizeof(call->key_hash));
    slot = (((uint64_t)digest[0] << 16) | ((uint64_t)digest[1] << 8) | digest[2]) & SLOT_MASK;
    call->id = (call->time_ms << EVENT_ID_SLOT_BITS) | slot;
    for (unsigned i = 0; i < log->at_once_count; i++) {
        if (log->at_once[i].account == call->account && log->at_once[i].kind == call->kind &&
            log->at_once[i].id == call->id) {
            slot = (slot + 1) & SLOT_MASK;
            call->id = (call->time_ms << EVENT_ID_SLOT_BITS) | slot;
            i = (unsigned)-1;
        }
    }
    if (log->at_once_count < MANY_AT_ONCE) {
        log->at_once[log->at_once_count].account = call->account;
        log->at_once[log->at_once_count].kind = call->kind;
        log->at_once[log->at_once_count++].id = call->id;
    }
}

static void plant_word(struct log *log, const struct account_state *account, struct call *call)
{
    if (log->planted == RARE_WORDS * RARE_WORD_USES || call->account != 0 ||
        account->total - account->left < log->next_plant)
        return;
    call->rare_word = (uint8_t)(1 + log->planted % RARE_WORDS);
    log->planted++;
    plan_plant(log);
}

bool log_next(struct log *log, struct call *call)
{
    struct account_state *account;

    if (log->made == log->total)
        return false;
    *call = (struct call){.number = log->made++};
    call->seed = random_next(&log->random);
    call->time_ms = next_time(log);
    call->account = next_account(log);
    account = &log->accounts[call->account];
    if (random_chance(&log->random, 0.1))
        make_trigger(log, account, call);
    else
        make_event(log, account, call);
    if (call->entity)
        call->entity_row = account->first_entity + call->entity - 1;
    plant_word(log, account, call);
    set_id(log, call);
    account->left--;
    return true;
}
