/* SPDX-License-Identifier: MIT */
/*
 * Any text: YAML, XML, settings, logs, scripts, broken JSON.  Where a secret name is followed by a sign that gives it a value, that value is
 * replaced.  How far it reaches is known where it stands in quotes or in an element; else it is guessed, rather too far than not far enough.
 */
#include "intake/redact_private.h"

enum {
    LOOKAHEAD = 64,    /* bytes in which a further name is recognised */
    TAG_MAX = 256,     /* bytes of attributes */
    QUOTED_MAX = 4096, /* bytes over which a quoted value may reach into further lines */
    INDENT_MAX = 64,
};

/* A name in a text, and what is between it and its value. */
struct found {
    size_t first;      /* where the reading began */
    size_t begin, end; /* the name */
    size_t value;      /* where its value begins, or white space before it */
    enum redact_class class;
    char sign; /* = : > or a space */
    bool line; /* the name is the first thing on its line */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || (c & 0x80);
}

static bool is_one_of(char c, const char *signs)
{
    return c != '\0' && strchr(signs, c) != NULL;
}

static size_t skip_spaces(struct str text, size_t at, size_t end)
{
    while (at < end && is_space(text.ptr[at]))
        at++;
    return at;
}

/* ---- Names ---- */

/* "API key" is a name of two words; `begin` moves to the first. */
static size_t words_before(struct str text, size_t begin, size_t floor)
{
    for (int words = 0; words < 2 && begin > floor + 1 && text.ptr[begin - 1] == ' '; words++) {
        size_t at = begin - 1;

        while (at > floor && is_name_byte(text.ptr[at - 1]) && begin - at < LOOKAHEAD)
            at--;
        if (at == begin - 1)
            break;
        begin = at;
    }
    return begin;
}

/* The name around a stem.  It does not reach back over `floor`, where the last one ended. */
static void find_name(struct str text, const struct redact_hit *hit, size_t floor, size_t end,
                      struct found *found)
{
    found->begin = hit->at;
    found->end = hit->at + hit->len;
    while (found->begin > floor && is_name_byte(text.ptr[found->begin - 1]) &&
           hit->at - found->begin < REDACT_NAME_MAX / 2)
        found->begin--;
    while (found->end < end && is_name_byte(text.ptr[found->end]) &&
           found->end - hit->at < REDACT_NAME_MAX / 2)
        found->end++;
    if (str_starts_folded(str_slice(text, found->begin, found->end - found->begin), STR("key")) &&
        found->end - found->begin <= 4)
        found->begin = words_before(text, found->begin, floor);
}

/* Is the name the first thing on its line, but for white space, a quote, a dash, or the word export? */
static bool begins_line(const struct redact_view *view, size_t at, size_t floor)
{
    struct str text = view->text;
    size_t begin = at > INDENT_MAX ? at - INDENT_MAX : 0;

    while (at > begin && (is_space(text.ptr[at - 1]) || is_one_of(text.ptr[at - 1], "-\"'")))
        at--;
    if (at >= 6 && str_equal(str_slice(text, at - 6, 6), STR("export")))
        at -= 6;
    return at == floor ? floor == 0 && view->depth == 0 : at > 0 && is_break(text.ptr[at - 1]);
}

/* Behind the start tag of an element; 0 when it has no content. */
static size_t behind_tag(struct str text, size_t at, size_t end)
{
    size_t limit = end - at > TAG_MAX ? at + TAG_MAX : end;

    while (at < limit && text.ptr[at] != '>' && text.ptr[at] != '<')
        at++;
    return at < limit && text.ptr[at] == '>' && text.ptr[at - 1] != '/' ? at + 1 : 0;
}

/* Is "<" or "<prefix:" in front of the name? */
static bool is_element(struct str text, size_t begin)
{
    size_t at = begin, limit = begin > LOOKAHEAD ? begin - LOOKAHEAD : 0;

    if (at > 0 && text.ptr[at - 1] == ':') {
        at--;
        while (at > limit && is_name_byte(text.ptr[at - 1]))
            at--;
    }
    return at > 0 && text.ptr[at - 1] == '<';
}

/* A name in quotes: <add key="name" value="x"/>, <input name="x" value="y">.  0 when there is no such value. */
static size_t behind_attribute(struct str text, size_t at, size_t end)
{
    at = skip_spaces(text, at, end);
    if (!str_starts_folded(str_slice(text, at, end - at), STR("value=")))
        return 0;
    return at + 6;
}

/* An entry of an environment: DB_PASSWORD=all of the rest */
static bool is_variable(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] >= 'a' && name.ptr[i] <= 'z')
            return false;
    return true;
}

