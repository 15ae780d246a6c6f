/* SPDX-License-Identifier: MIT */
/*
 * Owns signals, the arena and the order of one request.  Signals to stop are blocked throughout and
 * read from a descriptor beside the socket, so none can be lost and none interrupts a handler.
 */
#define _GNU_SOURCE
#include "web/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "web/cgi.h"
#include "web/fastcgi.h"

struct server {
    const struct page_handler *handler;
    void *context;
    struct arena *arena;
    struct response *response;
};

/* SIGUSR1 too: it is FastCGI's own word for "finish and leave". */
static const int stop_signals[] = {SIGTERM, SIGINT, SIGUSR1};
enum { STOP_SIGNAL_COUNT = sizeof(stop_signals) / sizeof(stop_signals[0]) };

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static bool accepts_method(unsigned methods, enum request_method method)
{
    if (method == METHOD_HEAD)
        method = METHOD_GET;
    return methods & method;
}

static void refuse_method(unsigned methods_accepted, struct arena *arena, struct response *response)
{
    static const enum request_method methods[] = {METHOD_GET, METHOD_HEAD, METHOD_POST,
                                                  METHOD_OPTIONS};
    struct str allowed = STR("");

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (accepts_method(methods_accepted, methods[i]))
            allowed = arena_printf(arena, "%.*s%s%s", STR_ARG(allowed), allowed.len ? ", " : "",
                                   request_method_name(methods[i]));
    response_header(response, "Allow", allowed);
    response_error(response, 405,
                   arena_printf(arena, "This address answers %.*s only.", STR_ARG(allowed)));
}

static void log_request(const struct server *server, const struct request *request,
                        const struct response_result *result, uint64_t us)
{
    const struct page_handler *handler = server->handler;
    struct str path = handler->logged_path ? handler->logged_path(request) : request->path;
    struct arena *arena = server->arena;
    bool complete = result->end == RESPONSE_COMPLETE;

    log_event(complete ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "request",
              {"method", str_from(request_method_name(request->method))}, {"path", path},
              {"status", arena_printf(arena, "%u", result->status)},
              {"end", str_from(response_end_name(result->end))},
              {"rows", arena_printf(arena, "%llu", (unsigned long long)result->rows)},
              {"us", arena_printf(arena, "%llu", (unsigned long long)us)},
              {"bytes", arena_printf(arena, "%llu", (unsigned long long)result->bytes)});
}

static void serve_one(struct server *server, struct transport *transport)
{
    const struct page_handler *handler = server->handler;
    uint64_t began = now_us();
    struct response_result result;
    struct request request;
    unsigned methods;

    request_start(&request, server->arena, transport, handler->accepts_body);
    log_set_request(request.id);
    response_start(server->response, &request, transport, handler->speaks_json);
    if (handler->speak)
        handler->speak(&request, server->response);
    methods = handler->methods_of ? handler->methods_of(&request) : handler->methods;
    if (accepts_method(methods, request.method))
        handler->serve(server->context, &request, server->response);
    else
        refuse_method(methods, server->arena, server->response);
    result = response_finish(server->response);
    log_request(server, &request, &result, now_us() - began);
    log_set_request(STR(""));
}

static sigset_t stop_set(void)
{
    sigset_t set;

    sigemptyset(&set);
    for (int i = 0; i < STOP_SIGNAL_COUNT; i++)
        sigaddset(&set, stop_signals[i]);
    return set;
}

/* Signals act as in any other program, not as libfcgi has set them. */
static int serve_cgi(struct server *server)
{
    sigset_t set = stop_set();
    struct cgi cgi;

    for (int i = 0; i < STOP_SIGNAL_COUNT; i++)
        signal(stop_signals[i], SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    cgi_init(&cgi, STDIN_FILENO, STDOUT_FILENO);
    serve_one(server, &cgi.transport);
    if (server->handler->after)
        server->handler->after(server->context);
    return cgi.aborted ? EXIT_FAILURE : EXIT_SUCCESS;
}

/*
 * What wakes this worker: its signals, and a connection.  Exclusive: a connection wakes one worker, not all that share the socket.
 * Should that one end instead, whoever is started in its place finds the connection waiting.
 */
static int events_open(int stop_fd)
{
    struct epoll_event stop = {.events = EPOLLIN, .data.fd = stop_fd},
                       connection = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = STDIN_FILENO};
    int fd = epoll_create1(EPOLL_CLOEXEC);

    if (fd < 0 || epoll_ctl(fd, EPOLL_CTL_ADD, stop_fd, &stop) < 0 ||
        epoll_ctl(fd, EPOLL_CTL_ADD, STDIN_FILENO, &connection) < 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

/* True when a connection waits; false when it is time to stop. */
static bool wait_for_connection(int events_fd, int stop_fd)
{
    struct epoll_event events[2];
    int count;

    do
        count = epoll_wait(events_fd, events, 2, -1);
    while (count < 0 && errno == EINTR);
    for (int i = 0; i < count; i++)
        if (events[i].data.fd == stop_fd)
            return false;
    return true;
}

static int serve_fastcgi(struct server *server)
{
    int status = EX_OSERR;
    sigset_t set = stop_set();
    int stop_fd = signalfd(-1, &set, SFD_CLOEXEC);
    int events_fd = stop_fd < 0 ? -1 : events_open(stop_fd);
    struct fastcgi *fastcgi = fastcgi_open();
    enum fastcgi_accepted accepted = FASTCGI_NOTHING;

    if (events_fd < 0 || !fastcgi)
        goto out;
    while (accepted != FASTCGI_BROKEN && wait_for_connection(events_fd, stop_fd)) {
        accepted = fastcgi_accept(fastcgi);
        if (accepted != FASTCGI_REQUEST)
            continue;
        serve_one(server, fastcgi_transport(fastcgi));
        fastcgi_finish(fastcgi);
        if (server->handler->after)
            server->handler->after(server->context);
        arena_reset(server->arena);
    }
    if (accepted != FASTCGI_BROKEN)
        status = EXIT_SUCCESS;
out:
    if (status != EXIT_SUCCESS)
        log_event(LOG_LEVEL_ERROR, "socket_failed", {"reason", str_from(strerror(errno))});
    fastcgi_close(fastcgi);
    if (events_fd >= 0)
        close(events_fd);
    if (stop_fd >= 0)
        close(stop_fd);
    return status;
}

int serve(const struct page_handler *handler, void *context)
{
    struct server server = {handler, context, arena_new(), response_new()};
    sigset_t set = stop_set();
    bool listening;
    int status;

    sigprocmask(SIG_BLOCK, &set, NULL);
    listening = fastcgi_is_listening();
    signal(SIGPIPE, SIG_IGN); /* a client that is gone shows in the result of a write */
    status = listening ? serve_fastcgi(&server) : serve_cgi(&server);
    response_free(server.response);
    arena_free(server.arena);
    return status;
}
