/* SPDX-License-Identifier: MIT */
/*
 * Reads the headers as what they are.  Only forms whose meaning is certain are accepted, so that no login and no cookie can hide in a form
 * that was not thought of.
 */
#include "redaction/redact_private.h"

#include "base/http_text.h"
#include "base/json.h"

/* Secret whatever the account's rules say; with the CGI forms, which some senders hand on. */
static const struct {
    struct str name;
    enum redact_class class;
} always[] = {
    {STR("authorization"), CLASS_LOGIN},
    {STR("proxy-authorization"), CLASS_LOGIN},
    {STR("cookie"), CLASS_COOKIE},
    {STR("set-cookie"), CLASS_SET_COOKIE},
    {STR("http_authorization"), CLASS_LOGIN},
    {STR("http_proxy_authorization"), CLASS_LOGIN},
    {STR("http_cookie"), CLASS_COOKIE},
    {STR("http_set_cookie"), CLASS_SET_COOKIE},
};
enum { ALWAYS_COUNT = sizeof(always) / sizeof(always[0]) };

/* Their values are URLs. */
static const struct str url_names[] = {
    STR("referer"),        STR("referrer"),      STR("location"),        STR("content-location"),
    STR("x-original-url"), STR("x-rewrite-url"), STR("x-original-uri"),  STR("x-forwarded-uri"),
    STR(":path"),          STR("http_referer"),  STR("x-forwarded-url"), STR("refresh"),
};
enum { URL_NAME_COUNT = sizeof(url_names) / sizeof(url_names[0]) };

struct header {
    enum redact_class class;
    bool is_url;
};

struct reading {
    struct redact_job job;
    struct strbuf name; /* of a JSON string with escapes */
    bool has_hit;       /* somewhere in the headers is something to look at */
};

static struct header header_of(const struct reading *reading, struct str name)
{
    struct header header = {.class = CLASS_NONE};

    if (reading->has_hit) {
        for (size_t i = 0; i < ALWAYS_COUNT; i++)
            if (name.len == always[i].name.len && str_equal_folded(name, always[i].name))
                return (struct header){.class = always[i].class};
        if (redact_has_hit(&reading->job, &(struct redact_view){.text = name}, 0, name.len))
            header.class = redact_name_class(reading->job.redactor, name, PLACE_HEADER);
    }
    for (size_t i = 0; i < URL_NAME_COUNT && header.class == CLASS_NONE; i++)
        if (name.len == url_names[i].len && str_equal_folded(name, url_names[i]))
            header.is_url = true;
    return header;
}

/* Of a header that is not secret itself. */
static void read_value(struct reading *reading, const struct redact_view *view, size_t begin,
                       size_t end, const struct header *header)
{
    struct redact_job *job = &reading->job;

    if (!job->redactor->names)
        return;
    if (header->is_url)
        redact_url(job, view, begin, end);
    else if (reading->has_hit)
        redact_any(job, view, begin, end, PLACE_TEXT);
}

static struct str inside(struct str quoted)
{
    return str_slice(quoted, 1, quoted.len - 2);
}

/* The token of RFC 9110, 5.6.2; in front of it the colon of a pseudo-header (RFC 9113, 8.3). */
static bool is_header_name(struct str name)
{
    if (name.len && name.ptr[0] == ':')
        name = str_slice(name, 1, name.len);
    return http_is_token(name);
}

/* Reads a name, written as a JSON string. */
static bool read_name(struct reading *reading, struct str quoted, struct header *header)
{
    struct str name = inside(quoted);

    if (memchr(name.ptr, '\\', name.len)) {
        strbuf_reset(&reading->name);
        if (json_decode(quoted, &reading->name) != JSON_DECODED)
            return false;
        name = strbuf_str(&reading->name);
    }
    name = str_trim(name);
    if (!is_header_name(name))
        return false;
    *header = header_of(reading, name);
    return true;
}

/* The inside of a string on one line: what it is a value of says which secrets are in it. */
static bool take_text(struct reading *reading, struct str text, const struct header *header)
{
    struct redact_job *job = &reading->job;
    const struct redact_view *view = &job->view;
    size_t begin = (size_t)(text.ptr - view->text.ptr), end = begin + text.len;
    bool escaped = text.len && memchr(text.ptr, '\\', text.len);

    if (text.len == 0)
        return true;
    if (escaped) {
        view = redact_view_json(job, view, begin, end);
        begin = 0;
        end = view->text.len;
    }
    if (header->class != CLASS_NONE) {
        redact_header_value(job, view, begin, end, header->class);
        return true;
    }
    if (!http_is_one_line(redact_range(view, begin, end)))
        return false;
    read_value(reading, view, begin, end, header);
    return true;
}

static bool is_whole(struct reading *reading, struct str quoted)
{
    if (!memchr(quoted.ptr, '\\', quoted.len))
        return true;
    strbuf_reset(&reading->name);
    return json_decode(quoted, &reading->name) == JSON_DECODED;
}

/* A string, a number, a word.  What is neither is accepted of a secret header only, and replaced as a whole. */
static bool take_plain(struct reading *reading, struct json_value value,
                       const struct header *header)
{
    struct redact_job *job = &reading->job;
    size_t begin = (size_t)(value.text.ptr - job->view.text.ptr);

    switch (value.type) {
    case JSON_STRING:
        return (header->class != CLASS_NONE || is_whole(reading, value.text)) &&
               take_text(reading, inside(value.text), header);
    case JSON_NUMBER:
    case JSON_OBJECT:
    case JSON_ARRAY:
        if (header->class != CLASS_NONE)
            redact_replace(job, &job->view, begin, begin + value.text.len, value.text, true);
        return header->class != CLASS_NONE || value.type == JSON_NUMBER;
    default:
        return true;
    }
}

