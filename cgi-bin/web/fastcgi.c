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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/memory.h"

enum {
    LISTENING_FD = STDIN_FILENO,
    READ_BYTES = 1024 * 1024,
    RECORD_BYTES = 65528, /* the most that one record holds and needs no padding */
};

struct fastcgi {
    struct transport transport;
    FCGX_Request request;
    bool ended; /* nothing more may be written */
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
    int len = FCGX_GetStr(out, (int)(size < READ_BYTES ? size : READ_BYTES), in);

    return len == 0 && FCGX_GetError(in) != 0 ? -1 : len;
}

/* All of `parts`, however many calls it takes. */
static int send_all(int fd, struct iovec *parts, size_t count)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};

    while (message.msg_iovlen) {
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);

        if (sent < 0 && errno != EINTR)
            return -1;
        while (message.msg_iovlen && (sent > 0 || message.msg_iov->iov_len == 0)) {
            struct iovec *part = message.msg_iov;
            size_t of_part = (size_t)sent < part->iov_len ? (size_t)sent : part->iov_len;

            part->iov_base = (char *)part->iov_base + of_part;
            part->iov_len -= of_part;
            sent -= (ssize_t)of_part;
            if (part->iov_len == 0) {
                message.msg_iov++;
                message.msg_iovlen--;
            }
        }
    }
    return 0;
}

static FCGI_Header record(const struct fastcgi *fastcgi, unsigned char type, size_t len)
{
    return (FCGI_Header){
        .version = FCGI_VERSION_1,
        .type = type,
        .requestIdB1 = (unsigned char)(fastcgi->request.requestId >> 8),
        .requestIdB0 = (unsigned char)fastcgi->request.requestId,
        .contentLengthB1 = (unsigned char)(len >> 8),
        .contentLengthB0 = (unsigned char)len,
    };
}

/*
 * libfcgi would copy everything, send 8 KB at a time, and the end on its own.  So records are made here: an answer that fits one
 * record goes out at once with its end, and a worker that dies leaves either all of it or nothing.
 */
static int fastcgi_write(struct transport *transport, struct str bytes, bool last)
{
    struct fastcgi *fastcgi = (struct fastcgi *)transport;

    while (bytes.len || last) {
        struct str piece = str_slice(bytes, 0, RECORD_BYTES);
        FCGI_Header header = record(fastcgi, FCGI_STDOUT, piece.len);
        struct {
            FCGI_Header stdout_end;
            FCGI_EndRequestRecord end;
        } end = {record(fastcgi, FCGI_STDOUT, 0),
                 {record(fastcgi, FCGI_END_REQUEST, sizeof(FCGI_EndRequestBody)),
                  {.protocolStatus = FCGI_REQUEST_COMPLETE}}};
        struct iovec parts[3] = {{&header, piece.len ? sizeof(header) : 0},
                                 {(char *)(uintptr_t)piece.ptr, piece.len},
                                 {&end, sizeof(end)}};
        bool ends = last && piece.len == bytes.len;

        if (send_all(fastcgi->request.ipcFd, parts, ends ? 3 : 2) < 0)
            return -1;
        bytes = str_slice(bytes, piece.len, bytes.len);
        if (ends) {
            fastcgi->ended = true;
            break;
        }
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
    fastcgi->ended = true;
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

    fastcgi->ended = false;
    if (result == 0)
        return FASTCGI_REQUEST;
    return result == -EAGAIN || result == -EINTR ? FASTCGI_NOTHING : FASTCGI_BROKEN;
}

struct transport *fastcgi_transport(struct fastcgi *fastcgi)
{
    return &fastcgi->transport;
}

/* Has all been read that nginx sends with this request?  Then it does not mind if the connection is closed. */
static bool all_is_read(const struct fastcgi *fastcgi)
{
    const char *length = FCGX_GetParam("CONTENT_LENGTH", fastcgi->request.envp);

    return (!length || !*length || strcmp(length, "0") == 0) &&
           FCGX_GetChar(fastcgi->request.in) == EOF && FCGX_GetError(fastcgi->request.in) == 0;
}

void fastcgi_finish(struct fastcgi *fastcgi)
{
    FCGX_Request *request = &fastcgi->request;

    if (!fastcgi->ended)
        fastcgi_write(&fastcgi->transport, STR(""), true);
    if (!all_is_read(fastcgi)) {
        FCGX_Free(request, 1); /* waits until nginx closes the connection */
        return;
    }
    close(request->ipcFd);
    request->ipcFd = -1;
    FCGX_Free(request, 0);
}
