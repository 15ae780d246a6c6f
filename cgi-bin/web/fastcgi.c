/* SPDX-License-Identifier: MIT */
/*
 * The only user of libfcgi.  Never keeps a connection for a second request: an idle one would hold
 * the process.
 */
#define _GNU_SOURCE
#include "web/fastcgi.h"

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/memory.h"

enum {
    LISTENING_FD = STDIN_FILENO,
    WRITE_BYTES = 1024 * 1024,
    LARGE_BYTES = 16 * 1024,
    RECORD_BYTES = 65528, /* the most that one record holds and needs no padding */
};

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

/* All of `parts`, however many calls it takes. */
static int send_all(int fd, struct iovec parts[2])
{
    while (parts[0].iov_len + parts[1].iov_len) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);

        if (sent < 0 && errno != EINTR)
            return -1;
        for (int i = 0; i < 2 && sent > 0; i++) {
            size_t of_part = (size_t)sent < parts[i].iov_len ? (size_t)sent : parts[i].iov_len;

            parts[i].iov_base = (char *)parts[i].iov_base + of_part;
            parts[i].iov_len -= of_part;
            sent -= (ssize_t)of_part;
        }
    }
    return 0;
}

/* libfcgi copies everything and sends 8 KB at a time; what is large goes out beside it, as records of its own. */
static int write_large(struct fastcgi *fastcgi, struct str bytes)
{
    if (FCGX_FFlush(fastcgi->request.out) < 0)
        return -1;
    while (bytes.len) {
        struct str piece = str_slice(bytes, 0, RECORD_BYTES);
        unsigned char header[FCGI_HEADER_LEN] = {
            FCGI_VERSION_1,
            FCGI_STDOUT,
            (unsigned char)(fastcgi->request.requestId >> 8),
            (unsigned char)fastcgi->request.requestId,
            (unsigned char)(piece.len >> 8),
            (unsigned char)piece.len,
        };
        struct iovec parts[2] = {{header, sizeof(header)},
                                 {(char *)(uintptr_t)piece.ptr, piece.len}};

        if (send_all(fastcgi->request.ipcFd, parts) < 0)
            return -1;
        bytes = str_slice(bytes, piece.len, bytes.len);
    }
    return 0;
}

static int fastcgi_write(struct transport *transport, struct str bytes)
{
    struct fastcgi *fastcgi = (struct fastcgi *)transport;
    FCGX_Stream *out = fastcgi->request.out;

    if (bytes.len >= LARGE_BYTES)
        return write_large(fastcgi, bytes);
    while (bytes.len) {
        struct str piece = str_slice(bytes, 0, WRITE_BYTES); /* libfcgi counts in int */

        if (FCGX_PutStr(piece.ptr, (int)piece.len, out) < 0)
            return -1;
        bytes = str_slice(bytes, piece.len, bytes.len);
    }
    return 0;
}

/* nginx closes the connection as soon as it sees that its client has gone. */
static bool fastcgi_is_gone(struct transport *transport)
{
    struct pollfd connection = {((struct fastcgi *)transport)->request.ipcFd, POLLRDHUP, 0};

    return poll(&connection, 1, 0) == 1 && (connection.revents & (POLLRDHUP | POLLHUP | POLLERR));
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

    fastcgi->transport = (struct transport){fastcgi_env,   fastcgi_all,     fastcgi_read,
                                            fastcgi_write, fastcgi_is_gone, fastcgi_abort};
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
