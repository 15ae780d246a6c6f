/* SPDX-License-Identifier: MIT */
/*
 * How far a value reaches: that is known where it stands in quotes or in an element; else it is guessed, rather too far than not far
 * enough.
 */
#include "redaction/redact_text_private.h"

enum { QUOTED_MAX = 4096 }; /* bytes over which a quoted value may reach into further lines */

/* Does a further name with its sign stand here?  Then the value before has ended. */
static bool name_follows(struct str text, size_t at, size_t end, const char *signs, bool words)
{
    size_t limit = end - at > REDACT_TEXT_LOOKAHEAD ? at + REDACT_TEXT_LOOKAHEAD : end;
    size_t begin;

    at = redact_text_skip_spaces(text, at, limit);
    begin = at;
    while (at < limit && (redact_text_is_name_byte(text.ptr[at]) || (words && text.ptr[at] == ' ')))
        at++;
    return at > begin && at < limit && redact_text_is_one_of(text.ptr[at], signs);
}

/* Behind a closing sign: does the text go on as if the value were over? */
static bool is_over(struct str text, size_t at, size_t end)
{
    return at == end || redact_text_is_space(text.ptr[at]) || redact_text_is_break(text.ptr[at]) ||
           redact_text_is_one_of(text.ptr[at], ",;.)]}>\"'`<\\&");
}

/* Where a value without quotes ends that began at `at`; when it is alone on its line, spaces belong to it. */
static size_t bare_end(struct str text, size_t at, size_t end, const struct redact_found *found)
{
    for (; at < end; at++) {
        char c = text.ptr[at];

        if (redact_text_is_break(c) || c == '\0' || c == '<')
            return at;
        if (c == '"' || (c == '&' && (!found->line || name_follows(text, at + 1, end, "=", false))))
            return at;
        if (redact_text_is_space(c)) {
            size_t behind = redact_text_skip_spaces(text, at, end);

            if (!found->line || behind == end || text.ptr[behind] == '#' ||
                name_follows(text, behind, end, "=", false))
                return at;
            at = behind - 1;
        }
        if (redact_text_is_one_of(c, ",;") &&
            (is_over(text, at + 1, end) || name_follows(text, at + 1, end, ":=", true)) &&
            (!found->line || name_follows(text, at + 1, end, ":=", true)))
            return at;
        if (redact_text_is_one_of(c, ")]}>'`") && !found->line && is_over(text, at + 1, end))
            return at;
        if (c == '\\' && at + 1 < end && redact_text_is_one_of(text.ptr[at + 1], "nrt\"'\\"))
            return at;
    }
    return end;
}

/* Where a quoted value ends: at the same quote with as many backslashes or fewer in front of it. */
static size_t quoted_end(struct str text, size_t at, size_t end, char quote, size_t backslashes)
{
    size_t begin = at, run = 0, line_end = 0;

    for (; at < end; at++) {
        if (quote == '\'' && backslashes == 0 && run == 0 && at + 1 < end &&
            text.ptr[at] == quote && text.ptr[at + 1] == quote) { /* YAML's and SQL's '' */
            at++;
            continue;
        }
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
    redact_value(job, view, begin, end, redact_class_quoted(class));
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

    while (line > 0 && !redact_text_is_break(text.ptr[line - 1]) &&
           name - line < REDACT_TEXT_INDENT_MAX)
        line--;
    return redact_text_skip_spaces(text, line, name) - line;
}

/* YAML's | and >: the lines below that stand further right than the name. */
static size_t take_block(struct redact_job *job, const struct redact_view *view, size_t at,
                         size_t end, const struct redact_found *found)
{
    struct str text = view->text;
    size_t indent = indent_of(text, found->begin), begin = end, stop = at;
    size_t line = next_line(text, at, end);

    while (line < end) {
        size_t first = redact_text_skip_spaces(text, line, end);
        size_t next = next_line(text, line, end);
        bool blank = first == end || redact_text_is_break(text.ptr[first]);

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

/* The content of an element, up to the next tag; in CDATA a < is none. */
static size_t take_content(struct redact_job *job, const struct redact_view *view, size_t at,
                           size_t end, enum redact_class class)
{
    static const struct str cdata = STR("![CDATA[");
    bool in_cdata = at < end && view->text.ptr[at] == '<' &&
                    str_starts(str_slice(view->text, at + 1, end - at - 1), cdata);
    size_t stop;

    if (in_cdata)
        at += 1 + cdata.len;
    for (stop = at; stop < end; stop++)
        if (in_cdata ? str_starts(str_slice(view->text, stop, end - stop), STR("]]>"))
                     : view->text.ptr[stop] == '<')
            break;
    redact_value(job, view, at, stop, class);
    return stop;
}

/* The argument in quotes of SecretStr("x"), PASSWORD('x'), which is the value then; else `at`. */
static size_t behind_call(struct str text, size_t at, size_t end)
{
    size_t limit = end - at > REDACT_TEXT_LOOKAHEAD ? at + REDACT_TEXT_LOOKAHEAD : end;
    size_t name = at, quote;

    while (name < limit && redact_text_is_name_byte(text.ptr[name]))
        name++;
    if (name == at || name == limit || text.ptr[name] != '(')
        return at;
    name = redact_text_skip_spaces(text, name + 1, limit);
    for (quote = name; quote < limit && text.ptr[quote] == '\\';)
        quote++;
    return quote < limit && redact_text_is_quote(text.ptr[quote]) ? name : at;
}

size_t redact_text_value(struct redact_job *job, const struct redact_view *view, size_t end,
                         const struct redact_found *found)
{
    struct str text = view->text;
    size_t at = found->value, begin, stop, backslashes = 0;

    if (found->sign == '>')
        return take_content(job, view, at, end, found->class);
    at = behind_call(text, redact_text_skip_spaces(text, at, end), end);
    while (at + backslashes < end && text.ptr[at + backslashes] == '\\')
        backslashes++;
    begin = at + backslashes;
    if (begin < end && redact_text_is_quote(text.ptr[begin])) {
        char quote = text.ptr[begin++];

        stop = quoted_end(text, begin, end, quote, backslashes);
        take_quoted(job, view, begin, stop, backslashes, found->class);
        return stop;
    }
    if (at == end || redact_text_is_break(text.ptr[at]) ||
        redact_text_is_one_of(text.ptr[at], found->sign == ':' ? "{[(<&,;" : "<&,;"))
        return at;
    if (found->line && found->sign == ':' && redact_text_is_one_of(text.ptr[at], "|>"))
        return take_block(job, view, at, end, found);
    stop = bare_end(text, at, end, found);
    if (found->class == CLASS_LOGIN && stop < end && redact_text_is_space(text.ptr[stop]) &&
        redact_is_scheme(redact_range(view, at, stop)))
        stop = bare_end(text, redact_text_skip_spaces(text, stop, end), end, found);
    if (found->class == CLASS_COOKIE || found->class == CLASS_SET_COOKIE)
        for (; stop < end && !redact_text_is_break(text.ptr[stop]) &&
               !redact_text_is_quote(text.ptr[stop]);)
            stop++;
    redact_value(job, view, at, stop, found->class);
    return stop;
}
