/* SPDX-License-Identifier: MIT */
/* One path, and whether it has been said. */
#include "tools/follow_closed.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"

void follow_closed_init(struct follow_closed *closed)
{
    *closed = (struct follow_closed){.is_said = false};
    strbuf_init(&closed->path);
}

void follow_closed_release(struct follow_closed *closed)
{
    strbuf_release(&closed->path);
}

void follow_closed_begin(struct follow_closed *closed)
{
    strbuf_reset(&closed->path);
}

/* What is not there, or has to wait until others are closed, is nobody's mistake. */
void follow_closed_note(struct follow_closed *closed, const char *path)
{
    if (errno == ENOENT || errno == EMFILE || errno == ENFILE || closed->path.len)
        return;
    if (!closed->is_said)
        log_event(LOG_LEVEL_ERROR, "capture_file", {"file", str_from(path)},
                  {"reason", str_from(strerror(errno))});
    closed->ever = true;
    strbuf_add_cstr(&closed->path, path);
}

bool follow_closed_is_new(struct follow_closed *closed, struct str *path)
{
    bool is_new = closed->path.len > 0 && !closed->is_said;

    closed->is_said = closed->path.len > 0;
    *path = strbuf_str(&closed->path);
    return is_new;
}
