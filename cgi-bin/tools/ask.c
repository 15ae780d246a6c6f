/* SPDX-License-Identifier: MIT */
/* Whatever happens meanwhile, the terminal echoes again afterwards. */
#define _GNU_SOURCE
#include "tools/ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What a person at a terminal can send, or what ends the terminal itself. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { SIGNAL_COUNT = sizeof(signals) / sizeof(signals[0]), SLUG_BYTES = 80 };

static volatile sig_atomic_t caught;

static void note_signal(int number)
{
    caught = number;
}

/* Byte by byte, so that nothing behind the line is taken.  A signal is let in only while it waits, and ends it. */
static ssize_t read_line(char *out, size_t size, const sigset_t *mask)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    size_t len = 0;
    ssize_t got = -1;
    char c;

    while (ppoll(&input, 1, NULL, mask) == 1 && (got = read(STDIN_FILENO, &c, 1)) == 1 &&
           c != '\n') {
        got = -1;
        if (len == size)
            return ASK_BROKEN;
        out[len++] = c;
    }
    if (got < 0)
        return ASK_BROKEN;
    if (got == 0 && len == 0)
        return ASK_ENDED;
    if (len && out[len - 1] == '\r')
        len--;
    return (ssize_t)len;
}

static ssize_t read_without_echo(const char *prompt, char *out, size_t size)
{
    struct sigaction noting = {.sa_handler = note_signal}, before[SIGNAL_COUNT];
    struct termios shown, hidden;
    sigset_t mask, blocked;
    ssize_t len;

    if (tcgetattr(STDIN_FILENO, &shown) < 0)
        return ASK_BROKEN;
    sigemptyset(&blocked);
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        sigaddset(&blocked, signals[i]);
        sigaction(signals[i], &noting, &before[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, &mask);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    fputs(prompt, stderr);
    len = read_line(out, size, &mask);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    for (int i = 0; i < SIGNAL_COUNT; i++)
        sigaction(signals[i], &before[i], NULL);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    if (caught)
        raise(caught);
    return len;
}

ssize_t ask_secret(const char *prompt, char *out, size_t size)
{
    return isatty(STDIN_FILENO) ? read_without_echo(prompt, out, size) : read_line(out, size, NULL);
}

bool ask_account(const char *what, struct str slug)
{
    char answer[SLUG_BYTES];

    if (!isatty(STDIN_FILENO)) {
        fputs("daybook: nothing is deleted without --yes, or an answer on a terminal.\n", stderr);
        return false;
    }
    fprintf(stderr, "%s\nType the account's name to go on: ", what);
    if (fgets(answer, sizeof(answer), stdin) &&
        str_equal(str_slice(str_from(answer), 0, strcspn(answer, "\n")), slug))
        return true;
    fputs("daybook: that is not its name: nothing is deleted.\n", stderr);
    return false;
}
