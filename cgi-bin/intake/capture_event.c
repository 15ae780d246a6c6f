/* SPDX-License-Identifier: MIT */
/* What the members of a line mean: the event, and in its `extra` all that has no column. */
#include "intake/capture_private.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/parse.h"
#include "base/utf8.h"

enum {
    ID_MAX = 200, /* with EVENT_CAPTURED in front it is a key */
    METHOD_MAX = 32,
    URL_MAX = 65535,
    AGENT_MAX = 65535,
    SHORT_MAX = 255,
    FORWARDED_MAX = 4096,
    STATUS_UNAUTHORIZED = 401,
    STATUS_TOO_LARGE = 413,
    STATUS_CLIENT_LEFT = 499,
};

/* A call in the making. */
struct making {
    struct arena *arena;
    const struct capture_line *line;
    const struct capture_headers *headers;
    struct event *event;
    struct strbuf cut, latin1; /* JSON arrays of field names, not closed yet */
};

/* ---- Numbers ---- */

/* Seconds with three digits behind the point, as nginx writes them. */
static bool read_seconds(struct str text, uint64_t *ms)
{
    enum { DIGITS = 3 };
    uint64_t seconds, rest;
    size_t point;

    if (text.len < DIGITS + 2)
        return false;
    point = text.len - DIGITS - 1;
    if (text.ptr[point] != '.' ||
        !parse_u64(str_slice(text, 0, point), 0, (uint64_t)CLOCK_MAX_MS / 1000 - 1, &seconds) ||
        !parse_u64(str_slice(text, point + 1, DIGITS), 0, 999, &rest))
        return false;
    *ms = seconds * 1000 + rest;
    return true;
}

static bool read_times(const struct capture_line *line, struct capture_call *call)
{
    uint64_t written, took;

    if (!read_seconds(line->msec, &written) || !read_seconds(line->time, &took))
        return false;
    call->written_ms = (int64_t)written;
    call->event.has_time = true;
    call->event.occurred_ms = took < written ? (int64_t)(written - took) : 0;
    call->event.has_response_time = true;
    call->event.response_time_ms = took < UINT32_MAX ? (uint32_t)took : UINT32_MAX;
    return true;
}

static uint64_t number(struct str text)
{
    uint64_t value = 0;

    parse_u64(text, 0, INT64_MAX, &value);
    return value;
}

static unsigned status_of(struct str text)
{
    uint64_t status = 0;

    parse_u64(text, EVENT_STATUS_MIN, EVENT_STATUS_MAX, &status);
    return (unsigned)status;
}

/* ---- Texts ---- */

static struct str first_of(struct str a, struct str b)
{
    return a.len ? a : b;
}

static void note_name(struct strbuf *names, const char *name)
{
    strbuf_add_char(names, names->len ? ',' : '[');
    json_append_string(names, str_from(name));
}

/* A field of the event: as text, not longer than the store takes it; what was done to it is noted. */
static struct str field(struct making *making, const char *name, struct str bytes, size_t max)
{
    bool is_latin1 = false;
    struct str text = capture_text(making->arena, bytes, &is_latin1);

    if (is_latin1)
        note_name(&making->latin1, name);
    if (text.len <= max)
        return text;
    note_name(&making->cut, name);
    return utf8_cut(text, max);
}

/* ---- The request ---- */

/*
 * Method and URL.  The method is the word in the request line: nginx's own variable says GET once it has gone on to an error page.
 * Of a line that nginx did not understand, such as one with %00 in it, as much is taken as can be.
 */
static struct str split_request(const struct capture_line *line, struct str *url)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
    struct str rest = line->request, word = {NULL, 0};
    const char *end;

    *url = first_of(line->uri, line->request);
    if (!str_next(&rest, ' ', &word) || word.len == 0 || rest.len == 0)
        return line->uri.len ? line->method : (struct str){NULL, 0};
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] == '\0' || !strchr(letters, word.ptr[i]))
            return line->uri.len ? line->method : (struct str){NULL, 0};
    if (line->uri.len)
        return word;
    end = memrchr(rest.ptr, ' ', rest.len);
    *url = end && str_starts(str_slice(rest, (size_t)(end - rest.ptr), rest.len), STR(" HTTP/"))
               ? str_slice(rest, 0, (size_t)(end - rest.ptr))
               : rest;
    return word;
}

