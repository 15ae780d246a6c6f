/* SPDX-License-Identifier: MIT */
/* Builds a whole line and writes it with one write(2), so lines of several processes never mix. */
#define _GNU_SOURCE
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"

enum { REQUEST_ID_BYTES = 64 };

static const char *const level_names[LOG_LEVEL_COUNT] = {
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARNING] = "warning",
    [LOG_LEVEL_ERROR] = "error",
};

static char request_id[REQUEST_ID_BYTES];
static void (*call_before)(void);

void log_set_request(struct str id)
{
    id = str_slice(id, 0, sizeof(request_id) - 1);
    if (id.len)
        memcpy(request_id, id.ptr, id.len);
    request_id[id.len] = '\0';
}

void log_set_before(void (*before)(void))
{
    call_before = before;
}

static bool is_plain(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=')
            return false;
    }
    return value.len > 0;
}

static void add_value(struct strbuf *line, struct str value)
{
    if (is_plain(value)) {
        strbuf_add(line, value);
        return;
    }
    strbuf_add_char(line, '"');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c == '"' || c == '\\')
            strbuf_printf(line, "\\%c", c);
        else if (c < ' ' || c > '~')
            strbuf_printf(line, "\\x%02x", c);
        else
            strbuf_add_char(line, (char)c);
    }
    strbuf_add_char(line, '"');
}

static void write_line(struct str line)
{
    while (line.len) {
        ssize_t written = write(STDERR_FILENO, line.ptr, line.len);

        if (written < 0 && errno != EINTR)
            return; /* nowhere left to complain */
        if (written > 0)
            line = str_slice(line, (size_t)written, line.len);
    }
}

void log_fields(enum log_level level, const char *event, const struct log_field *fields,
                size_t count)
{
    char time[CLOCK_TEXT_BYTES];
    struct strbuf line;

    strbuf_init(&line);
    clock_format(clock_now_ms(), time);
    strbuf_printf(&line, "time=%s level=%s program=%s pid=%ld", time, level_names[level],
                  program_invocation_short_name, (long)getpid());
    if (request_id[0]) {
        strbuf_add_cstr(&line, " request=");
        add_value(&line, str_from(request_id));
    }
    strbuf_printf(&line, " event=%s", event);
    for (size_t i = 0; i < count; i++) {
        strbuf_printf(&line, " %s=", fields[i].key);
        add_value(&line, fields[i].value);
    }
    strbuf_add_char(&line, '\n');
    if (call_before)
        call_before();
    write_line(strbuf_str(&line));
    strbuf_release(&line);
}
