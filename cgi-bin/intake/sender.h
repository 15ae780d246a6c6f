/* SPDX-License-Identifier: MIT */
/*
 * The forms in which programs send events by HTTP, one row each in senders.c: how a message becomes events, and how its sender wants
 * to be answered.  Pure: knows no table and no socket.
 */
#ifndef DAYBOOK_INTAKE_SENDER_H
#define DAYBOOK_INTAKE_SENDER_H

#include "intake/intake.h"

enum { SENDER_HEADERS_MAX = 4 };

/* A header, of a message with its name in lower case. */
struct sender_header {
    struct str name, value;
};

/* What was sent.  Everything is borrowed from the request. */
struct sender_message {
    struct str path;  /* decoded once */
    struct str query; /* raw, without the ? */
    struct str content_type;
    const struct sender_header *headers;
    size_t header_count;
    struct str body;
};

/* The value of the first header of that name (in lower case); empty when there is none. */
struct str sender_header(const struct sender_message *message, const char *name);

/* An event of which a later stage is still to come. */
struct sender_early {
    struct event event;
    unsigned stage; /* a greater one takes the place of a smaller */
};

/* The events of a message, in its arena. */
struct sender_events {
    struct event *events;
    size_t count;
    struct sender_early *early; /* held until their later stage comes (recording/held.h) */
    size_t early_count;
    bool has_stages; /* `events` end what is held of them */
    void *kept;      /* what `answer` needs beside them; may be NULL */
};

struct sender_answer {
    unsigned status;
    const char *content_type; /* NULL: there is no body */
    struct str body;
    struct {
        const char *name;
        struct str value;
    } headers[SENDER_HEADERS_MAX];
    size_t header_count;
};

struct sender {
    const char *path; /* "/api/v1/events"; a segment "{account}" stands for the account's slug */
    size_t body_max_bytes;

    /*
     * True: the events, each through intake_complete().  False and the complaint: nothing of the message is to be stored.  No event at all
     * is no mistake of itself.
     */
    bool (*read)(const struct intake *intake, const struct sender_message *message,
                 struct sender_events *events, struct intake_complaint *complaint);

    /* After the commit: ids are filled. */
    struct sender_answer (*answer)(struct arena *arena, const struct sender_events *events);

    /* The complaint in the sender's form, or one of ours with its status. */
    struct sender_answer (*refuse)(struct arena *arena, const struct intake_complaint *complaint);

    /* OPTIONS, which needs no token; NULL: the address does not answer it. */
    struct sender_answer (*options)(struct arena *arena, const struct sender_message *message);
};

/* The row of a path, or NULL; `account` is what stands in the place of {account}, else empty. */
const struct sender *sender_find(struct str path, struct str *account);

/* {"ids": ["16 hex digits", …]} with 201 (and "held": how many are, if any), and {"error": "one sentence", "index": 3, "field": "status"}: Daybook's own way. */
struct sender_answer sender_answer_ids(struct arena *arena, const struct sender_events *events);
struct sender_answer sender_refuse_json(struct arena *arena,
                                        const struct intake_complaint *complaint);

#endif
