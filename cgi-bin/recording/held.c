/* SPDX-License-Identifier: MIT */
/* A held event travels as the native form; it was redacted before, so reading it back changes nothing. */
#include "recording/held.h"

#include "base/clock.h"
#include "base/log.h"
#include "intake/native.h"
#include "intake/native_write.h"
#include "store/held_store.h"

enum { RELEASE_MAX = 500 };

/* What goes with a batch. */
struct work {
    uint32_t account_id;
    int64_t now_ms;
    struct held_event *keep;
    size_t keep_count;
    const struct event *ended; /* recorded calls, of which early stages may be held */
    size_t ended_count;
    struct held_event
        *due; /* held no longer: recorded because nothing later came, or a later stage was before */
    size_t due_count;
};

static int end_recorded(struct db *db, const struct work *work)
{
    unsigned char hash[HELD_HASH_BYTES];
    bool any = false;

    if (work->ended_count == 0)
        return 0;
    if (held_store_any(db, work->account_id, &any) < 0)
        return -1;
    for (size_t i = 0; i < work->ended_count && any; i++) {
        held_hash(work->ended[i].idempotency_key, hash);
        if (held_store_end(db, work->account_id, hash) < 0)
            return -1;
    }
    return 0;
}

/* In the transaction of the batch; again when it is repeated. */
static int write_work(struct db *db, size_t stored, void *context)
{
    const struct work *work = context;

    (void)stored;
    if (end_recorded(db, work) < 0)
        return -1;
    for (size_t i = 0; i < work->due_count; i++)
        if (held_store_remove(db, work->account_id, &work->due[i]) < 0)
            return -1;
    for (size_t i = 0; i < work->keep_count; i++)
        if (held_store_keep(db, work->account_id, &work->keep[i], work->now_ms) < 0)
            return -1;
    return 0;
}

/* A later stage of the call is in the same message, or recorded already: it came before this one, or this one was sent again.  0 or -1. */
static int is_passed(struct db *db, const struct work *work, const struct event *event,
                     bool *passed)
{
    for (size_t i = 0; i < work->ended_count; i++) {
        *passed = str_equal(work->ended[i].idempotency_key, event->idempotency_key);
        if (*passed)
            return 0;
    }
    return held_store_is_recorded(db, work->account_id, event, passed);
}

/* Those that are due and not passed, as events behind `events`.  What cannot be read stays where it is. */
static int add_due(struct recording *recording, const struct intake *intake, struct work *work,
                   struct event **events, size_t *count)
{
    struct db *db = recording_db(recording);
    struct held_event *due;
    size_t due_count;
    struct event *all;

    if (held_store_due(db, intake->arena, work->account_id, work->now_ms - HELD_FOR_MS, RELEASE_MAX,
                       &due, &due_count) < 0)
        return -1;
    if (due_count == 0)
        return 0;
    all = arena_array(intake->arena, *count + due_count, sizeof(*all));
    if (*count)
        memcpy(all, *events, *count * sizeof(*all));
    work->due = due;
    for (size_t i = 0; i < due_count; i++) {
        struct intake_complaint complaint;
        struct event *event;
        bool passed;
        size_t one = 0;

        if (!native_read(intake, due[i].text, &event, &one, &complaint) || one != 1) {
            log_event(LOG_LEVEL_ERROR, "held_unreadable", {"why", complaint.sentence});
            continue;
        }
        if (is_passed(db, work, event, &passed) < 0)
            return -1;
        event->body_bytes = due[i].body_bytes;
        if (!passed)
            all[(*count)++] = *event;
        due[work->due_count++] = due[i];
    }
    *events = all;
    return 0;
}

/* As it is held: with a time of its own, since it has one from now on. */
static struct held_event as_held(const struct intake *intake, struct sender_early *early)
{
    struct held_event held = {.stage = early->stage, .body_bytes = early->event.body_bytes};
    struct strbuf text;

    if (!early->event.has_time)
        early->event.occurred_ms = intake->now_ms;
    early->event.has_time = true;
    held_hash(early->event.idempotency_key, held.key_hash);
    strbuf_init(&text);
    native_write(&text, &early->event, NATIVE_SENT);
    held.text = arena_copy(intake->arena, strbuf_str(&text));
    strbuf_release(&text);
    return held;
}

/* What is too long to be held is recorded at once. */
static void split_early(const struct intake *intake, struct sender_events *events,
                        struct work *work)
{
    struct event *all;

    if (events->early_count == 0)
        return;
    work->keep = arena_array(intake->arena, events->early_count, sizeof(*work->keep));
    all = arena_array(intake->arena, events->count + events->early_count, sizeof(*all));
    if (events->count)
        memcpy(all, events->events, events->count * sizeof(*all));
    events->events = all;
    for (size_t i = 0; i < events->early_count; i++) {
        struct held_event held = as_held(intake, &events->early[i]);

        if (held.text.len > HELD_TEXT_MAX)
            all[events->count++] = events->early[i].event;
        else
            work->keep[work->keep_count++] = held;
    }
    events->early_count = work->keep_count;
}

int held_record(struct recording *recording, const struct intake *intake, uint32_t account_id,
                struct sender_events *events)
{
    struct work work = {.account_id = account_id, .now_ms = clock_now_ms()};
    const struct recorder_also also = {write_work, &work};
    struct event *all;
    size_t count;

    if (!events->has_stages)
        return recorder_store(recording_recorder(recording), account_id, events->events,
                              events->count, NULL);
    split_early(intake, events, &work);
    work.ended = events->events;
    work.ended_count = events->count;
    all = events->events;
    count = events->count;
    if (add_due(recording, intake, &work, &all, &count) < 0)
        return -1;
    if (recorder_store_also(recording_recorder(recording), account_id, all, count, &also, NULL) < 0)
        return -1;
    events->events = all;
    return 0;
}

/* Some of one account; how many were recorded is added to `released`.  1: there may be more; 0; -1. */
static int release(struct recording *recording, struct arena *arena, uint32_t account_id,
                   uint64_t *released)
{
    struct work work = {.account_id = account_id, .now_ms = clock_now_ms()};
    const struct recorder_also also = {write_work, &work};
    struct event *events = NULL;
    struct intake intake;
    size_t count = 0;

    if (recording_intake(recording, arena, account_id, &intake) < 0 ||
        add_due(recording, &intake, &work, &events, &count) < 0)
        return -1;
    if (work.due_count == 0)
        return 0;
    if (recorder_store_also(recording_recorder(recording), account_id, events, count, &also,
                            NULL) != 0)
        return -1;
    *released += count;
    return 1;
}

int held_release_all(struct recording *recording, bool (*stop)(void *context), void *context,
                     uint64_t *released)
{
    int64_t before_ms = clock_now_ms() - HELD_FOR_MS;
    struct arena *arena = arena_new();
    uint32_t account_id = 0;
    bool stopped = false, failed = false;
    int more;

    while (!stopped && (more = held_store_next_account(recording_db(recording), account_id,
                                                       before_ms, &account_id)) == 1) {
        do {
            arena_reset(arena);
            more = release(recording, arena, account_id, released);
            stopped = more >= 0 && stop && stop(context);
        } while (more == 1 && !stopped);
        failed = failed || more < 0;
    }
    arena_free(arena);
    if (stopped)
        return 1;
    return failed || more < 0 ? -1 : 0;
}