bool capture_is_known_method(struct str method)
{
    static const char *const known[] = {"GET",       "POST",  "PUT",     "PATCH",  "DELETE",
                                        "HEAD",      "QUERY", "OPTIONS", "TRACE",  "CONNECT",
                                        "COPY",      "LOCK",  "MKCOL",   "MOVE",   "PROPFIND",
                                        "PROPPATCH", "PURGE", "REPORT",  "SEARCH", "UNLOCK"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (str_equal(method, str_from(known[i])))
            return true;
    return false;
}

static void set_request(struct making *making)
{
    const struct capture_line *line = making->line;
    struct event *event = making->event;
    bool is_latin1 = false;
    struct str url, method = split_request(line, &url);

    event->method = field(making, "method", method, METHOD_MAX);
    event->action = capture_is_known_method(event->method)
                        ? arena_printf(making->arena, "%.*s (unmatched)", STR_ARG(event->method))
                        : STR("(unmatched)");
    event->url = field(making, "url", url, URL_MAX);
    event->query = capture_query(making->arena, url, &is_latin1);
    if (is_latin1)
        note_name(&making->latin1, "query");
    event->headers = making->headers->json;
    event->body = line->body;
    event->body_bytes = number(line->content_length);
    if (event->body_bytes < event->body.len)
        event->body_bytes = event->body.len;
}

/* Why the body is not whole; NULL when it is. */
static const char *body_trouble(const struct making *making)
{
    const struct capture_line *line = making->line;
    const struct event *event = making->event;
    bool by_front = line->upstream_status.len == 0;
    bool is_missing = event->body_bytes > event->body.len ||
                      (making->headers->is_chunked && by_front && event->body.len == 0);

    if (by_front && event->status == STATUS_TOO_LARGE)
        return "The front refused the body as too large, so it was not kept.";
    if (line->body_file.len && event->body.len == 0)
        return "The body did not fit into the front's buffer, so it was not kept.";
    if (!is_missing)
        return NULL;
    return line->completion.len == 0 || event->body.len
               ? "The client left before all of the body had arrived."
               : "The front answered or went on without reading the body, so it was not kept.";
}

/* ---- Who, and from where ---- */

/* With 401 nobody has believed what the client said of itself; what the API says is its own. */
static struct str claimed_user(const struct making *making)
{
    struct str claim = first_of(making->line->set_user, making->line->basic_user);
    bool is_believed = making->event->status != STATUS_UNAUTHORIZED || making->line->api_user.len;

    return is_believed ? (struct str){NULL, 0} : claim;
}

static void set_caller(struct making *making)
{
    const struct capture_line *line = making->line;
    struct event *event = making->event;

    if (claimed_user(making).len == 0)
        event->user = field(making, "user",
                            first_of(line->api_user, first_of(line->set_user, line->basic_user)),
                            EVENT_NAME_MAX);
    event->source = capture_source(line, making->headers);
    event->client_address = field(making, "client_address", line->client, SHORT_MAX);
    event->forwarded_for = field(making, "forwarded_for", line->forwarded, FORWARDED_MAX);
    event->user_agent =
        field(making, "user_agent", first_of(making->headers->user_agent, line->agent), AGENT_MAX);
    event->request_id =
        first_of(field(making, "request_id", making->headers->request_id, SHORT_MAX), line->id);
    event->trace_id = field(making, "trace_id", making->headers->trace_id, SHORT_MAX);
}

/* ---- The answer ---- */

static struct str bytes_of_hex(struct arena *arena, struct str hex)
{
    char *out = arena_alloc(arena, hex.len / 2 + 1);
    size_t len = 0;

    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        int high = parse_hex_digit(hex.ptr[i]), low = parse_hex_digit(hex.ptr[i + 1]);

        if (high < 0 || low < 0)
            break;
        out[len++] = (char)(high << 4 | low);
    }
    return (struct str){out, len};
}

static void set_response(struct making *making)
{
    struct event *event = making->event;

    event->status = status_of(making->line->status);
    event->has_response_bytes = parse_u64(making->line->sent, 0, INT64_MAX, &event->response_bytes);
    event->response_body_head = bytes_of_hex(making->arena, making->line->head);
}

