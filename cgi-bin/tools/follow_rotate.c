/* SPDX-License-Identifier: MIT */
/* As nginx's manual asks for: move the file first, then send USR1 to the master. */
#define _GNU_SOURCE
#include "tools/follow_rotate.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/strbuf.h"

enum { PID_BYTES = 32, PID_MAX = 1 << 22 };

/* The process that the file names; 0 when there is none; -1 with errno when that cannot be known, or it may not be told anything. */
static pid_t read_pid(const char *pid_file)
{
    char text[PID_BYTES] = "";
    FILE *file = fopen(pid_file, "re");
    uint64_t pid = 0;

    if (!file)
        return errno == ENOENT ? 0 : -1;
    if (fgets(text, sizeof(text), file)) {
        text[strcspn(text, "\r\n")] = '\0';
        parse_u64(str_from(text), 2, PID_MAX, &pid);
    }
    fclose(file);
    if (pid && kill((pid_t)pid, 0) < 0)
        return errno == ESRCH ? 0 : -1;
    return (pid_t)pid;
}

static int failed(const char *path)
{
    log_event(LOG_LEVEL_ERROR, "capture_rotation", {"file", str_from(path)},
              {"reason", str_from(strerror(errno))});
    return -1;
}

/* "…/api.log.20260131T120000.123Z": the time without what file names had better not have. */
static void append_time(struct strbuf *out)
{
    char time[CLOCK_TEXT_BYTES];

    clock_format(clock_now_ms(), time);
    strbuf_add_char(out, '.');
    for (const char *at = time; *at; at++)
        if (*at != '-' && *at != ':')
            strbuf_add_char(out, *at);
}

int follow_rotate(const char *path, const char *pid_file)
{
    pid_t pid = read_pid(pid_file);
    struct strbuf rotated;
    struct stat status;
    int result = 0;

    if (pid < 0)
        return failed(pid_file);
    if (!pid)
        return 0;
    /* Where it is missing, whoever renamed it could not tell nginx any more, which still writes to it. */
    if (stat(path, &status) < 0)
        return errno == ENOENT && kill(pid, SIGUSR1) == 0 ? 0 : failed(path);
    if (status.st_size == 0)
        return 0;
    strbuf_init(&rotated);
    strbuf_add_cstr(&rotated, path);
    append_time(&rotated);
    if (rename(path, rotated.ptr) < 0 || kill(pid, SIGUSR1) < 0)
        result = failed(path);
    strbuf_release(&rotated);
    return result;
}
