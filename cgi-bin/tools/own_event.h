/* SPDX-License-Identifier: MIT */
/* The log about the log, as far as the command writes it: what was changed without nginx, as an event of the account that it is about. */
#ifndef DAYBOOK_TOOLS_OWN_EVENT_H
#define DAYBOOK_TOOLS_OWN_EVENT_H

#include "base/config.h"
#include "recording/recording.h"

/* The account of the installation: what is about no other one belongs to it. */
#define OWN_ACCOUNT "daybook"

struct own_event {
    struct str account;     /* slug; empty: OWN_ACCOUNT */
    const char *action;     /* "addMember" */
    struct str entity_id;   /* what it was done to; empty: the account */
    struct str entity_name; /* may be empty */
    struct str line;        /* the command, as it was called; stands in the place of the URL */
    struct str extra;       /* JSON object; may be empty */
    struct str key;         /* idempotency key, for what may be recorded again; may be empty */
};

/*
 * Records it, as done now by whoever runs the command.  When that is not possible a line on stderr says so, since what was done is done.  Nothing
 * with config->record_commands 0, nor where the account is not there.
 */
void own_event_record(const struct config *config, const struct own_event *event);

/* The same by a connection that is there; 0 or -1, and nothing is said. */
int own_event_store(struct recording *recording, const struct own_event *event);

/* The same for a command that knows better than its words what it was done to: `event` with the command for its line. */
void own_event_record_command(const struct config *config, const struct own_event *event, int argc,
                              char **argv);

/* A command that has succeeded: records it, if it is one that changes something or looks for secrets. */
void own_event_of_command(const struct config *config, int argc, char **argv);

#endif
