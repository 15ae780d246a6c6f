/* SPDX-License-Identifier: MIT */
/* One thread, one mutex, one condition; the only user of threads. */
#include "base/worker.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"

struct worker {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* one of the members below */
    void (*job)(void *context);
    void *context;
    bool has_thread, busy, ends;
};

struct worker *worker_new(void)
{
    struct worker *worker = memory_new(sizeof(*worker));

    pthread_mutex_init(&worker->mutex, NULL);
    pthread_cond_init(&worker->changed, NULL);
    return worker;
}

static void *work(void *opaque)
{
    struct worker *worker = opaque;

    pthread_mutex_lock(&worker->mutex);
    for (;;) {
        while (!worker->busy && !worker->ends)
            pthread_cond_wait(&worker->changed, &worker->mutex);
        if (!worker->busy)
            break;
        pthread_mutex_unlock(&worker->mutex);
        worker->job(worker->context);
        pthread_mutex_lock(&worker->mutex);
        worker->busy = false;
        pthread_cond_signal(&worker->changed);
    }
    pthread_mutex_unlock(&worker->mutex);
    return NULL;
}

/* With all signals blocked, which the thread takes over. */
static bool start_thread(struct worker *worker)
{
    sigset_t all, before;
    bool started;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&worker->thread, NULL, work, worker) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void worker_start(struct worker *worker, void (*job)(void *context), void *context)
{
    if (!worker->has_thread)
        worker->has_thread = start_thread(worker);
    if (!worker->has_thread) {
        job(context);
        return;
    }
    pthread_mutex_lock(&worker->mutex);
    assert(!worker->busy);
    worker->job = job;
    worker->context = context;
    worker->busy = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

bool worker_is_busy(struct worker *worker)
{
    bool busy;

    pthread_mutex_lock(&worker->mutex);
    busy = worker->busy;
    pthread_mutex_unlock(&worker->mutex);
    return busy;
}

void worker_wait(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    while (worker->busy)
        pthread_cond_wait(&worker->changed, &worker->mutex);
    pthread_mutex_unlock(&worker->mutex);
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    worker_wait(worker);
    if (worker->has_thread) {
        pthread_mutex_lock(&worker->mutex);
        worker->ends = true;
        pthread_cond_signal(&worker->changed);
        pthread_mutex_unlock(&worker->mutex);
        pthread_join(worker->thread, NULL);
    }
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->mutex);
    free(worker);
}
