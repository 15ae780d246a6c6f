/* SPDX-License-Identifier: MIT */
/* Queries, forms and URLs: key=value&key=value, with keys compared as they are decoded. */
#include "redaction/redact_private.h"

/* The value of a key that is not secret: it may hold another URL, or JSON. */
static void take_other(struct redact_job *job, const struct redact_view *view, size_t begin,
                       size_t end)
{
    struct str value = redact_range(view, begin, end);

    if (value.len == 0)
        return;
    if (view->depth < REDACT_DEPTH_MAX &&
        (memchr(value.ptr, '%', value.len) ||
         (strchr("{[", value.ptr[0]) && memchr(value.ptr, '+', value.len)))) {
        struct str text = redact_decode_form(job, value);

        if (!redact_has_hit(job, &(struct redact_view){.text = text}, 0, text.len))
            return; /* a view of each would take many times its length */
        view = redact_view_form(job, view, begin, end);
        begin = 0;
        end = view->text.len;
    }
    redact_any(job, view, begin, end, PLACE_TEXT);
}

static void take_secret(struct redact_job *job, const struct redact_view *view, size_t begin,
                        size_t end, enum redact_class class)
{
    struct str value = redact_range(view, begin, end);

    if (value.len == 0)
        return;
    if (memchr(value.ptr, '%', value.len) || memchr(value.ptr, '+', value.len)) {
        view = redact_view_form(job, view, begin, end);
        begin = 0;
        end = view->text.len;
    }
    redact_value(job, view, begin, end, class);
}

/* Where a pair ends: at &, or at ; if another key follows. */
static size_t pair_end(struct str text, size_t at, size_t end)
{
    while (at < end && text.ptr[at] != '&') {
        size_t next = at + 1;

        if (text.ptr[at] != ';') {
            at++;
            continue;
        }
        while (next < end && text.ptr[next] != '&' && text.ptr[next] != ';' &&
               text.ptr[next] != '=')
            next++;
        if (next < end && text.ptr[next] == '=')
            return at;
        at = next;
    }
    return at;
}

/* How pairs are read. */
enum pairs {
    PAIRS_OF_PATH, /* the values of keys that are not secret are not looked at */
    PAIRS,
    PAIRS_NAMED, /* once more: one of them names a secret, as in key=TOKEN&value=x */
};

/* Does it name a secret? */
static bool take_pair(struct redact_job *job, const struct redact_view *view, size_t begin,
                      size_t end, enum pairs pairs)
{
    struct str text = view->text;
    const char *equals = begin < end ? memchr(text.ptr + begin, '=', end - begin) : NULL;
    size_t name_end = equals ? (size_t)(equals - text.ptr) : begin;
    struct str name = redact_decode_form(job, redact_range(view, begin, name_end));
    enum redact_role role = redact_json_role(name);
    bool others = pairs != PAIRS_OF_PATH;
    enum redact_class class;

    if (others && redact_begins_json(name)) {
        take_other(job, view, begin, end);
        return false;
    }
    class = redact_name_class(job->redactor, name, PLACE_QUERY);
    if (equals) {
        if (others)
            redact_patterns(job, view, begin, name_end);
        begin = name_end + 1;
    }
    if (pairs == PAIRS_NAMED && role == ROLE_VALUE)
        class = CLASS_SECRET;
    if (class != CLASS_NONE)
        take_secret(job, view, begin, end, class);
    else if (others)
        take_other(job, view, begin, end);
    if (!others || role != ROLE_NAME || begin >= end || end - begin > REDACT_NAME_MAX)
        return false;
    name = redact_decode_form(job, redact_range(view, begin, end));
    return redact_name_class(job->redactor, name, PLACE_TEXT) != CLASS_NONE;
}

static bool read_pairs(struct redact_job *job, const struct redact_view *view, size_t begin,
                       size_t end, enum pairs pairs)
{
    bool names = false;

    while (begin < end) {
        size_t stop = pair_end(view->text, begin, end);

        names |= take_pair(job, view, begin, stop, pairs);
        begin = stop + 1;
    }
    return names;
}

void redact_pairs(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end)
{
    if (read_pairs(job, view, begin, end, PAIRS))
        read_pairs(job, view, begin, end, PAIRS_NAMED);
}

void redact_query(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end)
{
    struct str text = redact_range(view, begin, end);

    if (text.len && strchr("{[\" \t\r\n", text.ptr[0]) && text.ptr[0])
        redact_any(job, view, begin, end, PLACE_QUERY);
    else
        redact_pairs(job, view, begin + (str_starts(text, STR("?")) ? 1 : 0), end);
}

/* Patterns, and pairs between the / and ; of a path: ;jsessionid=x */
static void take_path(struct redact_job *job, const struct redact_view *view, size_t begin,
                      size_t end)
{
    redact_patterns(job, view, begin, end);
    while (begin < end) {
        size_t stop = begin;
        bool pair = false, spaced = false;

        while (stop < end && view->text.ptr[stop] != '/' && view->text.ptr[stop] != ';') {
            pair = pair || view->text.ptr[stop] == '=';
            spaced = spaced || (!pair && view->text.ptr[stop] == ' ');
            stop++;
        }
        if (pair && !spaced) /* no key of a URL has a space */
            take_pair(job, view, begin, stop, PAIRS_OF_PATH);
        begin = stop + 1;
    }
}

