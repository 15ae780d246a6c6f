/* SPDX-License-Identifier: MIT */
/*
 * Reads lines into events, sorts them by account, stores each account's share.  If the follower or the database ends between two
 * shares, the lines are read again and what stands already is recognised by its key.  Never logs what a line says.
 */
#include "tools/follow_step.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "intake/capture_complete.h"
#include "intake/own_done.h"
#include "store/hook_store.h"

enum { STEP_LINES = 1000, STEP_LINES_READ = 2000, STEP_BYTES = 4 * 1024 * 1024 };

/* What a step has for one account. */
struct share {
    uint32_t account_id;
    size_t events;
    uint64_t dropped, unmatched;
    int64_t last_event_ms, written_ms;
};

/* Lines that were not stored, of one reason. */
struct trouble {
    uint64_t count, at_byte;
};

struct follow_step {
    const struct config *config;
    uint32_t source_id;
    struct arena *arena;

    /* As read: */
    const struct capture_file *file;
    struct event events[STEP_LINES];
    uint64_t at_byte[STEP_LINES];
    size_t share_of[STEP_LINES];
    uint32_t hook_of[STEP_LINES]; /* number of the hook whose webhook it is, or 0 */
    size_t count;
    struct share shares[STEP_LINES];
    size_t share_count;
    struct trouble troubles[CAPTURE_TROUBLE_COUNT];
    struct capture_step sums;
    struct follow_use uses[STEP_LINES];
    size_t use_count;

    /* While it is stored: */
    struct recorder *recorder;
    uint32_t account_id;
    struct event sorted[STEP_LINES]; /* one share of the events */
    uint64_t sorted_at[STEP_LINES];
    uint32_t sorted_hook[STEP_LINES];
};

struct follow_step *follow_step_new(const struct config *config, uint32_t source_id)
{
    struct follow_step *step = memory_new(sizeof(*step));

    step->config = config;
    step->source_id = source_id;
    step->arena = arena_new();
    return step;
}

void follow_step_free(struct follow_step *step)
{
    if (!step)
        return;
    arena_free(step->arena);
    free(step);
}

const struct capture_step *follow_step_sums(const struct follow_step *step)
{
    return &step->sums;
}

/* ---- Reading ----------------------------------------------------------------------------------- */

static void note_refused(struct follow_step *step, enum capture_trouble reason, uint64_t at_byte)
{
    step->troubles[reason].count++;
    step->troubles[reason].at_byte = at_byte;
    step->sums.refused++;
}

static size_t find_share(struct follow_step *step, uint32_t account_id)
{
    size_t at = 0;

    while (at < step->share_count && step->shares[at].account_id != account_id)
        at++;
    if (at == step->share_count)
        step->shares[step->share_count++] = (struct share){.account_id = account_id};
    return at;
}

static void note_use(struct follow_step *step, const struct capture_call *call)
{
    uint32_t id = (uint32_t)(call->token_id ? call->token_id : call->refused_id);
    struct follow_use *use;
    size_t at = 0;

    if (id == 0)
        return;
    while (at < step->use_count && step->uses[at].token_id != id)
        at++;
    use = &step->uses[at];
    if (at == step->use_count) {
        step->use_count++;
        *use = (struct follow_use){.token_id = id};
    }
    if (call->token_id) {
        use->used_ms = call->event.occurred_ms;
    } else {
        use->refused_ms = call->event.occurred_ms;
        use->refused++;
    }
}

const struct follow_use *follow_step_uses(const struct follow_step *step, size_t *count)
{
    *count = step->use_count;
    return step->uses;
}

/* Puts a call that was read into the step.  0, or -1 when the database does not answer. */
static int add_call(struct follow_step *step, const struct follow_finder *finder,
                    struct capture_call *call, uint64_t at_byte)
{
    struct intake_complaint complaint;
    struct follow_rules rules;
    struct intake intake;
    struct share *share;
    int found = finder->find(finder->context, call->account, &rules);