/* ---- Extra ---- */

static void write_field(struct making *making, struct strbuf *out, const char *name,
                        struct str bytes)
{
    json_write_text(out, name, field(making, name, bytes, URL_MAX));
}

static void write_true(struct strbuf *out, const char *name, bool holds)
{
    json_write_value(out, name, holds ? STR("true") : (struct str){NULL, 0});
}

static void write_names(struct strbuf *out, const char *name, struct strbuf *names)
{
    if (names->len)
        strbuf_add_char(names, ']');
    json_write_value(out, name, strbuf_str(names));
}

static void write_answer(struct making *making, struct strbuf *out)
{
    const struct capture_line *line = making->line;
    const struct event *event = making->event;
    bool is_broken = line->completion.len == 0;

    if (line->upstream_status.len == 0)
        json_write_text(out, "answered_by", STR("front"));
    else if (!str_equal(line->upstream_status, line->status))
        write_field(making, out, "upstream_status", line->upstream_status);
    write_true(out, "aborted",
               is_broken && (event->status >= 400 || event->status == 0) && event->status < 500);
    write_true(out, "incomplete_response",
               is_broken && (event->status >= 500 || (event->status && event->status < 400)));
    json_write_text(out, "body", str_from(body_trouble(making)));
    write_field(making, out, "location", line->location);
    write_field(making, out, "response_encoding", line->encoding);
}

static struct str extra_of(struct making *making)
{
    const struct capture_line *line = making->line;
    struct strbuf out;
    struct str text = {NULL, 0};

    strbuf_init(&out);
    strbuf_add_char(&out, '{');
    write_answer(making, &out);
    if (!str_equal(line->peer, line->client))
        write_field(making, &out, "peer_address", line->peer);
    json_write_text(&out, "claimed_user",
                    field(making, "claimed_user", claimed_user(making), EVENT_NAME_MAX));
    if (!making->headers->known && line->agent.len == 0)
        json_write_text(&out, "headers", STR("The front could not give the headers."));
    json_write_value(&out, "odd_headers", making->headers->odd);
    json_write_value(&out, "latin1_headers", making->headers->latin1);
    write_names(&out, "latin1", &making->latin1);
    write_names(&out, "cut", &making->cut);
    strbuf_add_char(&out, '}');
    if (out.len > sizeof("{}") - 1)
        text = arena_copy(making->arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}

/* ---- All of it ---- */

static void set_for_rules(const struct making *making, struct capture_call *call)
{
    const struct capture_line *line = making->line;
    bool is_latin1;

    call->account =
        capture_text(making->arena, first_of(line->api_account, line->set_account), &is_latin1);
    call->request_type = making->headers->content_type;
    call->response_type = capture_text(making->arena, line->type, &is_latin1);
    if (!parse_u64(line->api_token, 1, UINT32_MAX, &call->token_id))
        call->token_id = 0;
    if (!parse_u64(line->api_refused, 1, UINT32_MAX, &call->refused_id))
        call->refused_id = 0;
    call->done = line->api_done;
    call->encoding = capture_text(making->arena, line->encoding, &is_latin1);
    call->location = capture_text(making->arena, line->location, &is_latin1);
    call->raw_headers = line->headers;
    call->has_whole_body = !body_trouble(making);
}

bool capture_make_call(const struct intake *intake, const struct capture_line *line,
                       struct capture_call *call)
{
    struct capture_headers headers;
    struct making making = {
        .arena = intake->arena, .line = line, .headers = &headers, .event = &call->event};

    *call = (struct capture_call){.event = {.kind = EVENT_KIND_EVENT}};
    if (line->id.len == 0 || line->id.len > ID_MAX || !utf8_is_text(line->id) ||
        !read_times(line, call))
        return false;
    capture_read_headers(intake->arena, line->headers, &headers);
    strbuf_init(&making.cut);
    strbuf_init(&making.latin1);
    call->event.idempotency_key =
        arena_printf(intake->arena, EVENT_CAPTURED "%.*s", STR_ARG(line->id));
    set_response(&making);
    set_request(&making);
    set_caller(&making);
    set_for_rules(&making, call);
    call->event.extra = extra_of(&making);
    strbuf_release(&making.latin1);
    strbuf_release(&making.cut);
    return true;
}
