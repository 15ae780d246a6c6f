/* SPDX-License-Identifier: MIT */
/*
 * How capturing goes: what the tables of schema/0006_capture.sql say of the files that `daybook follow` reads, and the
 * words for it that the page and `daybook status` share.  Times are milliseconds since 1970; texts are borrowed.
 */
#ifndef DAYBOOK_BASE_HEALTH_H
#define DAYBOOK_BASE_HEALTH_H

#include "base/capture_trouble.h"
#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

/* Lines that were not stored, and gaps. */
struct health_trouble {
    unsigned reason; /* enum capture_trouble, or a number that this program does not know */
    uint64_t count, acknowledged; /* how often, and how many of them somebody has looked at */
    int64_t last_ms;
    struct str file; /* where it was last met … */
    uint64_t at_byte;
    struct health_trouble *next;
};

/* What one account got from a source. */
struct health_share {
    struct str account; /* slug */
    uint64_t stored, duplicates, dropped, unmatched;
    int64_t last_event_ms; /* 0: none */
    int64_t lag_ms;
    struct health_share *next;
};

/* What is known of all the lines of a source, whosever calls they are. */
struct health_whole {
    struct str account; /* slug of the account whose calls these are where a line does not say */
    struct str path;
    uint64_t backlog_bytes, backlog_files;
    uint64_t lines, stored, duplicates, dropped, refused;
    struct health_trouble *troubles; /* by reason */
};

/* A capture file that one `daybook follow` reads. */
struct health_source {
    uint32_t id;
    struct str name;
    int64_t silent_after_ms;     /* 0: silence is no trouble */
    int64_t started_ms, seen_ms; /* when its follower began, and when it last looked at its files */
    int64_t stopped_ms;          /* 0: it runs, or was killed */
    int64_t last_line_ms;        /* 0: none yet */
    struct health_share *shares;
    struct health_whole *whole; /* NULL where these figures are not for the reader's eyes */
    struct health_source *next;
};

enum health_state {
    HEALTH_RUNNING,
    HEALTH_STOPPED, /* in order */
    HEALTH_UNSEEN,  /* nobody has looked at its files for a while: killed, or hanging */
    HEALTH_SILENT,  /* no call for longer than its setting */
};

/* A follower looks every few seconds; after so long it is missed. */
enum { HEALTH_UNSEEN_MS = 30000 };

enum health_state health_state(const struct health_source *source, int64_t now_ms);

/*
 * Appends the state as a sentence without its full stop: "running", "not seen for 5 minutes".  How long a silence lasts is a
 * figure of the whole source, so it is said only where there is `whole`.
 */
void health_state_words(struct strbuf *out, const struct health_source *source, int64_t now_ms);

/* Were lines not stored, or are there gaps, that nobody has acknowledged? */
bool health_has_new_troubles(const struct health_whole *whole);

/* Is there anything that a person should look at?  Its state, or lines that were not stored, or gaps, not acknowledged yet. */
bool health_needs_attention(const struct health_source *source, int64_t now_ms);

/* How often a reason was met. */
uint64_t health_count(const struct health_whole *whole, enum capture_trouble reason);

#endif
