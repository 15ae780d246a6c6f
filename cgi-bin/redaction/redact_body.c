/* SPDX-License-Identifier: MIT */
/* A request's body: a form in either encoding, or whatever it is; and what that is by its first byte. */
#define _GNU_SOURCE
#include "redaction/redact_private.h"

enum { HEAD_MAX = 4096 }; /* of the headers of one part */

static bool contains(struct str text, struct str folded)
{
    return str_contains_folded(text, folded);
}

/* Nothing but pairs: a key, and no white space, quote or bracket anywhere in the beginning. */
static bool looks_like_pairs(struct str body)
{
    enum { LOOKED_AT = 1024 };
    struct str head = str_slice(body, 0, LOOKED_AT);
    bool key = false;

    for (size_t i = 0; i < head.len; i++) {
        if (head.ptr[i] == '=' && i > 0)
            key = true;
        if (head.ptr[i] == '\0' || strchr(" \t\r\n<>\"{}\\", head.ptr[i]))
            return key && i + 2 >= body.len && i > 0 && strchr("\r\n", head.ptr[i]);
        if (!key && strchr(":/;,", head.ptr[i]))
            return false;
    }
    return key;
}

/* ---- multipart/form-data ---- */

/* The value of the parameter `name` of Content-Disposition. */
static struct str part_name(struct str head)
{
    static const struct str name = STR("name=");

    for (size_t at = 1; at + name.len <= head.len; at++) {
        struct str value = str_slice(head, at, head.len);
        const char *end;

        if (!strchr(" ;\t", head.ptr[at - 1]) || !str_starts_folded(value, name))
            continue; /* filename= */
        value = str_slice(value, name.len, value.len);
        if (value.len && value.ptr[0] == '"') {
            value = str_slice(value, 1, value.len);
            end = memchr(value.ptr, '"', value.len);
            return str_slice(value, 0, end ? (size_t)(end - value.ptr) : value.len);
        }
        for (size_t i = 0; i < value.len; i++)
            if (value.ptr[i] == ';' || value.ptr[i] == '\r' || value.ptr[i] == '\n')
                return str_slice(value, 0, i);
        return value;
    }
    return (struct str){NULL, 0};
}

/* Where the headers of the part in [begin, end) end and its content begins; `end` when they do not. */
static size_t content_of(struct str text, size_t begin, size_t end)
{
    struct str head = str_slice(text, begin, end - begin > HEAD_MAX ? HEAD_MAX : end - begin);
    const char *blank = head.len ? memmem(head.ptr, head.len, "\r\n\r\n", 4) : NULL;
    size_t sign = 4;

    if (!blank) {
        blank = head.len ? memmem(head.ptr, head.len, "\n\n", 2) : NULL;
        sign = 2;
    }
    return blank ? (size_t)(blank - text.ptr) + sign : end;
}

/* Does it name a secret?  Then `is_named` is true when all parts are read once more. */
static bool take_part(struct redact_job *job, const struct redact_view *view, size_t begin,
                      size_t end, bool is_named)
{
    size_t content = content_of(view->text, begin, end);
    struct str name = part_name(redact_range(view, begin, content));
    enum redact_role role = redact_json_role(name);
    enum redact_class class = redact_name_class(job->redactor, name, PLACE_QUERY);

    if (is_named && role == ROLE_VALUE)
        class = CLASS_SECRET;
    if (content == end)
        redact_text(job, view, begin, end);
    else if (class == CLASS_NONE)
        redact_any(job, view, content, end, PLACE_TEXT);
    else
        redact_value(job, view, content, end, class);
    return role == ROLE_NAME && end - content <= REDACT_NAME_MAX &&
           redact_name_class(job->redactor, redact_range(view, content, end), PLACE_TEXT) !=
               CLASS_NONE;
}

