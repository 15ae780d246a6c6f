/* SPDX-License-Identifier: MIT */
/*
 * stdout and stderr become streams that take the line away before they write: glibc lets them be assigned, and so no message, of
 * whatever part of the program, has to know that there may be a line.
 */
#define _GNU_SOURCE
#include "tools/progress_screen.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"

enum { USUAL_COLUMNS = 80, COLUMNS_MAX = 256 };

static const int signals[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};

static volatile sig_atomic_t drawn; /* how many columns of it there are; 0: no line */
static bool is_open;
static bool in_line; /* somebody has begun a line and not ended it */

bool progress_screen_is_there(void)
{
    const char *term = getenv("TERM");

    return term && term[0] && strcmp(term, "dumb") != 0 && isatty(STDERR_FILENO);
}

size_t progress_screen_columns(void)
{
    struct winsize window;
    size_t columns = USUAL_COLUMNS;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1)
        columns = window.ws_col;
    return (columns < COLUMNS_MAX ? columns : COLUMNS_MAX) - 1;
}

/* A shell that has taken the terminal back has a prompt there. */
static bool is_ours(void)
{
    pid_t group = tcgetpgrp(STDERR_FILENO);

    return group < 0 || group == getpgrp();
}

/* How many bytes were written: less after an error. */
static size_t write_all(int fd, const char *bytes, size_t size)
{
    size_t at = 0;

    while (at < size) {
        ssize_t written = write(fd, bytes + at, size - at);

        if (written < 0 && errno != EINTR)
            break;
        at += written > 0 ? (size_t)written : 0;
    }
    return at;
}

/* The text at the beginning of the line, with spaces over what else stands there. */
static void write_over(const char *text, size_t len, size_t old)
{
    char line[1 + COLUMNS_MAX + 1];
    size_t columns = progress_screen_columns(), end = old < columns ? old : columns;

    line[0] = '\r';
    memcpy(line + 1, text, len);
    if (end > len)
        memset(line + 1 + len, ' ', end - len);
    end = end > len ? end : len;
    if (len == 0)
        line[1 + end++] = '\r';
    write_all(STDERR_FILENO, line, 1 + end);
}

void progress_screen_clear(void)
{
    if (drawn && is_ours())
        write_over("", 0, (size_t)drawn);
    drawn = 0;
}

/* ---- Whatever else is written ------------------------------------------------------------------- */

static ssize_t write_message(void *cookie, const char *bytes, size_t size)
{
    const int *fd = cookie;
    size_t written;

    progress_screen_clear();
    written = write_all(*fd, bytes, size);
    if (written)
        in_line = bytes[written - 1] != '\n';
    return (ssize_t)written;
}

static void guard(FILE **stream, int *fd, int buffering)
{
    FILE *guarded = fopencookie(fd, "w", (cookie_io_functions_t){.write = write_message});

    if (!guarded)
        return;
    fflush(*stream);
    setvbuf(guarded, NULL, buffering, 0);
    *stream = guarded;
}

static void leave_line(int number)
{
    if (drawn && write(STDERR_FILENO, "\n", 1) < 0)
        drawn = 0; /* the terminal is gone */
    raise(number); /* comes when this returns, and does what it does by default */
}

static void open_screen(void)
{
    static int out = STDOUT_FILENO, err = STDERR_FILENO;
    const struct sigaction leaving = {.sa_handler = leave_line, .sa_flags = (int)SA_RESETHAND};

    if (is_open)
        return;
    is_open = true;
    if (isatty(STDOUT_FILENO))
        guard(&stdout, &out, _IOLBF);
    guard(&stderr, &err, _IONBF);
    log_set_before(progress_screen_clear);
    atexit(progress_screen_clear);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction before;

        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(signals[i], &leaving, NULL);
    }
}

/* ---- Drawing ------------------------------------------------------------------------------------ */

void progress_screen_draw(const char *text)
{
    size_t len = strlen(text), old = (size_t)drawn;

    open_screen();
    if (!is_ours())
        drawn = 0;
    else if (!in_line && len > 0) {
        drawn = (sig_atomic_t)(len > old ? len : old);
        write_over(text, len, old);
        drawn = (sig_atomic_t)len;
    }
}
