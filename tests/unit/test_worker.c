/* SPDX-License-Identifier: MIT */
/* A second thread: each job is done once, in order, and what it wrote is there after the wait. */
#include "base/worker.h"

#include <time.h>

#include "check.h"

enum { JOBS = 1000 };

struct sum {
    unsigned count, last;
    unsigned next;
};

static void add(void *context)
{
    struct sum *sum = context;

    sum->count++;
    sum->last = sum->next;
}

static void slow(void *context)
{
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    add(context);
}

static void test_jobs(void **state)
{
    struct worker *worker = worker_new();
    struct sum sum = {0};

    (void)state;
    worker_wait(worker); /* nothing was begun */
    for (unsigned i = 1; i <= JOBS; i++) {
        sum.next = i;
        worker_start(worker, i % 100 ? add : slow, &sum);
        worker_wait(worker);
        assert_false(worker_is_busy(worker));
        assert_int_equal(sum.last, i);
    }
    worker_wait(worker);
    assert_int_equal(sum.count, JOBS);
    worker_free(worker);
}

static void test_free_waits(void **state)
{
    struct worker *worker = worker_new();
    struct sum sum = {.next = 7};

    (void)state;
    worker_start(worker, slow, &sum);
    assert_true(worker_is_busy(worker));
    worker_free(worker);
    assert_int_equal(sum.last, 7);
    worker_free(worker_new()); /* never had a thread */
    worker_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jobs),
        cmocka_unit_test(test_free_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
