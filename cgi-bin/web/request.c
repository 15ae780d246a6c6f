/* SPDX-License-Identifier: MIT */
/* Turns CGI variables into a struct request and reads the body.  Believes no length. */
#define _GNU_SOURCE
#include "web/request.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "base/parse.h"
#include "web/transport.h"

enum { ID_MAX_BYTES = 63, BODY_FIRST_BYTES = 16 * 1024 };

static const struct {
    enum request_method method;
    const char *name;
} methods[] = {
    {METHOD_GET, "GET"},
    {METHOD_HEAD, "HEAD"},
    {METHOD_POST, "POST"},
    {METHOD_OPTIONS, "OPTIONS"},
};
enum { METHOD_COUNT = sizeof(methods) / sizeof(methods[0]) };

const char *request_method_name(enum request_method method)
{
    for (int i = 0; i < METHOD_COUNT; i++)
        if (methods[i].method == method)
            return methods[i].name;
    return "other";
}

static enum request_method parse_method(struct str name)
{
    for (int i = 0; i < METHOD_COUNT; i++)
        if (str_equal(name, str_from(methods[i].name)))
            return methods[i].method;
    return METHOD_OTHER;
}

static bool is_usable_id(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-'))
            return false;
    }
    return id.len > 0 && id.len <= ID_MAX_BYTES;
}

static struct str random_id(struct arena *arena)
{
    uint64_t random[2];
    ssize_t len = getrandom(random, sizeof(random), 0);

    assert(len == sizeof(random)); /* so few bytes are never cut short */
    return arena_printf(arena, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
}

/* `raw` when a link may lead there: a path of this site, or another site's address. */
static struct str usable_link(struct str raw)
{
    static const struct str https = STR("https://");
    bool is_path = raw.len > 0 && raw.ptr[0] == '/' &&
                   (raw.len == 1 || (raw.ptr[1] != '/' && raw.ptr[1] != '\\'));

    if (!is_path && !(str_starts(raw, https) && raw.len > https.len))
        return STR("");
    for (size_t i = 0; i < raw.len; i++)
        if (raw.ptr[i] <= ' ' || raw.ptr[i] > '~')
            return STR("");
    return raw;
}

void request_start(struct request *request, struct arena *arena, struct transport *transport,
                   bool accepts_body)
{
    struct str raw_length = str_from(transport->env(transport, "CONTENT_LENGTH"));
    struct str raw_id = str_from(transport->env(transport, "REQUEST_ID"));

    *request = (struct request){
        .arena = arena,
        .method = parse_method(str_from(transport->env(transport, "REQUEST_METHOD"))),
        .path = str_from(transport->env(transport, "PATH_INFO")),
        .query = str_from(transport->env(transport, "QUERY_STRING")),
        .remote_user = str_from(transport->env(transport, "REMOTE_USER")),
        .sign_out = usable_link(str_from(transport->env(transport, "SIGN_OUT"))),
        .authorization = str_from(transport->env(transport, "HTTP_AUTHORIZATION")),
        .cookie = str_from(transport->env(transport, "HTTP_COOKIE")),
        .content_type = str_from(transport->env(transport, "CONTENT_TYPE")),
        .remote_address = str_from(transport->env(transport, "REMOTE_ADDR")),
        .host = str_from(transport->env(transport, "HTTP_HOST")),
        .origin = str_from(transport->env(transport, "HTTP_ORIGIN")),
        .fetch_site = str_from(transport->env(transport, "HTTP_SEC_FETCH_SITE")),
        .id = is_usable_id(raw_id) ? raw_id : random_id(arena),
        .has_content_length = raw_length.len > 0,
        .transport = accepts_body ? transport : NULL,
        .variables = transport,
    };
    if (!parse_u64(raw_length, 0, UINT64_MAX, &request->content_length))
        request->content_length = UINT64_MAX;
}

struct str request_cookie(const struct request *request, struct str name)
{
    struct str rest = request->cookie, pair;