    if (found == 0)
        note_refused(step, CAPTURE_TROUBLE_ACCOUNT, at_byte);
    if (found != 1)
        return found;
    share = &step->shares[find_share(step, rules.account_id)];
    intake = intake_start(step->arena, step->config, rules.redactor);
    switch (capture_complete(&intake, rules.operations, rules.hooks, call, &complaint)) {
    case CAPTURE_DROP:
        share->dropped++;
        step->sums.dropped++;
        return 0;
    case CAPTURE_REFUSE:
        note_refused(step, CAPTURE_TROUBLE_NO_LINE, at_byte);
        return 0;
    case CAPTURE_KEEP_UNMATCHED:
        share->unmatched++;
        if (rules.own)
            call->event.entity_type = STR(EVENT_TYPE_OWN);
        break;
    case CAPTURE_KEEP:
        break;
    }
    if (rules.own && !own_done_apply(&intake, call)) {
        note_refused(step, CAPTURE_TROUBLE_NO_LINE, at_byte);
        return 0;
    }
    note_use(step, call);
    share->events++;
    if (call->event.occurred_ms > share->last_event_ms)
        share->last_event_ms = call->event.occurred_ms;
    if (call->written_ms > share->written_ms)
        share->written_ms = call->written_ms;
    step->events[step->count] = call->event;
    step->at_byte[step->count] = at_byte;
    step->hook_of[step->count] = call->hook_id;
    step->share_of[step->count++] = (size_t)(share - step->shares);
    return 0;
}

/* A line that is read, or counted as what it is instead.  0 or -1. */
static int add_line(struct follow_step *step, const struct follow_finder *finder, struct str line,
                    uint64_t at_byte)
{
    struct intake intake = intake_start(step->arena, step->config, NULL);
    struct capture_call call;

    switch (capture_read_line(&intake, line, &call)) {
    case CAPTURE_CUT:
        note_refused(step, CAPTURE_TROUBLE_CUT, at_byte);
        return 0;
    case CAPTURE_NO_LINE:
        note_refused(step, CAPTURE_TROUBLE_NO_LINE, at_byte);
        return 0;
    case CAPTURE_READ:
        break;
    }
    if (call.written_ms > step->sums.last_line_ms)
        step->sums.last_line_ms = call.written_ms;
    return add_call(step, finder, &call, at_byte);
}

/*
 * How long the first line of `rest` is, and how much of `rest` it takes.  After a disk was full the next line begins where a cut
 * one ends: what stands before a beginning is a line of its own.  False when its end has not been written yet.
 */
static bool measure_line(struct str rest, bool cut, size_t *len, size_t *taken)
{
    const char *end = memchr(rest.ptr, '\n', rest.len);
    size_t next;

    *len = end ? (size_t)(end - rest.ptr) : rest.len;
    *taken = end ? *len + 1 : *len;
    next = capture_find_beginning(str_slice(rest, 0, *len), 1);
    if (next < *len)
        *len = *taken = next;
    return end || cut || next < rest.len;
}

static void begin(struct follow_step *step, const struct capture_file *file, uint64_t from_bytes)
{
    arena_reset(step->arena);
    step->file = file;
    step->count = step->share_count = step->use_count = 0;
    memset(step->troubles, 0, sizeof(step->troubles));
    step->sums = (struct capture_step){.source_id = step->source_id,
                                       .file_id = file->id,
                                       .from_bytes = from_bytes,
                                       .to_bytes = from_bytes,
                                       .now_ms = clock_now_ms()};
}

int follow_step_read(struct follow_step *step, const struct follow_finder *finder,
                     const struct capture_file *file, uint64_t from_bytes, struct str bytes,
                     bool cut)
{
    size_t at = 0, len, taken;

    begin(step, file, from_bytes);
    while (at < bytes.len && at < STEP_BYTES && step->count < STEP_LINES &&
           step->share_count < STEP_LINES && step->sums.lines < STEP_LINES_READ &&
           measure_line(str_slice(bytes, at, bytes.len), cut, &len, &taken)) {
        step->sums.lines++;
        if (len && add_line(step, finder, str_slice(bytes, at, len), from_bytes + at) < 0)
            return -1;
        at += taken;
    }
    step->sums.to_bytes = from_bytes + at;
    return 0;
}

/* ---- Storing ----------------------------------------------------------------------------------- */

/* A piece of a share, stored by one transaction; the last piece of the step moves the mark. */
struct piece {
    struct follow_step *step;
    struct share *share; /* NULL: none had anything */
    size_t from, given;  /* which of the sorted ones */
    bool last;
    size_t stored; /* by the attempt that was committed */
};

static int write_troubles(struct follow_step *step, struct db *db)
{
    for (int reason = 1; reason < CAPTURE_TROUBLE_COUNT; reason++) {
        const struct trouble *trouble = &step->troubles[reason];

        if (trouble->count &&
            capture_trouble_note(db, step->source_id, (enum capture_trouble)reason, trouble->count,
                                 step->file->name, trouble->at_byte, step->sums.now_ms) < 0)
            return -1;
    }
    return 0;
}

static int write_share(const struct piece *piece, struct db *db, size_t stored)
{
    const struct share *share = piece->share;
    int64_t lag_ms = clock_now_ms() - share->written_ms;

    return capture_share_write(
        db, &(struct capture_share){.source_id = piece->step->source_id,
                                    .account_id = share->account_id,
                                    .stored = stored,
                                    .duplicates = piece->given - stored,
                                    .dropped = share->dropped,
                                    .unmatched = share->unmatched,
                                    .last_event_ms = share->last_event_ms,
                                    .lag_ms = share->written_ms && lag_ms > 0 ? lag_ms : 0});
}

