/* SPDX-License-Identifier: MIT */
/*
 * A place is a byte of the file.  Its lock (fcntl(2), advisory record locking) is the process's and ends with it; who waits for one is
 * woken when it is given back.
 */
#define _GNU_SOURCE
#include "base/turns.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/memory.h"

struct turns {
    int fd;
    unsigned places;
    unsigned place; /* the one that was taken last */
    bool taken;
};

static void wake(int number)
{
    (void)number; /* that a call is interrupted is all */
}

struct turns *turns_open(const char *path)
{
    struct sigaction waking = {.sa_handler = wake};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct turns *turns;

    if (fd < 0)
        return NULL;
    sigemptyset(&waking.sa_mask);
    sigaction(SIGALRM, &waking, NULL);
    turns = memory_new(sizeof(*turns));
    turns->fd = fd;
    turns->places = processors > 3 ? (unsigned)processors / 2 : 1;
    turns->place = (unsigned)getpid() % turns->places;
    return turns;
}

void turns_close(struct turns *turns)
{
    if (!turns)
        return;
    close(turns->fd);
    free(turns);
}

static bool set_lock(const struct turns *turns, unsigned place, short type, bool wait)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};

    return fcntl(turns->fd, wait ? F_SETLKW : F_SETLK, &lock) == 0;
}

/* Where nobody works. */
static bool take_free(struct turns *turns)
{
    for (unsigned i = 0; i < turns->places && !turns->taken; i++) {
        turns->taken = set_lock(turns, turns->place, F_WRLCK, false);
        if (!turns->taken)
            turns->place = (turns->place + 1) % turns->places;
    }
    return turns->taken;
}

/* The timer goes on, in case that it fires just before a call begins to wait. */
static void set_timer(bool on)
{
    struct itimerval timer = {{0, 0}, {0, 0}};

    if (on)
        timer = (struct itimerval){{0, 1000}, {0, TURNS_WAIT_MS * 1000L}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void turns_take(struct turns *turns)
{
    if (!turns || turns->taken || take_free(turns))
        return;
    set_timer(true);
    turns->taken = set_lock(turns, turns->place, F_WRLCK, true);
    set_timer(false);
}

void turns_give(struct turns *turns)
{
    if (!turns || !turns->taken)
        return;
    set_lock(turns, turns->place, F_UNLCK, false);
    turns->taken = false;
}
