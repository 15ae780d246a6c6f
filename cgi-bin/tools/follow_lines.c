/* SPDX-License-Identifier: MIT */
/*
 * A step: read lines into events, sort them by account, store each account's share.  If the follower or the database ends
 * between two shares, the lines are read again and what stands already is recognised by its key.  Never logs what a line says.
 */
#include "tools/follow_lines.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "intake/capture_complete.h"

enum { STEP_LINES = 1000, STEP_LINES_READ = 2000, STEP_BYTES = 4 * 1024 * 1024, KNOWN_MAX = 10000 };

/* An account that a line has named. */
struct known {
    char slug[64];
    uint32_t id;
};

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

struct follow_lines {
    const struct config *config;
    struct recording *recording;
    const struct account *account;
    uint32_t source_id;
    struct arena *arena;
    struct known *known;
    size_t known_count;
    struct follow_totals totals;

    /* Of the present step: */
    const struct capture_file *file;
    struct event events[STEP_LINES]; /* as read */
    uint64_t at_byte[STEP_LINES];
    size_t share_of[STEP_LINES];
    struct event sorted[STEP_LINES]; /* one share of them */
    uint64_t sorted_at[STEP_LINES];
    size_t count;
    struct share shares[STEP_LINES];
    size_t share_count;
    struct trouble troubles[CAPTURE_TROUBLE_COUNT];
    struct capture_step step;
};

struct follow_lines *follow_lines_new(const struct config *config, struct recording *recording,
                                      const struct account *account, uint32_t source_id)
{
    struct follow_lines *lines = memory_new(sizeof(*lines));

    lines->config = config;
    lines->recording = recording;
    lines->account = account;
    lines->source_id = source_id;
    lines->arena = arena_new();
    return lines;
}

void follow_lines_free(struct follow_lines *lines)
{
    if (!lines)
        return;
    arena_free(lines->arena);
    free(lines->known);
    free(lines);
}

struct follow_totals follow_lines_totals(const struct follow_lines *lines)
{
    return lines->totals;
}

/* ---- Reading ----------------------------------------------------------------------------------- */

static void note_refused(struct follow_lines *lines, enum capture_trouble reason, uint64_t at_byte)
{
    lines->troubles[reason].count++;
    lines->troubles[reason].at_byte = at_byte;
    lines->step.refused++;
}

/* 1 and its number; 0 there is no such account; -1. */
static int find_account(struct follow_lines *lines, struct str slug, uint32_t *id)
{
    struct account account;
    int found;

    if (slug.len == 0 || str_equal(slug, lines->account->slug)) {
        *id = lines->account->id;
        return 1;
    }
    if (slug.len >= sizeof(lines->known->slug))
        return 0;
    for (size_t i = 0; i < lines->known_count; i++) {
        if (str_equal(slug, str_from(lines->known[i].slug))) {
            *id = lines->known[i].id;
            return 1;
        }
    }
    found = account_by_slug(recording_db(lines->recording), lines->arena, slug, &account);
    if (found != 1)
        return found;
    *id = account.id;
    if (lines->known_count < KNOWN_MAX) {
        struct known *known;

        lines->known = memory_resize(lines->known, lines->known_count + 1, sizeof(*lines->known));
        known = &lines->known[lines->known_count++];
        *known = (struct known){.id = account.id};
        memcpy(known->slug, slug.ptr, slug.len);
    }
    return 1;
}

static size_t find_share(struct follow_lines *lines, uint32_t account_id)
{
    size_t at = 0;

    while (at < lines->share_count && lines->shares[at].account_id != account_id)
        at++;
    if (at == lines->share_count)
        lines->shares[lines->share_count++] = (struct share){.account_id = account_id};
    return at;
}

