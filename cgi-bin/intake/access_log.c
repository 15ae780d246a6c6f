/* SPDX-License-Identifier: MIT */
/* A line of an access log is a call that was captured by somebody else: it is completed as captured calls are. */
#include "intake/access_log.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "intake/capture_complete.h"
#include "intake/capture_parts.h"

enum {
    SHORT_MAX = 255,
    LONG_BYTES_MAX = 65535,
    FORWARDED_MAX = 4096,
    METHOD_MAX = 32,
    STATUS_UNAUTHORIZED = 401
};

/* "-" is what servers write for nothing. */
static struct str text_of(const struct intake *intake, struct str bytes, size_t max)
{
    bool is_latin1 = false;

    if (str_equal(bytes, STR("-")))
        return (struct str){NULL, 0};
    return utf8_cut(capture_text(intake->arena, bytes, &is_latin1), max);
}

void access_log_write(const struct intake *intake, struct strbuf *object, const char *name,
                      struct str bytes)
{
    json_write_text(object, name, text_of(intake, bytes, LONG_BYTES_MAX));
}

static bool is_header_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '-')
            return false;
    }
    return name.len > 0;
}

/* A header's value stands on one line; what a log says of another kind is not lost. */
static struct str on_one_line(const struct intake *intake, struct str text)
{
    char *bytes = arena_alloc(intake->arena, text.len + 1);

    for (size_t i = 0; i < text.len; i++)
        bytes[i] = text.ptr[i] == '\r' || text.ptr[i] == '\n' ? ' ' : text.ptr[i];
    return (struct str){bytes, text.len};
}

bool access_log_header(const struct intake *intake, struct strbuf *headers, struct str name,
                       struct str bytes)
{
    struct str value = text_of(intake, bytes, LONG_BYTES_MAX);

    if (!is_header_name(name))
        return false;
    if (value.len == 0)
        return true;
    strbuf_add_cstr(headers, headers->len ? ", [" : "[[");
    json_append_string(headers, name);
    strbuf_add_cstr(headers, ", ");
    json_append_string(headers, on_one_line(intake, value));
    strbuf_add_char(headers, ']');
    return true;
}

struct str access_log_headers_end(const struct intake *intake, struct strbuf *headers)
{
    if (headers->len)
        strbuf_add_char(headers, ']');
    return arena_copy(intake->arena, strbuf_str(headers));
}

static bool is_method(struct str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z') && word.ptr[i] != '-' && word.ptr[i] != '_')
            return false;
    return word.len > 0;
}

static struct str without_protocol(struct str target)
{
    const char *space = target.len ? memrchr(target.ptr, ' ', target.len) : NULL;
    size_t len = space ? (size_t)(space - target.ptr) : 0;

    return space && str_starts(str_slice(target, len, target.len), STR(" HTTP/"))
               ? str_slice(target, 0, len)
               : target;
}

/* What is no request line, such as the first bytes of TLS, is a URL as far as anything is. */
static void split_request(const struct access_line *line, struct str *method, struct str *url)
{
    struct str word = {NULL, 0}, rest = line->request;

    *method = line->method;
    *url = line->url;
    if (line->request.len == 0 || str_equal(line->request, STR("-")))
        return;
    if (str_next(&rest, ' ', &word) && is_method(word) && rest.len) {
        *method = word;
        *url = without_protocol(rest);
    } else if (line->url.len == 0) {
        *url = line->request;
    }
}

static void set_request(const struct intake *intake, const struct access_line *line,
                        struct event *event)
{
    bool is_latin1 = false;
    struct str method, url;

    split_request(line, &method, &url);
    event->method = text_of(intake, method, METHOD_MAX);
    event->action = capture_is_known_method(event->method)
                        ? arena_printf(intake->arena, "%.*s (unmatched)", STR_ARG(event->method))
                        : STR("(unmatched)");
    event->url = text_of(intake, url, LONG_BYTES_MAX);
    event->query = capture_query(intake->arena, event->url, &is_latin1);
    event->headers = line->headers;
    event->body = line->request_body;
    event->body_bytes = event->body.len;
}

