/* SPDX-License-Identifier: MIT */
/*
 * Any text: YAML, XML, settings, logs, scripts, broken JSON.  Where a secret name is followed by a sign that gives it a value, that value is
 * replaced.
 */
#include "redaction/redact_text_private.h"

enum { TAG_MAX = 256 }; /* bytes of attributes */

/* "API key" is a name of two words; `begin` moves to the first. */
static size_t words_before(struct str text, size_t begin, size_t floor)
{
    for (int words = 0; words < 2 && begin > floor + 1 && text.ptr[begin - 1] == ' '; words++) {
        size_t at = begin - 1;

        while (at > floor && redact_text_is_name_byte(text.ptr[at - 1]) &&
               begin - at < REDACT_TEXT_LOOKAHEAD)
            at--;
        if (at == begin - 1)
            break;
        begin = at;
    }
    return begin;
}

/* The name around a stem.  It does not reach back over `floor`, where the last one ended. */
static void find_name(struct str text, const struct redact_hit *hit, size_t floor, size_t end,
                      struct redact_found *found)
{
    found->begin = hit->at;
    found->end = hit->at + hit->len;
    while (found->begin > floor && redact_text_is_name_byte(text.ptr[found->begin - 1]) &&
           hit->at - found->begin < REDACT_NAME_MAX / 2)
        found->begin--;
    while (found->end < end && redact_text_is_name_byte(text.ptr[found->end]) &&
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
    size_t begin = at > REDACT_TEXT_INDENT_MAX ? at - REDACT_TEXT_INDENT_MAX : 0;

    while (at > begin && (redact_text_is_space(text.ptr[at - 1]) ||
                          redact_text_is_one_of(text.ptr[at - 1], "-\"'")))
        at--;
    if (at >= 6 && str_equal(str_slice(text, at - 6, 6), STR("export")))
        at -= 6;
    return at == floor ? floor == 0 && view->depth == 0
                       : at > 0 && redact_text_is_break(text.ptr[at - 1]);
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
    size_t at = begin, limit = begin > REDACT_TEXT_LOOKAHEAD ? begin - REDACT_TEXT_LOOKAHEAD : 0;

    if (at > 0 && text.ptr[at - 1] == ':') {
        at--;
        while (at > limit && redact_text_is_name_byte(text.ptr[at - 1]))
            at--;
    }
    return at > 0 && text.ptr[at - 1] == '<';
}

/* A name in quotes: <add key="name" value="x"/>, <input name="x" value="y">.  0 when there is no such value. */
static size_t behind_attribute(struct str text, size_t at, size_t end)
{
    at = redact_text_skip_spaces(text, at, end);
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

/* Behind the word with which a Dockerfile, Apache or a C shell sets a variable: its value follows without a sign. */
static bool is_set(struct str text, size_t begin, size_t floor)
{
    static const struct str words[] = {STR("ENV"), STR("SetEnv"), STR("setenv")};
    size_t at = begin;

    while (at > floor && redact_text_is_space(text.ptr[at - 1]) &&
           begin - at < REDACT_TEXT_LOOKAHEAD)
        at--;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && at < begin; i++) {
        size_t len = words[i].len;

        if (at - floor >= len && str_equal(str_slice(text, at - len, len), words[i]) &&
            (at == len || !redact_text_is_name_byte(text.ptr[at - len - 1])))
            return true;
    }
    return false;
}

/* Finds the sign behind the name, and the beginning of the value. */
static bool find_sign(const struct redact_view *view, size_t floor, size_t end,
                      struct redact_found *found)
{
    struct str text = view->text;
    size_t at = found->end;
    bool quoted = false, set = false;

    if (is_element(text, found->begin)) {
        found->sign = '>';
        found->value = behind_tag(text, at, end);
        return found->value != 0;
    }
    while (at < end && text.ptr[at] == '\\' && at - found->end < REDACT_TEXT_LOOKAHEAD)
        at++;
    if (at < end && redact_text_is_quote(text.ptr[at])) {
        quoted = true;
        at++;
    } else {
        at = found->end;
    }
    if (at < end && text.ptr[at] == ']')
        at++;
    else if (str_starts_folded(str_slice(text, at, end - at), STR("%5d")))
        at += 3;
    while (at < end &&
           (redact_text_is_space(text.ptr[at]) || (quoted && redact_text_is_break(text.ptr[at]))))
        at++;
    if (at < end && redact_text_is_one_of(text.ptr[at], ":=")) {
        found->sign = text.ptr[at];
        while (at < end && redact_text_is_one_of(text.ptr[at], ":=>") &&
               at - found->end < REDACT_TEXT_LOOKAHEAD)
            at++;
        found->value = at;
    } else if (quoted) {
        found->sign = '=';
        found->value = behind_attribute(text, found->end + 1, end);
    } else {
        bool option = text.ptr[found->begin] == '-' && at < end && text.ptr[at] != '-';

        set = is_set(text, found->begin, floor);
        found->sign = ' ';
        found->value = at > found->end && (option || set)
                           ? at
                           : redact_text_sql_password(text, found->begin, found->end, end);
    }
    found->line = set || begins_line(view, found->begin, floor) ||
                  (found->begin == found->first && found->sign == '=' &&
                   is_variable(redact_range(view, found->begin, found->end)));
    return found->value != 0;
}

/* The parts of a resource's name (arn:aws:…:secret:x), a variable of a script (document.cookie = x). */
static bool is_something_else(struct str text, const struct redact_found *found)
{
    if (found->class == CLASS_COOKIE || found->class == CLASS_SET_COOKIE)
        return found->sign != ':';
    return found->sign == ':' && found->begin > 0 && text.ptr[found->begin - 1] == ':' &&
           found->value < text.len && redact_text_is_name_byte(text.ptr[found->value]);
}

/* Where to go on. */
static size_t take_name(struct redact_job *job, const struct redact_view *view,
                        const struct redact_hit *hit, size_t first, size_t floor, size_t end)
{
    struct redact_found found = {.first = first, .class = CLASS_NONE};
    struct str name;

    find_name(view->text, hit, floor, end, &found);
    name = redact_range(view, found.begin, found.end);
    found.class = redact_name_class(job->redactor, name, PLACE_TEXT);
    if (found.class == CLASS_NONE && found.begin > 0 &&
        redact_text_is_one_of(view->text.ptr[found.begin - 1], "?&;"))
        found.class = redact_name_class(job->redactor, name, PLACE_QUERY);
    if (found.class == CLASS_NONE)
        return found.end;
    if (!find_sign(view, floor, end, &found))
        return redact_text_named(job, view, end, &found);
    if (is_something_else(view->text, &found))
        return found.end;
    return redact_text_value(job, view, end, &found);
}

void redact_text_names(struct redact_job *job, const struct redact_view *view, size_t begin,
                       size_t end)
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
        case STEM_DSN:
            at = redact_dsn(job, view, &hit, at);
            break;
        case STEM_SQL:
            at = redact_text_sql_identified(job, view, &hit, end);
            break;
        case STEM_ESCAPE:
            at = hit.at + hit.len;
        }
    }
}

void redact_text(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end)
{
    redact_text_manifests(job, view, begin, end);
    redact_text_names(job, view, begin, end);
}
