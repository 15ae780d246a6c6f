/* SPDX-License-Identifier: MIT */
/*
 * A text in which the name of a secret is a value itself, and the secret the value of another name beside it: `name: DB_PASSWORD` with
 * `value: x` in the same mapping of YAML, TOML or HCL, <entry key="password">x</entry>, <name>password</name><value>x</value>.
 */
#define _GNU_SOURCE
#include "redaction/redact_text_private.h"

enum {
    BESIDE_MAX = 256, /* bytes from the name to what gives the value */
    OTHERS_MAX = 8,   /* signs and names between them */
};

/* A name and what stands around it. */
struct key {
    size_t begin, end;
    size_t tag;   /* where the tag begins that it is an attribute of, behind the <; 0: it is none */
    bool element; /* it is an element, and the secret's name its content */
    enum redact_role role;
};

/* How far `at` stands from the beginning of its line; at most REDACT_TEXT_INDENT_MAX. */
static size_t column_of(struct str text, size_t at)
{
    size_t column = 0;

    while (column < at && column < REDACT_TEXT_INDENT_MAX &&
           !redact_text_is_break(text.ptr[at - column - 1]))
        column++;
    return column;
}

/* The role of the name in text[begin..end), without the prefix of a namespace. */
static enum redact_role role_of(struct str text, size_t begin, size_t end)
{
    return redact_json_role(str_slice(text, begin, end - begin));
}

/* Where the tag that is open at `at` begins, behind its <; 0 where none is. */
static size_t tag_before(struct str text, size_t at)
{
    size_t limit = at > BESIDE_MAX ? at - BESIDE_MAX : 0;

    while (at > limit && !redact_text_is_one_of(text.ptr[at - 1], "<>"))
        at--;
    return at > limit && text.ptr[at - 1] == '<' ? at : 0;
}

/* The name of a tag at `at`, without the prefix of a namespace. */
static struct key tag_name(struct str text, size_t at, size_t end)
{
    struct key tag = {.begin = at, .end = at};

    for (;
         tag.end < end && (text.ptr[tag.end] == ':' || redact_text_is_name_byte(text.ptr[tag.end]));
         tag.end++)
        if (text.ptr[tag.end] == ':')
            tag.begin = tag.end + 1;
    tag.role = role_of(text, tag.begin, tag.end);
    return tag;
}

/* The name that the secret's name at `begin` is the value of.  Its role is not ROLE_NAME where there is none. */
static struct key naming_key(struct str text, size_t begin)
{
    size_t limit = begin > REDACT_TEXT_LOOKAHEAD ? begin - REDACT_TEXT_LOOKAHEAD : 0, at = begin;
    struct key key = {0};

    if (at > limit && redact_text_is_quote(text.ptr[at - 1]))
        at--;
    while (at > limit && redact_text_is_space(text.ptr[at - 1]))
        at--;
    if (at == limit || !redact_text_is_one_of(text.ptr[at - 1], ":=>"))
        return key;
    if (text.ptr[--at] == '>') {
        size_t tag = tag_before(text, at);

        if (tag)
            key = tag_name(text, tag, at);
        key.element = true;
        return key;
    }
    while (at > limit && redact_text_is_space(text.ptr[at - 1]))
        at--;
    if (at > limit && redact_text_is_quote(text.ptr[at - 1]))
        at--;
    key.begin = key.end = at;
    while (key.begin > limit && redact_text_is_name_byte(text.ptr[key.begin - 1]))
        key.begin--;
    key.role = role_of(text, key.begin, key.end);
    if (key.role == ROLE_NAME)
        key.tag = tag_before(text, key.begin);
    return key;
}

static size_t skip_blank(struct str text, size_t at, size_t end)
{
    while (at < end && (redact_text_is_space(text.ptr[at]) || redact_text_is_break(text.ptr[at])))
        at++;
    return at;
}

/* Behind the next `sign`; `end` where there is none. */
static size_t behind(struct str text, size_t at, size_t end, char sign)
{
    const char *found = at < end ? memchr(text.ptr + at, sign, end - at) : NULL;

    return found ? (size_t)(found - text.ptr) + 1 : end;
}