static void set_caller(const struct intake *intake, const struct access_line *line,
                       struct event *event)
{
    event->client_address = text_of(intake, line->client_address, SHORT_MAX);
    event->forwarded_for = text_of(intake, line->forwarded_for, FORWARDED_MAX);
    event->user_agent = text_of(intake, line->user_agent, LONG_BYTES_MAX);
    event->request_id = text_of(intake, line->id, SHORT_MAX);
    event->trace_id = text_of(intake, line->trace_id, SHORT_MAX);
}

/* With 401 nobody has believed what the client said of itself. */
static void set_user(const struct intake *intake, const struct access_line *line,
                     struct event *event)
{
    struct str user = text_of(intake, line->user, EVENT_NAME_MAX);
    bool is_believed = event->status != STATUS_UNAUTHORIZED;
    struct strbuf extra;

    strbuf_init(&extra);
    strbuf_add_char(&extra, '{');
    if (is_believed)
        event->user = user;
    else
        json_write_text(&extra, "claimed_user", user);
    if (line->extra.len)
        strbuf_add_cstr(&extra, extra.len > 1 ? ", " : "");
    strbuf_add(&extra, line->extra);
    strbuf_add_char(&extra, '}');
    if (extra.len > sizeof("{}") - 1)
        event->extra = arena_copy(intake->arena, strbuf_str(&extra));
    strbuf_release(&extra);
}

static void set_response(const struct access_line *line, struct event *event)
{
    uint64_t status = 0;
    int64_t took;

    parse_u64(line->status, EVENT_STATUS_MIN, EVENT_STATUS_MAX, &status);
    event->status = (unsigned)status;
    event->has_response_bytes =
        parse_u64(line->response_bytes, 0, INT64_MAX, &event->response_bytes);
    if (clock_parse_logged(line->seconds, &took) && took <= UINT32_MAX) {
        event->has_response_time = true;
        event->response_time_ms = (uint32_t)took;
    }
}

static bool complain(struct intake_complaint *complaint, struct str field, struct str sentence)
{
    complaint->field = field;
    complaint->sentence = sentence;
    return false;
}

/* By a digest of what is stored, for a log without ids of requests. */
static struct str what_is_same(const struct intake *intake, const struct event *event)
{
    return arena_printf(intake->arena, "%.*s\n%.*s\n%u", STR_ARG(event->method),
                        STR_ARG(event->url), event->status);
}

bool access_log_read(const struct intake *intake, const struct access_line *line,
                     struct format_item *item, struct intake_complaint *complaint)
{
    struct capture_call call = {.event = {.kind = EVENT_KIND_EVENT}};
    struct event *event = &call.event;
    enum capture_verdict verdict;

    event->has_time = clock_parse_logged(line->time, &event->occurred_ms);
    if (!event->has_time)
        return complain(complaint, STR("time"),
                        STR("This is no line of such an access log: it has no time that can be "
                            "read."));
    set_response(line, event);
    set_request(intake, line, event);
    if (event->status == 0 && event->url.len == 0)
        return complain(complaint, STR("status"),
                        STR("This is no line of such an access log: it has neither a status nor a "
                            "request."));
    set_caller(intake, line, event);
    set_user(intake, line, event);
    format_key_start(intake->arena, line->format, event->request_id, event);
    verdict = capture_complete(intake, intake->operations, NULL, &call, complaint);
    item->event = call.event;
    item->is_left_out = verdict == CAPTURE_DROP;
    if (verdict != CAPTURE_REFUSE && verdict != CAPTURE_DROP)
        format_key_finish(intake->arena, what_is_same(intake, event), &item->event);
    return verdict != CAPTURE_REFUSE;
}