/* Does a line that begins a part stand here, with the part's headers below it?  Of the first line it is enough that it looks so. */
static bool is_boundary(struct str line, struct str rest, bool is_first)
{
    return line.len >= 3 && str_starts(line, STR("--")) &&
           (is_first || str_starts_folded(rest, STR("content-")));
}

/* The line in front of the first part, from -- on; what stands before it is read by nobody.  Empty when it is no body in parts. */
static struct str boundary_of(struct str body)
{
    struct str rest = str_slice(body, 0, HEAD_MAX), line;
    bool is_first = true;

    if (!contains(rest, STR("content-disposition")))
        return (struct str){NULL, 0};
    while (str_next(&rest, '\n', &line)) {
        while (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (is_boundary(line, rest, is_first))
            return line;
        is_first = false;
    }
    return (struct str){NULL, 0};
}

static bool read_parts(struct redact_job *job, const struct redact_view *view, struct str boundary,
                       bool is_named)
{
    struct str text = view->text;
    size_t begin = (size_t)(boundary.ptr - text.ptr) + boundary.len;
    bool names = false;

    while (begin < text.len) {
        const char *found = memmem(text.ptr + begin, text.len - begin, boundary.ptr, boundary.len);
        size_t end = found ? (size_t)(found - text.ptr) : text.len;
        size_t content_end = end;

        if (found && content_end > begin && text.ptr[content_end - 1] == '\n')
            content_end--;
        if (found && content_end > begin && text.ptr[content_end - 1] == '\r')
            content_end--;
        names |= take_part(job, view, begin, content_end, is_named);
        begin = end + boundary.len;
    }
    return names;
}

static void take_parts(struct redact_job *job, const struct redact_view *view, struct str boundary)
{
    redact_text(job, view, 0, (size_t)(boundary.ptr - view->text.ptr));
    if (read_parts(job, view, boundary, false))
        read_parts(job, view, boundary, true);
}

/* Nothing is walked where there is no stem, unless the URL says that what has none is secret too. */
void redact_any(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                enum redact_place place)
{
    struct redact_ahead ahead;
    bool whole = true;

    redact_look_ahead(job, view, begin, end, &ahead);
    if (!ahead.has_hit && !(job->secret_data && view->depth == 0))
        return;
    while (whole && begin < end) {
        size_t at = begin;

        while (at < end && view->text.ptr[at] &&
               strchr(" \t\r\n\x1e\xef\xbb\xbf", view->text.ptr[at]))
            at++;
        if (at == end || !strchr("{[\"", view->text.ptr[at]) || !view->text.ptr[at])
            break;
        begin = redact_json(job, view, at, end, place, &ahead, &whole);
    }
    redact_text(job, view, begin, end);
}

bool redact_begins_json(struct str text)
{
    size_t at = 1;

    if (text.len < 2 || (text.ptr[0] != '{' && text.ptr[0] != '['))
        return false;
    while (at < text.len && text.ptr[at] && strchr(" \t\r\n", text.ptr[at]))
        at++;
    return at < text.len && (text.ptr[at] == '"' ||
                             (text.ptr[0] == '[' && text.ptr[at] && strchr("{[", text.ptr[at])));
}

/* As programs send it under the name of a form. */
static bool is_json(struct str body)
{
    size_t at = 0;

    while (at < body.len && body.ptr[at] && strchr(" \t\r\n", body.ptr[at]))
        at++;
    return at < body.len && (body.ptr[at] == '{' || body.ptr[at] == '[');
}

void redact_body(struct redact_job *job, struct str headers)
{
    struct str body = job->view.text;
    struct str boundary = boundary_of(body);

    if (boundary.len)
        take_parts(job, &job->view, boundary);
    else if (looks_like_pairs(body) ||
             (!is_json(body) && contains(headers, STR("x-www-form-urlencoded"))))
        redact_pairs(job, &job->view, 0, body.len);
    else
        redact_any(job, &job->view, 0, body.len, PLACE_TEXT);
}
