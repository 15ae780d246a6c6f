/* SPDX-License-Identifier: MIT */
/*
 * Kubernetes Secrets in YAML: what stands below `data` and `stringData`, whatever it is called.  They may stand above the line that says what
 * it is, so a mapping is read to its end for that, once, and only where a text speaks of a Secret at all.
 */
#define _GNU_SOURCE
#include "redaction/redact_text_private.h"

/* One line of a document, without its end. */
struct line {
    size_t begin, end, next;
    size_t indent; /* in front of the dash of a list, if any */
    size_t first;  /* behind both */
};

static struct line read_line(struct str text, size_t at, size_t end)
{
    const char *feed = memchr(text.ptr + at, '\n', end - at);
    struct line line = {.begin = at, .end = feed ? (size_t)(feed - text.ptr) : end};

    line.next = feed ? line.end + 1 : end;
    while (line.end > at && (redact_text_is_space(text.ptr[line.end - 1]) ||
                             redact_text_is_break(text.ptr[line.end - 1])))
        line.end--;
    line.first = redact_text_skip_spaces(text, at, line.end);
    line.indent = line.first - at;
    while (line.end - line.first > 1 && text.ptr[line.first] == '-' &&
           redact_text_is_space(text.ptr[line.first + 1]))
        line.first = redact_text_skip_spaces(text, line.first + 1, line.end);
    return line;
}

static size_t column_of(const struct line *line)
{
    return line->first - line->begin;
}

/* Of "key: rest", with quotes or without; 0 where the line is none.  The key is text[*begin..*end). */
static size_t behind_key(struct str text, const struct line *line, size_t *begin, size_t *end)
{
    bool quoted = line->first < line->end && redact_text_is_quote(text.ptr[line->first]);
    size_t at = line->first + (quoted ? 1 : 0);

    *begin = at;
    while (at < line->end && redact_text_is_name_byte(text.ptr[at]))
        at++;
    *end = at;
    at = redact_text_skip_spaces(text, at + (quoted ? 1 : 0), line->end);
    return *end > *begin && at < line->end && text.ptr[at] == ':' ? at + 1 : 0;
}

/* Is it "kind: Secret", or a list of them, or "type: secret" as of a Codefresh context? */
static bool is_kind(struct str text, const struct line *line)
{
    size_t begin, end, at = behind_key(text, line, &begin, &end);
    struct str kind;

    if (!at || redact_json_role(str_slice(text, begin, end - begin)) != ROLE_KIND)
        return false;
    at = redact_text_skip_spaces(text, at, line->end);
    kind = str_slice(text, at, line->end - at);
    if (kind.len && redact_text_is_quote(kind.ptr[0]))
        kind = str_slice(kind, 1, kind.len - 1);
    at = 0;
    while (at < kind.len && redact_text_is_name_byte(kind.ptr[at]))
        at++;
    kind.len = at;
    return str_equal_folded(kind, STR("secret")) || str_equal_folded(kind, STR("secret-yaml")) ||
           str_equal(kind, STR("SecretList"));
}

static bool is_data(struct str key)
{
    return str_equal(key, STR("data")) || str_equal(key, STR("stringData"));
}

/* Where a value without quotes ends: with its line, or at a note. */
static size_t plain_end(struct str text, size_t at, size_t end)
{
    size_t stop = end;

    for (; at < end; at++) {
        if (redact_text_is_space(text.ptr[at]) && stop == end)
            stop = at;
        else if (text.ptr[at] == '#' && stop < end)
            return stop;
        else if (!redact_text_is_space(text.ptr[at]))
            stop = end;
    }
    return end;
}

/* The value of one key, which may reach into further lines.  Where the next line begins. */
static size_t take_value(struct redact_job *job, const struct redact_view *view,
                         const struct line *line, size_t end, const struct redact_found *found)
{
    size_t value = redact_text_skip_spaces(view->text, found->value, line->end), at = line->next;

    /* What no other text takes for a value: {a: b}, an anchor */
    if (value < line->end && redact_text_is_one_of(view->text.ptr[value], "{[<&,;")) {
        redact_value(job, view, value, line->end, CLASS_SECRET);
        return at;
    }
    if (value < line->end && !redact_text_is_one_of(view->text.ptr[value], "|>\"'")) {
        redact_value(job, view, value, plain_end(view->text, value, line->end), CLASS_SECRET);
        return at;
    }
    value = redact_text_value(job, view, end, found);
    while (at < value)
        at = read_line(view->text, at, end).next;
    return at;
}

