/* SPDX-License-Identifier: MIT */
/*
 * One line an event on stderr, as key=value.  Values that hold spaces, quotes, control bytes or
 * bytes above 0x7e are quoted and escaped, so a line is always one line.  Never hand it a secret,
 * a body or a whole URL with its query.
 */
#ifndef DAYBOOK_BASE_LOG_H
#define DAYBOOK_BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR, LOG_LEVEL_COUNT };

struct log_field {
    const char *key;
    struct str value;
};

/*
 * The id that following lines carry as request=…; an empty one carries none.  Copied (at most 63 bytes).
 */
void log_set_request(struct str request_id);

/* Called in front of each line from now on, so that whoever draws on the terminal can take that away; NULL: nothing is. */
void log_set_before(void (*before)(void));

/* Writes the line: time, level, program, request, event=`event`, then the fields in their order. */
void log_fields(enum log_level level, const char *event, const struct log_field *fields,
                size_t count);

/* log_event(LOG_LEVEL_ERROR, "store_error", {"what", message}, {"table", table}); */
#define log_event(level, event, ...)                                                               \
    log_fields(level, event, (const struct log_field[]){__VA_ARGS__},                              \
               sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

#endif