/* Path, query, fragment; the last may hold pairs too, as some logins hand them on. */
void redact_url(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end)
{
    const char *text = view->text.ptr;
    const char *hash = begin < end ? memchr(text + begin, '#', end - begin) : NULL;
    size_t query_end = hash ? (size_t)(hash - text) : end;
    const char *question = begin < query_end ? memchr(text + begin, '?', query_end - begin) : NULL;
    size_t path_end = question ? (size_t)(question - text) : query_end;

    take_path(job, view, begin, path_end);
    if (question)
        redact_pairs(job, view, path_end + 1, query_end);
    if (hash)
        redact_pairs(job, view, query_end + 1, end);
}

/* A name of nobody: long, of letters and digits. */
static bool is_token(struct str user)
{
    enum { TOKEN_MIN = 20 };
    bool digit = false, letter = false;

    for (size_t i = 0; i < user.len; i++) {
        char c = user.ptr[i];

        if (c >= '0' && c <= '9')
            digit = true;
        else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            letter = true;
        else if (c != '_' && c != '-')
            return false;
    }
    return user.len >= TOKEN_MIN && digit && letter;
}

size_t redact_userinfo(struct redact_job *job, const struct redact_view *view,
                       const struct redact_hit *hit, size_t end)
{
    enum { USERINFO_MAX = 1024 };
    struct str text = view->text;
    size_t begin = hit->at + hit->len,
           limit = end - begin > USERINFO_MAX ? begin + USERINFO_MAX : end;
    size_t colon = 0, sign = 0, at;

    for (at = begin; at < limit && !(text.ptr[at] && strchr("/?#\"'<>\\ \t\r\n", text.ptr[at]));
         at++) {
        if (text.ptr[at] == '@')
            sign = at;
        if (text.ptr[at] == ':' && colon == 0)
            colon = at;
    }
    if (sign == 0 || str_starts(str_slice(text, begin, end - begin), STR(REDACTED ":")))
        return begin;
    if (colon == 0 || colon > sign) { /* https://TOKEN@host */
        if (!is_token(redact_range(view, begin, sign)))
            return begin;
    } else if (colon + 1 == sign) { /* a key without a password is one itself */
        sign = colon;
    } else {
        begin = colon + 1;
    }
    take_secret(job, view, begin, sign, CLASS_SECRET);
    return sign;
}

/* Back to the beginning of the word, and from there behind its first colon. */
size_t redact_dsn(struct redact_job *job, const struct redact_view *view,
                  const struct redact_hit *hit, size_t floor)
{
    enum { LOGIN_MAX = 1024 };
    struct str text = view->text;
    size_t limit = hit->at - floor > LOGIN_MAX ? hit->at - LOGIN_MAX : floor, begin = hit->at;
    const char *colon;

    while (begin > limit && !(text.ptr[begin - 1] && strchr("\"'` \t\r\n", text.ptr[begin - 1])))
        begin--;
    colon = begin < hit->at ? memchr(text.ptr + begin, ':', hit->at - begin) : NULL;
    if (colon && !str_starts(redact_range(view, begin, hit->at), STR(REDACTED ":")))
        redact_value(job, view, (size_t)(colon - text.ptr) + 1, hit->at, CLASS_SECRET);
    return hit->at + hit->len;
}

/* ---- Paths ---- */

bool redact_is_secret_path(struct str url)
{
    const char *question = url.len ? memchr(url.ptr, '?', url.len) : NULL;
    struct str segment;

    if (question)
        url.len = (size_t)(question - url.ptr);
    while (str_next(&url, '/', &segment))
        if (str_equal(segment, STR("secrets")) || str_equal(segment, STR("secret")))
            return true;
    return false;
}

/* Is this segment of a path a secret of the job? */
static bool is_secret_of(const struct redact_job *job, struct str segment)
{
    uint64_t plain = redact_plain(job->arena, segment);

    for (size_t i = 0; i < job->edit_count; i++)
        if (job->edits[i].plain == plain)
            return true;
    return false;
}

/* Few secrets are compared; a hostile text of many is not. */
static bool are_few(const struct redact_job *job)
{
    enum { EDITS_MAX = 16 };

    return job->edit_count > 0 && job->edit_count <= EDITS_MAX;
}

void redact_path(const struct redact_job *params, struct str *url)
{
    enum { SEGMENT_MIN = 4 };
    struct redact_job job;
    struct str rest = *url, segment;

    if (!are_few(params))
        return;
    redact_start(&job, params->redactor, params->arena, *url);
    while (str_next(&rest, '/', &segment)) {
        const char *end = memchr(segment.ptr ? segment.ptr : "", '?', segment.len);
        size_t begin = (size_t)(segment.ptr - url->ptr);
        struct str decoded;

        if (end)
            segment.len = (size_t)(end - segment.ptr);
        decoded = redact_decode_form(&job, segment);
        if (decoded.len >= SEGMENT_MIN && is_secret_of(params, decoded))
            redact_replace(&job, &job.view, begin, begin + segment.len, decoded, false);
        if (end)
            break;
    }
    *url = redact_finish(&job);
}

void redact_same(const struct redact_job *params, struct str *text)
{
    struct redact_job job;

    if (text->len == 0 || !are_few(params) || !is_secret_of(params, *text))
        return;
    redact_start(&job, params->redactor, params->arena, *text);
    redact_replace(&job, &job.view, 0, text->len, *text, false);
    *text = redact_finish(&job);
}
