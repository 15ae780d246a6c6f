/* SPDX-License-Identifier: MIT */
/*
 * Taking turns: of all processes that open the same file, about half as many work at one moment as the machine has processors, but
 * at least one.  Who does long work in short turns leaves the other half to those who answer quickly.
 * It is a courtesy, no lock: nobody waits for longer than TURNS_WAIT_MS, since a turn may last as long as a disk or another
 * machine lets it, and a process that is killed has ended its turn.
 */
#ifndef DAYBOOK_BASE_TURNS_H
#define DAYBOOK_BASE_TURNS_H

#include <stdbool.h>

enum { TURNS_WAIT_MS = 50 };

struct turns;

/*
 * The file is made where there is none.  NULL when it cannot be opened, with errno; all functions accept it, and then nobody waits.
 * Uses SIGALRM and the process's ITIMER_REAL while it waits; one thread alone may call, and a process opens
 * a file once: it would not wait for itself, and closing one would end the turn of the other.
 */
struct turns *turns_open(const char *path);
void turns_close(struct turns *turns);

/* Waits until it is this process's turn, unless it is already. */
void turns_take(struct turns *turns);

/* Ends the turn, if it is one. */
void turns_give(struct turns *turns);

#endif