/* Finds the sign behind the name, and the beginning of the value. */
static bool find_sign(const struct redact_view *view, size_t floor, size_t end, struct found *found)
{
    struct str text = view->text;
    size_t at = found->end;
    bool quoted = false;

    if (is_element(text, found->begin)) {
        found->sign = '>';
        found->value = behind_tag(text, at, end);
        return found->value != 0;
    }
    while (at < end && text.ptr[at] == '\\' && at - found->end < LOOKAHEAD)
        at++;
    if (at < end && is_quote(text.ptr[at])) {
        quoted = true;
        at++;
    } else {
        at = found->end;
    }
    if (at < end && text.ptr[at] == ']')
        at++;
    else if (str_starts_folded(str_slice(text, at, end - at), STR("%5d")))
        at += 3;
    while (at < end && (is_space(text.ptr[at]) || (quoted && is_break(text.ptr[at]))))
        at++;
    if (at < end && is_one_of(text.ptr[at], ":=")) {
        found->sign = text.ptr[at];
        while (at < end && is_one_of(text.ptr[at], ":=>") && at - found->end < LOOKAHEAD)
            at++;
        found->value = at;
    } else if (quoted) {
        found->sign = '=';
        found->value = behind_attribute(text, found->end + 1, end);
    } else {
        bool option =
            text.ptr[found->begin] == '-' && at > found->end && at < end && text.ptr[at] != '-';

        found->sign = ' ';
        found->value = option ? at : 0;
    }
    found->line = begins_line(view, found->begin, floor) ||
                  (found->begin == found->first && found->sign == '=' &&
                   is_variable(redact_range(view, found->begin, found->end)));
    return found->value != 0;
}

/* ---- Values ---- */

/* Does a further name with its sign stand here?  Then the value before has ended. */
static bool name_follows(struct str text, size_t at, size_t end, const char *signs, bool words)
{
    size_t limit = end - at > LOOKAHEAD ? at + LOOKAHEAD : end;
    size_t begin;

    at = skip_spaces(text, at, limit);
    begin = at;
    while (at < limit && (is_name_byte(text.ptr[at]) || (words && text.ptr[at] == ' ')))
        at++;
    return at > begin && at < limit && is_one_of(text.ptr[at], signs);
}

/* Behind a closing sign: does the text go on as if the value were over? */
static bool is_over(struct str text, size_t at, size_t end)
{
    return at == end || is_space(text.ptr[at]) || is_break(text.ptr[at]) ||
           is_one_of(text.ptr[at], ",;.)]}>\"'`<\\&");
}

/* Where a value without quotes ends that began at `at`; when it is alone on its line, spaces belong to it. */
static size_t bare_end(struct str text, size_t at, size_t end, const struct found *found)
{
    for (; at < end; at++) {
        char c = text.ptr[at];

        if (is_break(c) || c == '\0' || c == '<')
            return at;
        if (c == '"' || (c == '&' && (!found->line || name_follows(text, at + 1, end, "=", false))))
            return at;
        if (is_space(c)) {
            size_t behind = skip_spaces(text, at, end);

            if (!found->line || behind == end || text.ptr[behind] == '#' ||
                name_follows(text, behind, end, "=", false))
                return at;
            at = behind - 1;
        }
        if (is_one_of(c, ",;") &&
            (is_over(text, at + 1, end) || name_follows(text, at + 1, end, ":=", true)) &&
            (!found->line || name_follows(text, at + 1, end, ":=", true)))
            return at;
        if (is_one_of(c, ")]}>'`") && !found->line && is_over(text, at + 1, end))
            return at;
        if (c == '\\' && at + 1 < end && is_one_of(text.ptr[at + 1], "nrt\"'\\"))
            return at;
    }
    return end;
}

/* Where a quoted value ends: at the same quote with as many backslashes or fewer in front of it. */
static size_t quoted_end(struct str text, size_t at, size_t end, char quote, size_t backslashes)
{
    size_t begin = at, run = 0, line_end = 0;

    for (; at < end; at++) {
        if (text.ptr[at] == quote && run <= backslashes)
            return at - run;
        run = text.ptr[at] == '\\' ? run + 1 : 0;
        if (text.ptr[at] == '\n' && line_end == 0)
            line_end = at;
        if (line_end && at - begin > QUOTED_MAX)
            return line_end;
    }
    return line_end ? line_end : end;
}

/* A quoted value, with the escapes of as many levels as its quotes have. */
static void take_quoted(struct redact_job *job, const struct redact_view *view, size_t begin,
                        size_t end, size_t backslashes, enum redact_class class)
{
    if (begin < end && memchr(view->text.ptr + begin, '\\', end - begin)) {
        size_t levels = backslashes;

        do {
            view = redact_view_json(job, view, begin, end);
            begin = 0;
            end = view->text.len;
            backslashes = levels;
            levels /= 2;
        } while (backslashes && view->depth < REDACT_DEPTH_MAX);
    }
    redact_value(job, view, begin, end, class);
}