/* Does a < stand at `at`, and this behind it? */
static bool opens(struct str text, size_t at, size_t end, struct str what)
{
    return at < end && text.ptr[at] == '<' &&
           str_starts(str_slice(text, at + 1, end - at - 1), what);
}

static bool is_cdata(struct str text, size_t at, size_t end)
{
    return opens(text, at, end, STR("![CDATA["));
}

/* To the next tag, over comments. */
static size_t next_tag(struct str text, size_t at, size_t end)
{
    for (at = skip_blank(text, at, end); opens(text, at, end, STR("!--"));
         at = skip_blank(text, at, end)) {
        const char *found = memmem(text.ptr + at, end - at, "-->", 3);

        at = found ? (size_t)(found - text.ptr) + 3 : end;
    }
    return at;
}

/* The start tag at `at`: what it is called, and where its content begins; `end` where it has none. */
static struct key read_tag(struct str text, size_t at, size_t end, size_t *content)
{
    struct key tag = tag_name(text, at + 1, end);

    *content = behind(text, tag.end, end, '>');
    if (*content > at + 1 && text.ptr[*content - 2] == '/')
        *content = end; /* empty */
    return tag;
}

/* The content of an element, or of the element that is all of it: <value><string>x</string></value>.  0 where that is none of a value. */
static size_t innermost(struct str text, size_t at, size_t end)
{
    size_t first = next_tag(text, at, end), content;
    struct key tag;

    if (is_cdata(text, first, end))
        return first;
    if (first + 1 >= end || text.ptr[first] != '<' || text.ptr[first + 1] == '/')
        return at;
    tag = read_tag(text, first, end, &content);
    return content == end || tag.role == ROLE_NAME ? 0 : content;
}

/* The name at `at`, with quotes or without, and behind its sign.  False: none with a sign stands there. */
static bool read_key(struct str text, size_t at, size_t end, struct key *key, char *sign,
                     size_t *value)
{
    bool quoted = redact_text_is_quote(text.ptr[at]);

    key->begin = at + (quoted ? 1 : 0);
    for (key->end = key->begin; key->end < end && redact_text_is_name_byte(text.ptr[key->end]);)
        key->end++;
    at = key->end + (quoted ? 1 : 0);
    at = redact_text_skip_spaces(text, at, end);
    if (key->end == key->begin || at >= end || !redact_text_is_one_of(text.ptr[at], ":="))
        return false;
    key->role = role_of(text, key->begin, key->end);
    *sign = text.ptr[at];
    *value = at + 1;
    return true;
}

/* Behind a value that is none of ours: one in quotes, or up to what separates it from the next name. */
static size_t behind_value(struct str text, size_t at, size_t end)
{
    at = redact_text_skip_spaces(text, at, end);
    if (at < end && redact_text_is_quote(text.ptr[at]))
        return behind(text, at + 1, end, text.ptr[at]);
    while (at < end && !redact_text_is_break(text.ptr[at]) &&
           !redact_text_is_one_of(text.ptr[at], ",;}<>"))
        at++;
    return at;
}

/* What stands between two names of one mapping. */
static size_t skip_between(struct str text, size_t at, size_t end, bool *new_line)
{
    *new_line = false;
    while (at < end && (redact_text_is_space(text.ptr[at]) || redact_text_is_break(text.ptr[at]) ||
                        redact_text_is_one_of(text.ptr[at], ",;"))) {
        *new_line = *new_line || redact_text_is_break(text.ptr[at]);
        at++;
    }
    return at;
}

/* An element behind the one of the name: its content, or 0.  In a property list the value of a <key> is whatever element follows. */
static size_t element_value(struct str text, size_t at, size_t end, const struct key *naming)
{
    bool any = naming->element &&
               str_equal(str_slice(text, naming->begin, naming->end - naming->begin), STR("key"));
    struct key tag;
    size_t content;

    tag = read_tag(text, at, end, &content);
    if (content == end || (tag.role != ROLE_VALUE && (!any || tag.role == ROLE_NAME)))
        return 0;
    return innermost(text, content, end);
}