/* Puts a call that was read into the step.  0, or -1 when the database does not answer. */
static int add_call(struct follow_lines *lines, struct capture_call *call, uint64_t at_byte)
{
    struct intake_complaint complaint;
    const struct operations *operations;
    struct recording_rules rules;
    struct intake intake;
    struct share *share;
    uint32_t account_id;
    int found = find_account(lines, call->account, &account_id);

    if (found == 0)
        note_refused(lines, CAPTURE_TROUBLE_ACCOUNT, at_byte);
    if (found != 1)
        return found;
    if (recording_operations(lines->recording, account_id, &operations) < 0 ||
        recording_rules(lines->recording, account_id, &rules) < 0)
        return -1;
    share = &lines->shares[find_share(lines, account_id)];
    intake = intake_start(lines->arena, lines->config, rules.redactor);
    switch (capture_complete(&intake, operations, call, &complaint)) {
    case CAPTURE_DROP:
        share->dropped++;
        lines->step.dropped++;
        return 0;
    case CAPTURE_REFUSE:
        note_refused(lines, CAPTURE_TROUBLE_NO_LINE, at_byte);
        return 0;
    case CAPTURE_KEEP_UNMATCHED:
        share->unmatched++;
        break;
    case CAPTURE_KEEP:
        break;
    }
    share->events++;
    if (call->event.occurred_ms > share->last_event_ms)
        share->last_event_ms = call->event.occurred_ms;
    if (call->written_ms > share->written_ms)
        share->written_ms = call->written_ms;
    lines->events[lines->count] = call->event;
    lines->at_byte[lines->count] = at_byte;
    lines->share_of[lines->count++] = (size_t)(share - lines->shares);
    return 0;
}