static size_t next_line(struct str text, size_t at, size_t end)
{
    const char *feed = at < end ? memchr(text.ptr + at, '\n', end - at) : NULL;

    return feed ? (size_t)(feed - text.ptr) + 1 : end;
}

/* How far the line of the name is indented. */
static size_t indent_of(struct str text, size_t name)
{
    size_t line = name;

    while (line > 0 && !is_break(text.ptr[line - 1]) && name - line < INDENT_MAX)
        line--;
    return skip_spaces(text, line, name) - line;
}

/* YAML's | and >: the lines below that stand further right than the name. */
static size_t take_block(struct redact_job *job, const struct redact_view *view, size_t at,
                         size_t end, const struct found *found)
{
    struct str text = view->text;
    size_t indent = indent_of(text, found->begin), begin = end, stop = at;
    size_t line = next_line(text, at, end);

    while (line < end) {
        size_t first = skip_spaces(text, line, end);
        size_t next = next_line(text, line, end);
        bool blank = first == end || is_break(text.ptr[first]);

        if (!blank && first - line <= indent)
            break;
        if (!blank) {
            begin = begin < first ? begin : first;
            stop = next;
        }
        line = next;
    }
    if (begin < stop)
        redact_value(job, view, begin, stop, found->class);
    return begin < stop ? stop : at + 1;
}

/* CDATA or text, up to the next tag. */
static size_t take_content(struct redact_job *job, const struct redact_view *view, size_t at,
                           size_t end, enum redact_class class)
{
    static const struct str cdata = STR("<![CDATA[");
    size_t stop;

    if (str_starts(str_slice(view->text, at, end - at), cdata))
        at += cdata.len;
    for (stop = at; stop < end && view->text.ptr[stop] != '<'; stop++)
        if (str_starts(str_slice(view->text, stop, end - stop), STR("]]>")))
            break;
    redact_value(job, view, at, stop, class);
    return stop;
}

static size_t take_value(struct redact_job *job, const struct redact_view *view, size_t end,
                         const struct found *found)
{
    struct str text = view->text;
    size_t at = found->value, begin, stop, backslashes = 0;

    if (found->sign == '>')
        return take_content(job, view, at, end, found->class);
    at = skip_spaces(text, at, end);
    while (at + backslashes < end && text.ptr[at + backslashes] == '\\')
        backslashes++;
    begin = at + backslashes;
    if (begin < end && is_quote(text.ptr[begin])) {
        char quote = text.ptr[begin++];

        stop = quoted_end(text, begin, end, quote, backslashes);
        take_quoted(job, view, begin, stop, backslashes, found->class);
        return stop;
    }
    if (at == end || is_break(text.ptr[at]) ||
        is_one_of(text.ptr[at], found->sign == ':' ? "{[(<&,;" : "<&,;"))
        return at;
    if (found->line && found->sign == ':' && is_one_of(text.ptr[at], "|>"))
        return take_block(job, view, at, end, found);
    stop = bare_end(text, at, end, found);
    if (found->class == CLASS_LOGIN && stop < end && is_space(text.ptr[stop]) &&
        redact_is_scheme(redact_range(view, at, stop)))
        stop = bare_end(text, skip_spaces(text, stop, end), end, found);
    if (found->class == CLASS_COOKIE || found->class == CLASS_SET_COOKIE)
        for (; stop < end && !is_break(text.ptr[stop]) && !is_quote(text.ptr[stop]);)
            stop++;
    redact_value(job, view, at, stop, found->class);
    return stop;
}

/* Where to go on. */
static size_t take_name(struct redact_job *job, const struct redact_view *view,
                        const struct redact_hit *hit, size_t first, size_t floor, size_t end)
{
    struct found found = {.first = first, .class = CLASS_NONE};
    struct str name;

    find_name(view->text, hit, floor, end, &found);
    name = redact_range(view, found.begin, found.end);
    found.class = redact_name_class(job->redactor, name, PLACE_TEXT);
    if (found.class == CLASS_NONE && found.begin > 0 &&
        is_one_of(view->text.ptr[found.begin - 1], "?&;"))
        found.class = redact_name_class(job->redactor, name, PLACE_QUERY);
    if (found.class == CLASS_NONE || !find_sign(view, floor, end, &found))
        return found.end;
    return take_value(job, view, end, &found);
}

void redact_text(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end)
{
    struct redact_hit hit;
    size_t at = begin;

    while (redact_next_hit(job->redactor->stems, view->text, at, end, &hit)) {
        switch (hit.stem->kind) {
        case STEM_NAME:
            at = take_name(job, view, &hit, begin, at, end);
            break;
        case STEM_PATTERN:
            at = redact_pattern(job, view, &hit, end);
            break;
        case STEM_LOGIN:
            at = redact_login(job, view, &hit, end);
            break;
        case STEM_URL:
            at = redact_userinfo(job, view, &hit, end);
            break;
        case STEM_ESCAPE:
            at = hit.at + hit.len;
        }
    }
}
