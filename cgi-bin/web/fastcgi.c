/* SPDX-License-Identifier: MIT */
/*
 * The only user of libfcgi.  Never keeps a connection for a second request: an idle one would hold
 * the process.
 */
#define _GNU_SOURCE
#include "web/fastcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"

enum { LISTENING_FD = STDIN_FILENO, WRITE_BYTES = 1024 * 1024 };

struct fastcgi {
    struct transport transport;
    FCGX_Request request;
    bool aborted;
};

static const char *fastcgi_env(struct transport *transport, const char *name)
{
    return FCGX_GetParam(name, ((struct fastcgi *)transport)->request.envp);
}

static char *const *fastcgi_all(struct transport *transport)
{
    return ((struct fastcgi *)transport)->request.envp;
}

static ssize_t fastcgi_read(struct transport *transport, char *out, size_t size)
{
    FCGX_Stream *in = ((struct fastcgi *)transport)->request.in;
    int len = FCGX_GetStr(out, (int)(size < WRITE_BYTES ? size : WRITE_BYTES), in);

    return len == 0 && FCGX_GetError(in) != 0 ? -1 : len;
}

static int fastcgi_write(struct transport *transport, struct str bytes)
{
    FCGX_Stream *out = ((struct fastcgi *)transport)->request.out;

    while (bytes.len) {
        struct str piece = str_slice(bytes, 0, WRITE_BYTES); /* libfcgi counts in int */

        if (FCGX_PutStr(piece.ptr, (int)piece.len, out) < 0)
            return -1;
        bytes = str_slice(bytes, piece.len, bytes.len);
    }
    return 0;
}

/*
 * nginx takes a connection that just closes for a complete answer, whatever exit status was
 * announced.  A record of an unknown protocol version makes it cut the client's connection.
 */
static void fastcgi_abort(struct transport *transport)
{
    static const unsigned char bad_record[8] = {0xff};
    struct fastcgi *fastcgi = (struct fastcgi *)transport;
    int fd = fastcgi->request.ipcFd;

    send(fd, bad_record, sizeof(bad_record), MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    fastcgi->aborted = true;
}

bool fastcgi_is_listening(void)
{
    return !FCGX_IsCGI();
}

struct fastcgi *fastcgi_open(void)
{
    struct fastcgi *fastcgi = memory_new(sizeof(*fastcgi));
    int flags = fcntl(LISTENING_FD, F_GETFL);

    fastcgi->transport =
        (struct transport){fastcgi_env, fastcgi_all, fastcgi_read, fastcgi_write, fastcgi_abort};
    if (flags < 0 || fcntl(LISTENING_FD, F_SETFL, flags | O_NONBLOCK) < 0 || FCGX_Init() != 0 ||
        FCGX_InitRequest(&fastcgi->request, LISTENING_FD, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
        free(fastcgi);
        return NULL;
    }
    return fastcgi;
}

void fastcgi_close(struct fastcgi *fastcgi)
{
    free(fastcgi);
}

enum fastcgi_accepted fastcgi_accept(struct fastcgi *fastcgi)
{
    int result = FCGX_Accept_r(&fastcgi->request);

    fastcgi->aborted = false;
    if (result == 0)
        return FASTCGI_REQUEST;
    return result == -EAGAIN || result == -EINTR ? FASTCGI_NOTHING : FASTCGI_BROKEN;
}

struct transport *fastcgi_transport(struct fastcgi *fastcgi)
{
    return &fastcgi->transport;
}

void fastcgi_finish(struct fastcgi *fastcgi)
{
    if (!fastcgi->aborted) /* it would write the rest of its buffer first */
        FCGX_Finish_r(&fastcgi->request);
    FCGX_Free(&fastcgi->request, 1);
}
