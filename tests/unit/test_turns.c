/* SPDX-License-Identifier: MIT */
/* Taking turns: by processes that look at each other's counters in memory that they share. */
#include "base/turns.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"

enum { PROCESSES_MAX = 64, TURNS = 300, WAITS = 200 };

struct shared {
    _Atomic unsigned inside, too_many, timed_out;
    _Atomic bool waiting, over;
    _Atomic unsigned since; /* turns of the others while one waits */
};

static struct shared *shared;
static char path[] = "/tmp/daybook-test-turns-XXXXXX";

static unsigned places(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return processors > 3 ? (unsigned)processors / 2 : 1;
}

static int set_up(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    close(fd);
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return fd < 0 || shared == MAP_FAILED ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    munmap(shared, sizeof(*shared));
    return unlink(path);
}

/* A process that runs `body` and ends; its turns are its own. */
static pid_t start(void (*body)(struct turns *turns))
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct turns *turns;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        turns = turns_open(path);
        if (turns)
            body(turns);
        turns_close(turns);
        _exit(turns ? 0 : 1);
    }
    return pid;
}

static void expect_end(pid_t pid, int signal_number)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (signal_number)
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signal_number);
    else
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* How long it took, ms. */
static int64_t take(struct turns *turns)
{
    int64_t begin = clock_now_ms();

    turns_take(turns);
    return clock_now_ms() - begin;
}

/* ---- At most so many at once --------------------------------------------------------------------- */

static void work(struct turns *turns)
{
    for (int i = 0; i < TURNS; i++) {
        if (take(turns) >= TURNS_WAIT_MS - 1)
            shared->timed_out++;
        if (++shared->inside > places())
            shared->too_many++;
        shared->inside--;
        turns_give(turns);
    }
}

/* Only one whose wait was cut short may have come too early. */
static void test_few_at_once(void **state)
{
    unsigned count = places() + 3 < PROCESSES_MAX ? places() + 3 : PROCESSES_MAX;
    pid_t pids[PROCESSES_MAX];

    (void)state;
    memset(shared, 0, sizeof(*shared));
    for (unsigned i = 0; i < count; i++)
        pids[i] = start(work);
    for (unsigned i = 0; i < count; i++)
        expect_end(pids[i], 0);
    assert_true(shared->too_many <= shared->timed_out * count);
    assert_true(shared->timed_out < count * TURNS / 2);
}

/* ---- Who waits comes soon ------------------------------------------------------------------------ */

/* Most of the time it is somebody's turn. */
static void spin(void)
{
    for (volatile int i = 0; i < 100000; i++)
        ;
}

static void work_on_and_on(struct turns *turns)
{
    while (!shared->over) {
        turns_take(turns);
        if (shared->waiting)
            shared->since++;
        spin();
        turns_give(turns);
    }
}

static int by_size(const void *a, const void *b)
{
    const unsigned *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void test_who_waits_comes_soon(void **state)
{
    struct turns *turns = turns_open(path);
    unsigned passed[WAITS];
    pid_t pid;

    (void)state;
    memset(shared, 0, sizeof(*shared));
    assert_non_null(turns);
    pid = start(work_on_and_on);
    for (unsigned i = 0; i < WAITS; i++) {
        shared->since = 0;
        shared->waiting = true;
        turns_take(turns);
        shared->waiting = false;
        passed[i] = shared->since;
        turns_give(turns);
    }
    shared->over = true;
    expect_end(pid, 0);
    qsort(passed, WAITS, sizeof(*passed), by_size);
    assert_true(passed[WAITS / 2] <= 3); /* some are preempted before they stand in the queue */
    turns_close(turns);
}

/* ---- Nobody waits for long ----------------------------------------------------------------------- */

static void hold(struct turns *turns)
{
    turns_take(turns);
    shared->inside++;
    pause();
}

/* Ends well when it had to wait as long as one waits at most. */
static void wait_in_vain(struct turns *turns)
{
    _exit(take(turns) >= TURNS_WAIT_MS - 1 ? 0 : 2);
}

static void test_a_long_turn_and_a_killed_one(void **state)
{
    struct turns *turns = turns_open(path);
    pid_t pids[PROCESSES_MAX];
    unsigned count = places() < PROCESSES_MAX ? places() : PROCESSES_MAX;

    (void)state;
    memset(shared, 0, sizeof(*shared));
    for (unsigned i = 0; i < count; i++)
        pids[i] = start(hold);
    while (shared->inside < count)
        usleep(1000);
    for (int i = 0; i < 3; i++) {
        assert_true(take(turns) >= TURNS_WAIT_MS - 1);
        turns_give(turns);
    }
    for (unsigned i = 0; i < count; i++) {
        kill(pids[i], SIGKILL);
        expect_end(pids[i], SIGKILL);
    }
    turns_take(turns); /* now it is really its turn: with one place nobody else gets one */
    turns_take(turns);
    if (count == 1)
        expect_end(start(wait_in_vain), 0);
    turns_give(turns);
    turns_give(turns);
    turns_close(turns);
}

static void test_no_file(void **state)
{
    (void)state;
    assert_null(turns_open("/nowhere/turns"));
    turns_take(NULL);
    turns_give(NULL);
    turns_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_at_once),
        cmocka_unit_test(test_who_waits_comes_soon),
        cmocka_unit_test(test_a_long_turn_and_a_killed_one),
        cmocka_unit_test(test_no_file),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