/* Counts what is new for each hook: a few at most, so each is looked for among those that were counted. */
static int write_hooks(const struct piece *piece, struct db *db)
{
    const struct follow_step *step = piece->step;
    const uint32_t *hooks = step->sorted_hook + piece->from;
    const struct event *events = step->sorted + piece->from;

    for (size_t i = 0; i < piece->given; i++) {
        uint64_t count = 0;
        size_t first = 0;

        if (!hooks[i])
            continue;
        while (hooks[first] != hooks[i])
            first++;
        for (size_t j = first == i ? i : piece->given; j < piece->given; j++)
            count += hooks[j] == hooks[i] && events[j].is_new;
        if (count && hook_note_received(db, hooks[i], count, clock_now_ms()) < 0)
            return -1;
    }
    return 0;
}

/* Runs in the transaction of the piece (store/recorder.h). */
static int write_beside(struct db *db, size_t stored, void *context)
{
    struct piece *piece = context;
    struct follow_step *step = piece->step;

    piece->stored = stored;
    if (piece->last) {
        struct capture_step sums = step->sums;

        sums.stored += stored;
        sums.duplicates += piece->given - stored;
        sums.now_ms = clock_now_ms();
        switch (capture_step_write(db, &sums)) {
        case CAPTURE_STEP_FAILED:
            return -1;
        case CAPTURE_STEP_FOREIGN:
            return 1;
        case CAPTURE_STEP_STANDS:
            return 0;
        case CAPTURE_STEP_WRITTEN:
            break;
        }
        if (write_troubles(step, db) < 0)
            return -1;
    }
    if (write_hooks(piece, db) < 0)
        return -1;
    return piece->share ? write_share(piece, db, stored) : 0;
}

/* 0, 1 another follower, -1: as recorder_store_also(). */
static int store_piece(struct follow_step *step, struct share *share, size_t from, size_t count,
                       bool last)
{
    struct piece piece = {.step = step, .share = share, .from = from, .given = count, .last = last};
    const struct recorder_also also = {write_beside, &piece};
    uint32_t account_id = share ? share->account_id : step->account_id;
    int result =
        recorder_store_also(step->recorder, account_id, step->sorted + from, count, &also, NULL);

    if (result != 0)
        return result;
    step->sums.stored += piece.stored;
    step->sums.duplicates += count - piece.stored;
    if (share)
        share->dropped = share->unmatched = 0; /* written once */
    return 0;
}

/*
 * Stores a run of a share.  A call with a value that the database refuses is looked for by halves, so that it does not hold up the
 * others.  With rights or tables that are wanting it would refuse every call: all of them wait until these are there.
 */
static int store_run(struct follow_step *step, struct share *share, size_t from, size_t count)
{
    size_t half = count / 2;
    int result = store_piece(step, share, from, count, false);

    if (result != -1 || count == 0 || !db_refused_value(recorder_db(step->recorder)))
        return result;
    if (count == 1) {
        note_refused(step, CAPTURE_TROUBLE_REFUSED, step->sorted_at[from]);
        return 0;
    }
    result = store_run(step, share, from, half);
    return result != 0 ? result : store_run(step, share, from + half, count - half);
}

static size_t sort_share(struct follow_step *step, size_t share)
{
    size_t count = 0;

    for (size_t i = 0; i < step->count; i++) {
        if (step->share_of[i] != share)
            continue;
        step->sorted_at[count] = step->at_byte[i];
        step->sorted_hook[count] = step->hook_of[i];
        step->sorted[count++] = step->events[i];
    }
    return count;
}

int follow_step_store(struct follow_step *step, struct recorder *recorder, uint32_t account_id)
{
    size_t count = 0;
    int result;

    step->recorder = recorder;
    step->account_id = account_id;
    for (size_t i = 0; i < step->share_count; i++) {
        count = sort_share(step, i);
        if (i + 1 == step->share_count)
            break;
        result = store_run(step, &step->shares[i], 0, count);
        if (result != 0)
            return result;
    }
    if (step->share_count == 0)
        return store_piece(step, NULL, 0, 0, true);
    result = store_piece(step, &step->shares[step->share_count - 1], 0, count, true);
    if (result != -1 || !db_refused_value(recorder_db(step->recorder)))
        return result;
    result = store_run(step, &step->shares[step->share_count - 1], 0, count);
    return result != 0 ? result : store_piece(step, NULL, 0, 0, true);
}