/* A name and its sign.  True: it gives the value.  Otherwise `*at` is behind its own value, or 0 where nothing is beside the secret's name any more. */
static bool take_key(struct str text, size_t *at, size_t end, bool new_line,
                     const struct key *naming, struct redact_found *found)
{
    struct key key;

    if (!read_key(text, *at, end, &key, &found->sign, &found->value) || key.role == ROLE_NAME) {
        *at = 0;
        return false;
    }
    found->begin = key.begin;
    found->end = key.end;
    found->line = new_line;
    *at = behind_value(text, found->value, end);
    return key.role == ROLE_VALUE && (!new_line || naming->tag ||
                                      column_of(text, key.begin) == column_of(text, naming->begin));
}

/* Is the text at `at` the content of the tag and no label?  A page names its fields so, and what stands behind one is none of it. */
static bool is_content_of(struct str text, size_t tag, size_t at)
{
    static const struct str labels[] = {STR("a"), STR("button"), STR("label"), STR("option")};
    const char *next = memchr(text.ptr + at, '<', text.len - at);
    struct key name = tag_name(text, tag, at);
    struct str called = str_slice(text, tag, name.end - tag);
    size_t stop;

    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        if (called.len == labels[i].len && str_equal_folded(called, labels[i]))
            return false;
    if (!next)
        return true; /* cut */
    stop = (size_t)(next - text.ptr) + 1;
    return stop == text.len || (text.ptr[stop] == '/' &&
                                str_starts(str_slice(text, stop + 1, text.len - stop - 1), called));
}

/* From the > or < behind the secret's name, or behind the attributes beside it, to the value in an element.  False: there is none. */
static bool find_element(struct str text, size_t at, size_t end, const struct key *naming,
                         struct redact_found *found)
{
    found->sign = '>';
    if (naming->element && text.ptr[at] == '<' && at + 1 < end && text.ptr[at + 1] == '/') {
        at = next_tag(text, behind(text, at, end, '>'), end);
    } else if (naming->tag && text.ptr[at] == '>') {
        found->value = at + 1;
        at = next_tag(text, at + 1, end);
        if (is_cdata(text, at, end)) {
            found->value = at;
            return true;
        }
        if (at < end && text.ptr[at] != '<')
            return is_content_of(text, naming->tag, at);
    } else {
        return false;
    }
    if (at + 1 >= end || text.ptr[at] != '<' || text.ptr[at + 1] == '/')
        return false;
    found->value = element_value(text, at, end, naming);
    return found->value != 0;
}

/* Goes on from behind the secret's name, over other names and their values, to the one that gives its value.  False: there is none. */
static bool find_beside(struct str text, size_t at, size_t end, const struct key *naming,
                        struct redact_found *found)
{
    bool new_line;

    for (int i = 0; i < OTHERS_MAX; i++) {
        at = skip_between(text, at, end, &new_line);
        if (at >= end)
            return false;
        if (text.ptr[at] == '#')
            at = behind(text, at, end, '\n');
        else if (redact_text_is_one_of(text.ptr[at], "<>"))
            return find_element(text, at, end, naming, found);
        else if (take_key(text, &at, end, new_line, naming, found))
            return true;
        else if (at == 0)
            return false;
    }
    return false;
}

size_t redact_text_named(struct redact_job *job, const struct redact_view *view, size_t end,
                         const struct redact_found *name)
{
    struct str text = view->text;
    struct redact_found found = *name;
    size_t limit = end - name->end > BESIDE_MAX ? name->end + BESIDE_MAX : end, at = name->end;
    struct key naming = naming_key(text, name->begin);

    if (naming.role != ROLE_NAME)
        return name->end;
    if (at < limit && redact_text_is_quote(text.ptr[at]))
        at++;
    if (!find_beside(text, at, limit, &naming, &found))
        return name->end;
    redact_text_names(job, view, name->end, found.value);
    return redact_text_value(job, view, end, &found);
}
