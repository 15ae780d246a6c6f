/* SPDX-License-Identifier: MIT */
/*
 * nginx's access log with a JSON object a line, under the names of nginx's own variables (man/daybook-formats.5 has a log_format).  Every $http_NAME is a
 * header; what has no column stays in extra as it stood.
 */
#define _GNU_SOURCE
#include "intake/access_log.h"

#include "base/json_write.h"
#include "intake/record.h"

static const struct name {
    const char *paths;
    size_t offset;
} names[] = {
#define MEMBER(member, paths)                                                                      \
    {                                                                                              \
        paths, offsetof(struct access_line, member)                                                \
    }
    MEMBER(id, "request_id"),
    MEMBER(time, "msec|time_iso8601|time_local|@timestamp|timestamp|time"),
    MEMBER(request, "request"),
    MEMBER(method, "request_method|method"),
    MEMBER(url, "request_uri|uri"),
    MEMBER(status, "status"),
    MEMBER(user, "remote_user"),
    MEMBER(client_address, "remote_addr"),
    MEMBER(forwarded_for, "http_x_forwarded_for"),
    MEMBER(user_agent, "http_user_agent"),
    MEMBER(trace_id, "trace_id|http_x_b3_traceid|http_x_trace_id"),
    MEMBER(response_bytes, "body_bytes_sent|bytes_sent"),
    MEMBER(seconds, "request_time"),
    MEMBER(request_body, "request_body"),
#undef MEMBER
};
enum { NAME_COUNT = sizeof(names) / sizeof(names[0]) };

static void read_names(const struct record *record, struct access_line *line)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        struct str *text = (struct str *)(void *)((char *)line + names[i].offset);

        *text = record_text(record, names[i].paths);
    }
    if (str_equal(line->request_body, STR("-")))
        line->request_body = (struct str){NULL, 0};
}

/* The trace id in `traceparent`: 00-TRACE-PARENT-FLAGS. */
static struct str trace_of(const struct record *record)
{
    enum { TRACE_AT = 3, TRACE_DIGITS = 32 };
    struct str parent = record_text(record, "http_traceparent");

    return parent.len >= TRACE_AT + TRACE_DIGITS && parent.ptr[2] == '-'
               ? str_slice(parent, TRACE_AT, TRACE_DIGITS)
               : (struct str){NULL, 0};
}

static bool is_listed(struct str name)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        struct str path, rest = str_from(names[i].paths);

        while (str_next(&rest, '|', &path))
            if (str_equal_folded(path, name))
                return true;
    }
    return false;
}

/* Where the query stands without the path. */
static const char args_paths[] = "args|query_string";

static bool is_args(struct str name)
{
    return str_equal_folded(name, STR("args")) || str_equal_folded(name, STR("query_string"));
}

/* Puts the query behind a path that was logged without it.  True when it stands in the URL, and need not be kept beside it. */
static bool take_args(const struct record *record, struct access_line *line)
{
    struct str args = record_text(record, args_paths);
    struct str query = arena_printf(record->arena, "?%.*s", STR_ARG(args));
    struct str target = line->request.len ? line->request : line->url;

    if (args.len == 0 || str_equal(args, STR("-")) ||
        (target.len && memmem(target.ptr, target.len, query.ptr, query.len)))
        return true;
    if (line->request.len || line->url.len == 0 || memchr(line->url.ptr, '?', line->url.len))
        return false;
    line->url = arena_printf(record->arena, "%.*s%.*s", STR_ARG(line->url), STR_ARG(query));
    return true;
}

/* $cookie_NAME is one of the cookies in a header. */
static bool add_cookie(const struct intake *intake, struct strbuf *headers, struct str member,
                       struct str value)
{
    static const struct str prefix = STR("cookie_");
    struct str name = str_slice(member, prefix.len, member.len);

    if (name.len == 0 || !str_starts_folded(member, prefix))
        return false;
    if (value.len && !str_equal(value, STR("-")))
        access_log_header(intake, headers, STR("Cookie"),
                          arena_printf(intake->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
    return true;
}

/* "user-agent" of "http_user_agent"; false for what is no header. */
static bool add_header(const struct intake *intake, struct strbuf *headers, struct str member,
                       struct str value)
{
    static const struct str prefix = STR("http_");
    struct str name = str_slice(member, prefix.len, member.len);
    char *dashed = arena_alloc(intake->arena, name.len + 1);

    if (!str_starts_folded(member, prefix))
        return false;
    for (size_t i = 0; i < name.len; i++)
        dashed[i] = name.ptr[i] == '_' ? '-' : name.ptr[i];
    return access_log_header(intake, headers, (struct str){dashed, name.len}, value);
}

static void split_members(const struct intake *intake, struct json_value object, bool has_args,
                          struct access_line *line)
{
    struct strbuf headers, extra;
    struct json_walk walk;
    struct json_value value;
    struct str key;

    strbuf_init(&headers);
    strbuf_init(&extra);
    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value)) {
        struct str name = record_text_of(intake->arena, (struct json_value){JSON_STRING, key});
        struct str text = record_text_of(intake->arena, value);

        if (add_header(intake, &headers, name, text) || add_cookie(intake, &headers, name, text) ||
            is_listed(name) || (has_args && is_args(name)))
            continue;
        strbuf_add_cstr(&extra, extra.len ? ", " : "");
        strbuf_add(&extra, key);
        strbuf_add_cstr(&extra, ": ");
        strbuf_add(&extra, value.text);
    }
    line->headers = access_log_headers_end(intake, &headers);
    line->extra = arena_copy(intake->arena, strbuf_str(&extra));
    strbuf_release(&extra);
    strbuf_release(&headers);
}

bool format_nginx_json_read(const struct intake *intake, const struct format_record *record,
                            struct format_item *item, struct intake_complaint *complaint)
{
    struct access_line line = {.format = "nginx-json"};
    struct record open;
    bool has_args;

    record_open(&open, intake->arena, record->whole);
    read_names(&open, &line);
    if (line.trace_id.len == 0)
        line.trace_id = trace_of(&open);
    has_args = take_args(&open, &line);
    split_members(intake, record->whole, has_args, &line);
    return access_log_read(intake, &line, item, complaint);
}