/* A header's value: one, or an array of such. */
static bool take_value(struct reading *reading, struct json_value value,
                       const struct header *header)
{
    struct json_walk walk;
    struct json_value element;
    struct str key;

    if (value.type != JSON_ARRAY)
        return take_plain(reading, value, header);
    json_walk_start(&walk, value);
    while (json_walk_next(&walk, &key, &element))
        if (!take_plain(reading, element, header))
            return false;
    return true;
}

/* {"Name": value, …} */
static bool take_object(struct reading *reading, struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    struct header header;

    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        if (!read_name(reading, key, &header) || !take_value(reading, value, &header))
            return false;
    return true;
}

/* [name, value, …]: all values of one name, as a pair has them, or name and value in turn. */
static bool take_list(struct reading *reading, struct json_value array, bool in_turn)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    struct header header = {.class = CLASS_NONE};
    size_t at = 0;

    json_walk_start(&walk, array);
    while (json_walk_next(&walk, &key, &value)) {
        bool is_name = in_turn ? at % 2 == 0 : at == 0;

        at++;
        if (is_name && (value.type != JSON_STRING || !read_name(reading, value.text, &header)))
            return false;
        if (!is_name && !take_value(reading, value, &header))
            return false;
    }
    return in_turn ? at % 2 == 0 : at > 0;
}

/* Is this member's name, once decoded, `name`? */
static bool is_member(struct reading *reading, struct str key, struct str name)
{
    if (!memchr(key.ptr, '\\', key.len))
        return str_equal_folded(inside(key), name);
    strbuf_reset(&reading->name);
    return json_decode(key, &reading->name) == JSON_DECODED &&
           str_equal_folded(strbuf_str(&reading->name), name);
}

/* {"name": "Cookie", "value": …}, as HAR files write headers: one string called name, all else is value. */
static bool take_named(struct reading *reading, struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    struct header header = {.class = CLASS_NONE};
    size_t names = 0;

    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        if (is_member(reading, key, STR("name")) &&
            (names++ > 0 || value.type != JSON_STRING || !read_name(reading, value.text, &header)))
            return false;
    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        if (!is_member(reading, key, STR("name")) && !take_value(reading, value, &header))
            return false;
    return names == 1;
}

static bool take_array(struct reading *reading, struct json_value array)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, array);
    while (json_walk_next(&walk, &key, &value)) {
        if (value.type == JSON_STRING)
            return take_list(reading, array,
                             true); /* a flat one; anything else in it is refused there */
        if (value.type == JSON_ARRAY ? !take_list(reading, value, false)
                                     : value.type != JSON_OBJECT || !take_named(reading, value))
            return false;
    }
    return true;
}

static bool is_break(char c)
{
    return c == '\r' || c == '\n';
}

/* Cuts a line with its end (CR LF or LF) off `rest`. */
static struct str cut_line(struct str *rest)
{
    struct str line;

    str_next(rest, '\n', &line);
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

static void take_line_value(struct reading *reading, struct str value, const struct header *header)
{
    struct redact_job *job = &reading->job;
    size_t begin = value.len ? (size_t)(value.ptr - job->view.text.ptr) : 0;

    if (header->class != CLASS_NONE)
        redact_header_value(job, &job->view, begin, begin + value.len, header->class);
    else if (value.len)
        read_value(reading, &job->view, begin, begin + value.len, header);
}

/* One line; `header` is the one that it may continue. */
static bool take_line(struct reading *reading, struct str line, bool first, struct header *header)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    struct str name = str_slice(line, 0, colon ? (size_t)(colon - line.ptr) : 0);
    struct str value = str_trim(line);

    if (!http_is_one_line(line))
        return false;
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
        if (first || (colon && is_header_name(str_trim(name)) &&
                      header_of(reading, str_trim(name)).class != CLASS_NONE))
            return false;
        if (header->class == CLASS_LOGIN || header->class == CLASS_SET_COOKIE)
            header->class = CLASS_SECRET; /* no scheme and no name begins here */
    } else {
        if (!colon || !is_header_name(name))
            return false;
        *header = header_of(reading, name);
        value = str_trim(str_slice(line, name.len + 1, line.len));
    }
    take_line_value(reading, value, header);
    return true;
}

/* Lines; blank ones only at the end. */
static bool take_lines(struct reading *reading, struct str text)
{
    struct str rest = text;
    struct header header = {.class = CLASS_NONE};
    bool first = true;

    while (text.len && is_break(text.ptr[text.len - 1]))
        text.len--;
    rest.len = text.len;
    while (rest.len) {
        struct str line = cut_line(&rest);

        if (line.len == 0 || !take_line(reading, line, first, &header))
            return false;
        first = false;
    }
    return true;
}

static bool take(struct reading *reading, struct str headers)
{
    struct json_value value;
    struct json_error error;

    if (!json_read(headers, &value, &error))
        return take_lines(reading, headers);
    if (value.type == JSON_OBJECT)
        return take_object(reading, value);
    return value.type == JSON_ARRAY && take_array(reading, value);
}

bool redact_headers(const struct redactor *redactor, struct arena *arena, struct str headers,
                    struct str *result)
{
    struct reading reading;
    bool known;

    redactor = redactor ? redactor : redactor_builtin();
    redact_start(&reading.job, redactor, arena, headers);
    strbuf_init(&reading.name);
    reading.has_hit = redact_has_hit(&reading.job, &reading.job.view, 0, headers.len);
    known = take(&reading, headers);
    strbuf_release(&reading.name);
    *result = redact_finish(&reading.job);
    return known;
}