    while (str_next(&rest, ';', &pair)) {
        pair = str_trim(pair);
        if (str_starts(pair, name) && pair.len > name.len && pair.ptr[name.len] == '=')
            return str_slice(pair, name.len + 1, pair.len);
    }
    return STR("");
}

/* nginx gives what CGI names without HTTP_ with it as well, in its place among the others. */
static bool is_given_again(struct transport *variables, struct str variable)
{
    const char *again = str_equal(variable, STR("CONTENT_TYPE"))     ? "HTTP_CONTENT_TYPE"
                        : str_equal(variable, STR("CONTENT_LENGTH")) ? "HTTP_CONTENT_LENGTH"
                                                                     : NULL;

    return again && str_from(variables->env(variables, again)).len > 0;
}

/* The name of the header in a variable such as HTTP_X_ID or CONTENT_TYPE; false when it is another variable. */
static bool header_name(struct arena *arena, struct str variable, struct str *name)
{
    static const struct str prefix = STR("HTTP_");
    char *out;

    if (str_starts(variable, prefix))
        variable = str_slice(variable, prefix.len, variable.len);
    else if (!str_equal(variable, STR("CONTENT_TYPE")) &&
             !str_equal(variable, STR("CONTENT_LENGTH")))
        return false;
    out = arena_alloc(arena, variable.len + 1);
    str_fold(variable, out);
    for (size_t i = 0; i < variable.len; i++)
        if (out[i] == '_')
            out[i] = '-';
    *name = (struct str){out, variable.len};
    return variable.len > 0;
}

struct request_header *request_headers(const struct request *request, size_t *count)
{
    char *const *variables = request->variables->all(request->variables);
    struct request_header *headers = NULL;
    size_t capacity = 0;

    *count = 0;
    for (; *variables; variables++) {
        struct str value = str_from(*variables), variable, name;

        if (!str_next(&value, '=', &variable) || !header_name(request->arena, variable, &name) ||
            value.len == 0 || is_given_again(request->variables, variable))
            continue;
        headers = arena_grow(request->arena, headers, *count, &capacity, sizeof(*headers));
        headers[(*count)++] = (struct request_header){name, value};
    }
    return headers;
}

size_t request_segments(const struct request *request, struct str *segments, size_t max)
{
    struct str rest = request->path;
    size_t count = 0;

    if (rest.len == 0 || rest.ptr[0] != '/')
        return max + 1;
    while (rest.len) { /* it begins with a slash */
        struct str after = str_slice(rest, 1, rest.len);
        const char *slash = after.len ? memchr(after.ptr, '/', after.len) : NULL;
        size_t len = slash ? (size_t)(slash - after.ptr) : after.len;

        if (count == max)
            return max + 1;
        segments[count++] = str_slice(after, 0, len);
        rest = str_slice(after, len, after.len);
    }
    return count;
}

bool request_is_from_here(const struct request *request)
{
    struct str origin = request->origin, scheme;

    if (request->fetch_site.len)
        return str_equal(request->fetch_site, STR("same-origin"));
    if (origin.len == 0)
        return true;
    return str_next(&origin, ':', &scheme) && str_starts(origin, STR("//")) &&
           str_equal(str_slice(origin, 2, origin.len), request->host);
}

bool request_says_from_here(const struct request *request)
{
    return (request->fetch_site.len || request->origin.len) && request_is_from_here(request);
}

/* Reads until `size` bytes are there or the body ends.  How many, or -1. */
static ssize_t read_full(struct transport *transport, char *out, size_t size)
{
    size_t len = 0;

    while (len < size) {
        ssize_t more = transport->read(transport, out + len, size - len);

        if (more < 0)
            return -1;
        if (more == 0)
            break;
        len += (size_t)more;
    }
    return (ssize_t)len;
}

static enum request_body read_declared(struct request *request, size_t length, struct str *body)
{
    char *bytes = arena_alloc(request->arena, length + 1); /* one more, to see that it goes on */
    ssize_t len = read_full(request->transport, bytes, length + 1);

    if (len < 0 || (size_t)len != length)
        return REQUEST_BODY_BROKEN;
    *body = (struct str){bytes, length};
    return REQUEST_BODY_READ;
}

static enum request_body read_to_end(struct request *request, size_t max, struct str *body)
{
    size_t capacity = BODY_FIRST_BYTES, len = 0;
    char *bytes = arena_alloc(request->arena, capacity);

    for (;;) {
        ssize_t more = read_full(request->transport, bytes + len, capacity - len);
        char *larger;

        if (more < 0)
            return REQUEST_BODY_BROKEN;
        len += (size_t)more;
        if (len > max)
            return REQUEST_BODY_TOO_LARGE;
        if (len < capacity)
            break;
        larger = arena_alloc(request->arena, 2 * capacity);
        memcpy(larger, bytes, len);
        bytes = larger;
        capacity *= 2;
    }
    *body = (struct str){bytes, len};
    return REQUEST_BODY_READ;
}

enum request_body request_read_body(struct request *request, size_t max, struct str *body)
{
    assert(request->transport && max < SIZE_MAX / 4);
    if (!request->has_content_length)
        return read_to_end(request, max, body);
    if (request->content_length > max)
        return REQUEST_BODY_TOO_LARGE;
    return read_declared(request, (size_t)request->content_length, body);
}