/* A line that is read, or counted as what it is instead.  0 or -1. */
static int add_line(struct follow_lines *lines, struct str line, uint64_t at_byte)
{
    struct intake intake = intake_start(lines->arena, lines->config, NULL);
    struct capture_call call;

    switch (capture_read_line(&intake, line, &call)) {
    case CAPTURE_CUT:
        note_refused(lines, CAPTURE_TROUBLE_CUT, at_byte);
        return 0;
    case CAPTURE_NO_LINE:
        note_refused(lines, CAPTURE_TROUBLE_NO_LINE, at_byte);
        return 0;
    case CAPTURE_READ:
        break;
    }
    if (call.written_ms > lines->step.last_line_ms)
        lines->step.last_line_ms = call.written_ms;
    return add_call(lines, &call, at_byte);
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

/* Reads what the step is to hold from `bytes`, which must last until it has been stored.  0 or -1. */
static int read_step(struct follow_lines *lines, struct str bytes, bool cut)
{
    struct capture_step *step = &lines->step;
    size_t at = 0, len, taken;

    while (at < bytes.len && at < STEP_BYTES && lines->count < STEP_LINES &&
           step->lines < STEP_LINES_READ &&
           measure_line(str_slice(bytes, at, bytes.len), cut, &len, &taken)) {
        step->lines++;
        if (len && add_line(lines, str_slice(bytes, at, len), step->from_bytes + at) < 0)
            return -1;
        at += taken;
    }
    step->to_bytes = step->from_bytes + at;
    return 0;
}

/* ---- Storing ----------------------------------------------------------------------------------- */

/* A piece of a share, stored by one transaction; the last piece of the step moves the mark. */
struct piece {
    struct follow_lines *lines;
    struct share *share; /* NULL: none had anything */
    size_t given;
    bool last;
    size_t stored; /* by the attempt that was committed */
};

static int write_troubles(struct follow_lines *lines, struct db *db)
{
    for (int reason = 1; reason < CAPTURE_TROUBLE_COUNT; reason++) {
        const struct trouble *trouble = &lines->troubles[reason];

        if (trouble->count &&
            capture_trouble_note(db, lines->source_id, (enum capture_trouble)reason, trouble->count,
                                 lines->file->name, trouble->at_byte, lines->step.now_ms) < 0)
            return -1;
    }
    return 0;
}

static int write_share(const struct piece *piece, struct db *db, size_t stored)
{
    const struct share *share = piece->share;
    int64_t lag_ms = clock_now_ms() - share->written_ms;

    return capture_share_write(
        db, &(struct capture_share){.source_id = piece->lines->source_id,
                                    .account_id = share->account_id,
                                    .stored = stored,
                                    .duplicates = piece->given - stored,
                                    .dropped = share->dropped,
                                    .unmatched = share->unmatched,
                                    .last_event_ms = share->last_event_ms,
                                    .lag_ms = share->written_ms && lag_ms > 0 ? lag_ms : 0});
}

/* Runs in the transaction of the piece (store/recorder.h). */
static int write_beside(struct db *db, size_t stored, void *context)
{
    struct piece *piece = context;
    struct follow_lines *lines = piece->lines;

    piece->stored = stored;
    if (piece->last) {
        struct capture_step step = lines->step;

        step.stored += stored;
        step.duplicates += piece->given - stored;
        step.now_ms = clock_now_ms();
        switch (capture_step_write(db, &step)) {
        case CAPTURE_STEP_FAILED:
            return -1;
        case CAPTURE_STEP_FOREIGN:
            return 1;
        case CAPTURE_STEP_STANDS:
            return 0;
        case CAPTURE_STEP_WRITTEN:
            break;
        }
        if (write_troubles(lines, db) < 0)
            return -1;
    }
    return piece->share ? write_share(piece, db, stored) : 0;
}

/* 0, 1 another follower, -1: as recorder_store_also(). */
static int store_piece(struct follow_lines *lines, struct share *share, struct event *events,
                       size_t count, bool last)
{
    struct piece piece = {.lines = lines, .share = share, .given = count, .last = last};
    const struct recorder_also also = {write_beside, &piece};
    uint32_t account_id = share ? share->account_id : lines->account->id;
    int result = recorder_store_also(recording_recorder(lines->recording), account_id, events,
                                     count, &also, NULL);

    if (result != 0)
        return result;
    lines->step.stored += piece.stored;
    lines->step.duplicates += count - piece.stored;
    if (share)
        share->dropped = share->unmatched = 0; /* written once */
    return 0;
}

/*
 * Stores a run of a share.  What the database refuses for good is looked for by halves, so that one such call does not
 * hold up the others.
 */
static int store_run(struct follow_lines *lines, struct share *share, size_t from, size_t count)
{
    size_t half = count / 2;
    int result = store_piece(lines, share, lines->sorted + from, count, false);

    if (result != -1 || db_last_error(recording_db(lines->recording)) != DB_ERROR_OTHER)
        return result;
    if (count == 1) {
        note_refused(lines, CAPTURE_TROUBLE_REFUSED, lines->sorted_at[from]);
        return 0;
    }
    result = store_run(lines, share, from, half);
    return result != 0 ? result : store_run(lines, share, from + half, count - half);
}

static size_t sort_share(struct follow_lines *lines, size_t share)
{
    size_t count = 0;

    for (size_t i = 0; i < lines->count; i++) {
        if (lines->share_of[i] != share)
            continue;
        lines->sorted_at[count] = lines->at_byte[i];
        lines->sorted[count++] = lines->events[i];
    }
    return count;
}

static int store_step(struct follow_lines *lines)
{
    size_t count = 0;
    int result;

    for (size_t i = 0; i < lines->share_count; i++) {
        count = sort_share(lines, i);
        if (i + 1 == lines->share_count)
            break;
        result = store_run(lines, &lines->shares[i], 0, count);
        if (result != 0)
            return result;
    }
    if (lines->share_count == 0)
        return store_piece(lines, NULL, lines->sorted, 0, true);
    result = store_piece(lines, &lines->shares[lines->share_count - 1], lines->sorted, count, true);
    if (result != -1 || db_last_error(recording_db(lines->recording)) != DB_ERROR_OTHER)
        return result;
    result = store_run(lines, &lines->shares[lines->share_count - 1], 0, count);
    return result != 0 ? result : store_piece(lines, NULL, lines->sorted, 0, true);
}

static void begin_step(struct follow_lines *lines, const struct capture_file *file)
{
    arena_reset(lines->arena);
    lines->file = file;
    lines->count = lines->share_count = 0;
    memset(lines->troubles, 0, sizeof(lines->troubles));
    lines->step = (struct capture_step){.source_id = lines->source_id,
                                        .file_id = file->id,
                                        .from_bytes = file->read_bytes,
                                        .now_ms = clock_now_ms()};
}

static void end_step(struct follow_lines *lines, struct capture_file *file)
{
    const struct capture_step *step = &lines->step;

    lines->totals.lines += step->lines;
    lines->totals.stored += step->stored;
    lines->totals.duplicates += step->duplicates;
    lines->totals.dropped += step->dropped;
    lines->totals.refused += step->refused;
    file->read_bytes = step->to_bytes;
    file->refused += step->refused;
}

enum follow_stored follow_lines_store(struct follow_lines *lines, struct capture_file *file,
                                      struct str bytes, bool cut)
{
    begin_step(lines, file);
    if (read_step(lines, bytes, cut) < 0)
        return FOLLOW_LATER;
    switch (store_step(lines)) {
    case 0:
        end_step(lines, file);
        return FOLLOW_STORED;
    case 1:
        return FOLLOW_ELSEWHERE;
    default:
        return FOLLOW_LATER;
    }
}
