/* SPDX-License-Identifier: MIT */
/* The two halves of the reader of CloudEvents: how attributes are written in each mode, and what is made of them. */
#ifndef DAYBOOK_INTAKE_CLOUDEVENTS_PRIVATE_H
#define DAYBOOK_INTAKE_CLOUDEVENTS_PRIVATE_H

#include "intake/cloudevents.h"

enum { CLOUDEVENT_ATTRIBUTES_MAX = 256 };

struct cloudevent_attribute {
    struct str name;
    struct str text; /* in the string form of its type */
    struct str json; /* as it stood in JSON; empty: `text` as a string */
};

struct cloudevent {
    struct cloudevent_attribute attributes[CLOUDEVENT_ATTRIBUTES_MAX]; /* in the order sent */
    size_t count;
    struct str data; /* the bytes */
};

/* What reading one event needs everywhere. */
struct cloudevent_reading {
    const struct intake *intake;
    struct intake_complaint *complaint;
    struct event request; /* what the message itself says: sender_request() */
    struct str trace_id;  /* of the message, where it holds one event */
};

/* False, with the attribute and "attribute clause." as complaint. */
bool cloudevent_complain(const struct cloudevent_reading *reading, struct str attribute,
                         const char *clause);

/* False and the complaint when the name is none, is there already, or a value cannot be kept. */
bool cloudevent_add(const struct cloudevent_reading *reading, struct cloudevent *cloudevent,
                    struct cloudevent_attribute attribute);

/* The text of an attribute; empty when it is not set. */
struct str cloudevent_get(const struct cloudevent *cloudevent, const char *name);

/* Makes the event, through intake_complete().  False and the complaint when it is no CloudEvent. */
bool cloudevent_event(const struct cloudevent_reading *reading, const struct cloudevent *cloudevent,
                      struct event *event);

/*
 * What kind of thing an event of this type is about: the part before the last of those between dots, without the parts that
 * are versions: "com.github.pull_request.opened" and "com.example.pull_request.opened.v2" give pull_request.  Empty when there is none.
 */
struct str cloudevent_entity_type(struct str type);

#endif
