/* SPDX-License-Identifier: MIT */
/* Every step is one transaction; what is stored is recognised when the same load is begun again. */
#include "tools/load_step.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/strbuf.h"
#include "intake/native.h"
#include "store/held_store.h"

enum { LOOKS = 128 /* lines or records, before the clock is looked at */ };

static void say_progress(struct load *load)
{
    load->progress.rows = load->read + load->count;
    progress_add(&load->progress, load->unsaid);
    load->unsaid = load->looks = 0;
}

void load_saw(struct load *load, uint64_t bytes)
{
    load->seen += bytes;
    load->unsaid += bytes;
    if (++load->looks >= LOOKS)
        say_progress(load);
}

static int complain_database(const struct load *load)
{
    bool refused = db_last_error(recording_db(load->recording)) == DB_ERROR_OTHER;

    fprintf(stderr, "%s:%lu: the database %s. What stands before this line is stored; %s.\n",
            load->path, load->first_line,
            refused ? "refuses what follows, and the log above says why" : "does not answer",
            refused ? "once that is put right, the same command goes on"
                    : "run the same command again to go on");
    return 1;
}

int load_intake(struct load *load, struct intake *intake)
{
    if (recording_intake(load->recording, load->arena, load->account.id, intake) < 0)
        return complain_database(load);
    intake->from_export = true;
    return 0;
}

int load_store(struct load *load)
{
    size_t stored = 0;

    if (load->count && recorder_store(recording_recorder(load->recording), load->account.id,
                                      load->events, load->count, &stored) < 0)
        return complain_database(load);
    load->read += load->count;
    load->stored += stored;
    load->count = load->bytes = 0;
    say_progress(load);
    load->first_line = load->line + !load->in_message;
    arena_reset(load->arena);
    if (!load->in_message)
        arena_reset(load->texts);
    return 0;
}

/* The place makes two equal lines two events; the same file loaded again is recognised. */
static struct str key_of_place(struct load *load, struct str text)
{
    unsigned char sha256[DIGEST_BYTES];
    struct strbuf hex;
    struct str key;

    digest_sha256(text, sha256);
    strbuf_init(&hex);
    digest_append_hex(&hex, (struct str){(const char *)sha256, sizeof(sha256)});
    if (load->record > 1)
        key = arena_printf(load->arena, "load:%lu.%llu:%s", load->line, load->record, hex.ptr);
    else
        key = arena_printf(load->arena, "load:%lu:%s", load->line, hex.ptr);
    strbuf_release(&hex);
    return key;
}

static int take(struct load *load, const struct event *event, size_t bytes)
{
    load->events[load->count++] = *event;
    load->bytes += bytes;
    if (load->count < LOAD_STEP_EVENTS && load->bytes < LOAD_STEP_BYTES)
        return 0;
    return load_store(load);
}

int load_add(struct load *load, const struct format_item *item, struct str same, size_t bytes)
{
    struct event event = item->event;
    bool in_stages = load->format->has_stages && event.idempotency_key.len;

    if (item->is_left_out) {
        load->left_out++;
        return 0;
    }
    if (in_stages && item->is_early) {
        load->passed += load_stages_hold(load->stages, &event, item->stage);
        return 0;
    }
    if (in_stages)
        load->passed += load_stages_end(load->stages, event.idempotency_key);
    if (event.idempotency_key.len == 0)
        event.idempotency_key = key_of_place(load, same);
    return take(load, &event, bytes);
}

static int take_held(void *context, struct str text, uint64_t body_bytes)
{
    struct load *load = context;
    struct intake_complaint complaint = {0};
    struct intake intake;
    struct event *event;
    bool recorded;
    size_t count;

    if (load_intake(load, &intake) != 0)
        return 1;
    text = arena_copy(load->arena, text);
    if (!native_read(&intake, text, &event, &count, &complaint) || count != 1) {
        fprintf(stderr, "%s: an early stage cannot be kept: %.*s\n", load->path,
                STR_ARG(complaint.sentence));
        return 1;
    }
    if (held_store_is_recorded(recording_db(load->recording), load->account.id, event, &recorded) <
        0)
        return complain_database(load);
    if (recorded) {
        load->passed++;
        return 0;
    }
    event->body_bytes = body_bytes;
    return take(load, event, text.len);
}

int load_end(struct load *load)
{
    if (load_stages_each(load->stages, take_held, load) != 0)
        return 1;
    return load_store(load);
}
