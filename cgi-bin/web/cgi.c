/* SPDX-License-Identifier: MIT */
/* The transport over two file descriptors and environ(7).  Keeps no buffer: response.c has one. */
#define _GNU_SOURCE
#include "web/cgi.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/parse.h"

static const char *cgi_env(struct transport *transport, const char *name)
{
    (void)transport;
    return getenv(name);
}

static char *const *cgi_all(struct transport *transport)
{
    (void)transport;
    return environ;
}

static ssize_t cgi_read(struct transport *transport, char *out, size_t size)
{
    struct cgi *cgi = (struct cgi *)transport;
    ssize_t len;

    if (size > cgi->body_left)
        size = (size_t)cgi->body_left;
    do
        len = read(cgi->in, out, size);
    while (len < 0 && errno == EINTR);
    if (len > 0)
        cgi->body_left -= (uint64_t)len;
    return len;
}

static int cgi_write(struct transport *transport, struct str bytes, bool last)
{
    const struct cgi *cgi = (const struct cgi *)transport;

    (void)last;
    while (bytes.len) {
        ssize_t written = write(cgi->out, bytes.ptr, bytes.len);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0)
            bytes = str_slice(bytes, (size_t)written, bytes.len);
    }
    return 0;
}

/* A pipe or socket that nobody reads from any more. */
static bool cgi_is_gone(struct transport *transport)
{
    struct pollfd out = {((const struct cgi *)transport)->out, 0, 0};

    return poll(&out, 1, 0) == 1 && (out.revents & (POLLHUP | POLLERR));
}

static void cgi_abort(struct transport *transport)
{
    ((struct cgi *)transport)->aborted = true;
}

void cgi_init(struct cgi *cgi, int in, int out)
{
    *cgi = (struct cgi){
        .transport = {cgi_env, cgi_all, cgi_read, cgi_write, cgi_is_gone, cgi_abort},
        .in = in,
        .out = out,
    };
    if (!parse_u64(str_from(getenv("CONTENT_LENGTH")), 0, UINT64_MAX, &cgi->body_left))
        cgi->body_left = 0;
}