/* All values below the line of `data`: what stands further right.  Where to go on. */
static size_t take_data(struct redact_job *job, const struct redact_view *view,
                        const struct line *data, size_t end)
{
    struct str text = view->text;
    size_t at = data->next;

    while (at < end) {
        struct line line = read_line(text, at, end);
        struct redact_found found = {.class = CLASS_SECRET, .sign = ':', .line = true};

        if (line.first < line.end && column_of(&line) <= column_of(data))
            break;
        at = line.next;
        if (line.first == line.end || text.ptr[line.first] == '#')
            continue;
        found.value = behind_key(text, &line, &found.begin, &found.end);
        if (!found.value) { /* more of the value above */
            redact_value(job, view, line.first, line.end, CLASS_SECRET);
            continue;
        }
        at = take_value(job, view, &line, end, &found);
    }
    return at;
}

/* Does the mapping at `column` say below `at` that it is a Secret? */
static bool is_said_below(struct str text, size_t at, size_t end, size_t column)
{
    while (at < end) {
        struct line line = read_line(text, at, end);

        at = line.next;
        if (line.first == line.end || text.ptr[line.first] == '#')
            continue;
        if (line.indent < column)
            return false;
        if (line.indent == column && line.first == line.begin + column && is_kind(text, &line))
            return true;
    }
    return false;
}

/* Of the mapping that is open at a column, a bit each: is it a Secret, and has it been read to its end for that? */
struct mappings {
    uint64_t secret, read;
};

/* A mapping ends at a line that stands further left, and where a list goes on. */
static void close_mappings(struct mappings *open, const struct line *line)
{
    uint64_t left = line->indent < 63 ? (UINT64_C(2) << line->indent) - 1 : UINT64_MAX;

    open->secret &= left;
    open->read &= left;
}

static bool is_secret(struct str text, const struct line *line, size_t end, struct mappings *open)
{
    uint64_t bit = UINT64_C(1) << column_of(line);

    if (!((open->secret | open->read) & bit) &&
        is_said_below(text, line->next, end, column_of(line)))
        open->secret |= bit;
    open->read |= bit;
    return open->secret & bit;
}

/* A line of JSON, such as kubectl's last-applied-configuration. */
static void take_json(struct redact_job *job, const struct redact_view *view,
                      const struct line *line)
{
    struct redact_ahead ahead;
    bool whole;

    redact_look_ahead(job, view, line->first, line->end, &ahead);
    if (ahead.has_hit && redact_begins_json(redact_range(view, line->first, line->end)))
        redact_json(job, view, line->first, line->end, PLACE_TEXT, &ahead, &whole);
}

static void take_document(struct redact_job *job, const struct redact_view *view, size_t begin,
                          size_t end, bool said)
{
    struct mappings open = {.secret = said ? 1 : 0};
    struct str text = view->text;

    for (size_t at = begin; at < end;) {
        struct line line = read_line(text, at, end);
        size_t key, key_end, rest = behind_key(text, &line, &key, &key_end);

        at = line.next;
        if (line.first == line.end || text.ptr[line.first] == '#')
            continue;
        if (text.ptr[line.first] == '{') {
            take_json(job, view, &line);
            continue;
        }
        close_mappings(&open, &line);
        if (!rest || column_of(&line) >= 64)
            continue;
        if (is_kind(text, &line))
            open.secret |= UINT64_C(1) << column_of(&line);
        if (!is_data(str_slice(text, key, key_end - key)) || !is_secret(text, &line, end, &open))
            continue;
        rest = redact_text_skip_spaces(text, rest, line.end);
        if (rest < line.end && !redact_text_is_one_of(text.ptr[rest], "#&!") &&
            !str_equal(str_slice(text, rest, line.end - rest), STR("{}")))
            redact_value(job, view, rest, line.end, CLASS_SECRET);
        at = take_data(job, view, &line, end);
    }
}

/* Where the document that begins at `at` ends: at a line that begins with three hyphens. */
static size_t document_end(struct str text, size_t at, size_t end)
{
    const char *found = memmem(text.ptr + at, end - at, "\n---", 4);

    return found ? (size_t)(found - text.ptr) + 1 : end;
}

void redact_text_manifests(struct redact_job *job, const struct redact_view *view, size_t begin,
                           size_t end)
{
    bool said = job->secret_data && view->depth == 0;

    if (begin == end || (!said && !memmem(view->text.ptr + begin, end - begin, "Secret", 6) &&
                         !memmem(view->text.ptr + begin, end - begin, "secret", 6)))
        return;
    while (begin < end) {
        size_t stop = document_end(view->text, begin, end);

        take_document(job, view, begin, stop, said);
        begin = stop;
    }
}
