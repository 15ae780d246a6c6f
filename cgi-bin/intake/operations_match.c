/* SPDX-License-Identifier: MIT */
/*
 * Walks a path down the tree of templates.  While every step takes one segment, a node can be reached in one way only, so no
 * path makes the walk longer than the tree is large; a template has at most one parameter that takes several, which
 * multiplies that by the number of segments and no more.
 */
#include "intake/operations.h"

#include "base/json.h"
#include "base/percent.h"
#include "base/utf8.h"
#include "intake/operations_private.h"

enum { SEGMENTS_MAX = 256 }; /* of a path that may match; only a spanning parameter takes so many */

struct segment {
    struct str raw;
    bool is_escaped; /* a % stands in it */
    bool is_value;   /* a parameter may take it: neither empty, nor . or .. */
};

struct search {
    struct segment segments[SEGMENTS_MAX + 1]; /* room for an empty one behind a missing slash */
    size_t count;
    struct str method;
    bool spanning;
    struct str values[OPERATION_PARAMS_MAX]; /* raw, of the parameters passed on the way here */
    size_t value_count;
};

/* ---- The path of a target ----------------------------------------------------------------------- */

/* Without scheme and host, query and fragment. */
static struct str path_of(struct str target)
{
    static const struct str schemes[] = {STR("http://"), STR("https://")};
    size_t len = 0;

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (str_starts_folded(target, schemes[i])) {
            target = str_slice(target, schemes[i].len, target.len);
            while (target.len && target.ptr[0] != '/' && target.ptr[0] != '?')
                target = str_slice(target, 1, target.len);
            if (target.len == 0 || target.ptr[0] == '?')
                return STR("/");
            break;
        }
    while (len < target.len && target.ptr[len] != '?' && target.ptr[len] != '#')
        len++;
    return str_slice(target, 0, len);
}

static bool is_dots(struct str raw)
{
    if (raw.ptr[0] != '.' && raw.ptr[0] != '%')
        return false;
    return percent_compare(raw, STR(".")) == 0 || percent_compare(raw, STR("..")) == 0;
}

static bool split(struct search *search, struct str path)
{
    const char *at = path.ptr, *end;

    if (path.len == 0 || path.ptr[0] != '/')
        return false;
    end = path.ptr + path.len;
    do {
        struct segment *segment = &search->segments[search->count];
        const char *slash;

        if (search->count++ == SEGMENTS_MAX)
            return false;
        at++;
        slash = at < end ? memchr(at, '/', (size_t)(end - at)) : NULL;
        segment->raw = (struct str){at, (size_t)((slash ? slash : end) - at)};
        segment->is_escaped =
            segment->raw.len > 0 && memchr(segment->raw.ptr, '%', segment->raw.len);
        segment->is_value = segment->raw.len > 0 && !is_dots(segment->raw);
        at += segment->raw.len;
    } while (at < end);
    return true;
}

/* ---- One segment -------------------------------------------------------------------------------- */

static const struct node *find_literal(const struct node *node, const struct segment *segment)
{
    size_t low = 0, high = node->literal_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct str text = node->literals[middle].text;
        int order = segment->is_escaped ? percent_compare(segment->raw, text)
                                        : str_compare(segment->raw, text);

        if (order == 0)
            return node->literals[middle].node;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* How many bytes of `raw` from `at` on stand for `text`; -1 when they do not. */
static long text_at(struct str raw, size_t at, struct str text)
{
    size_t begin = at;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte;

        if (at == raw.len)
            return -1;
        at += percent_byte(raw, at, &byte);
        if (byte != (unsigned char)text.ptr[i])
            return -1;
    }
    return (long)(at - begin);
}

/*
 * Where `text` stands in `raw` behind at least one byte from `at` on, and how long it is there; false when nowhere.  The last
 * text of a segment must end it.
 */
static bool find_text(struct str raw, size_t at, struct str text, bool is_last, size_t *found,
                      size_t *bytes)
{
    unsigned char byte;

    while (at < raw.len) {
        long len;

        at += percent_byte(raw, at, &byte);
        len = text_at(raw, at, text);
        if (len >= 0 && (!is_last || at + (size_t)len == raw.len)) {
            *found = at;
            *bytes = (size_t)len;
            return true;
        }
    }
    return false;
}

/* Each parameter takes as little as it can, the last one what is left.  Adds the values to the search. */
static bool match_mixture(struct search *search, const struct mixture *mixture, struct str raw)
{
    size_t at = 0;

    for (size_t i = 0; i < mixture->count; i++) {
        const struct path_piece *piece = &mixture->pieces[i];
        bool has_text = i + 1 < mixture->count && !mixture->pieces[i + 1].is_param;
        size_t found = raw.len, bytes = 0;

        if (!piece->is_param) { /* in front of the first parameter: the others are found below */
            long len = text_at(raw, at, piece->text);

            if (len < 0)
                return false;
            at += (size_t)len;
            continue;
        }
        if (at == raw.len || search->value_count == OPERATION_PARAMS_MAX)
            return false;
        if (i + 1 < mixture->count &&
            !find_text(raw, at, has_text ? mixture->pieces[i + 1].text : STR(""),
                       has_text && i + 2 == mixture->count, &found, &bytes))
            return false;
        search->values[search->value_count++] = str_slice(raw, at, found - at);
        at = found + bytes;
        i += has_text;
    }
    return at == raw.len;
}

/* ---- The walk ----------------------------------------------------------------------------------- */

static const struct terminal *find_terminal(const struct node *node, struct str method)
{
    const struct terminal *get = NULL;
    bool is_head = str_equal(method, STR("HEAD"));

    for (const struct terminal *at = node->terminals; at; at = at->next) {
        if (str_equal(at->operation->method, method))
            return at;
        if (is_head && !get && str_equal(at->operation->method, STR("GET")))
            get = at;
    }
    return get;
}

static const struct terminal *walk(struct search *search, const struct node *node, size_t at);

static const struct terminal *walk_value(struct search *search, const struct node *node,
                                         struct str value, size_t next)
{
    const struct terminal *found;

    if (search->value_count == OPERATION_PARAMS_MAX)
        return NULL;
    search->values[search->value_count++] = value;
    found = walk(search, node, next);
    if (!found)
        search->value_count--;
    return found;
}

/* The longest first: what stands behind it is text, commonly. */
static const struct terminal *walk_span(struct search *search, const struct node *node, size_t at)
{
    const struct terminal *found = NULL;
    size_t end = at;

    while (end < search->count &&
           (search->segments[end].is_value || (end > at && search->segments[end].raw.len == 0)))
        end++;
    for (; !found && end > at + 1; end--) {
        const char *first = search->segments[at].raw.ptr;
        struct str last = search->segments[end - 1].raw;

        found = walk_value(search, node, (struct str){first, (size_t)(last.ptr + last.len - first)},
                           end);
    }
    return found;
}

static const struct terminal *walk(struct search *search, const struct node *node, size_t at)
{
    const struct segment *segment = &search->segments[at];
    const struct terminal *found = NULL;
    const struct node *next;

    if (at == search->count)
        return find_terminal(node, search->method);
    next = find_literal(node, segment);
    if (next)
        found = walk(search, next, at + 1);
    if (found || !segment->is_value)
        return found;
    for (const struct mixture *mixture = node->mixtures; mixture && !found;
         mixture = mixture->next) {
        size_t value_count = search->value_count;

        if (match_mixture(search, mixture, segment->raw))
            found = walk(search, mixture->node, at + 1);
        if (!found)
            search->value_count = value_count;
    }
    if (!found && node->param)
        found = walk_value(search, node->param, segment->raw, at + 1);
    if (!found && node->span && search->spanning)
        found = walk_span(search, node->span, at);
    return found;
}

/* With one slash less at the end, or one more. */
static const struct terminal *walk_with_other_slash(struct search *search,
                                                    const struct operations *operations)
{
    const struct terminal *found;
    size_t count = search->count;

    if (search->segments[count - 1].raw.len)
        search->segments[search->count++] = (struct segment){.raw = {"", 0}};
    else if (count > 1 && search->segments[count - 2].raw.len)
        search->count--;
    else
        return NULL;
    found = walk(search, operations->root, 0);
    search->count = count;
    return found;
}

const struct operation *operations_match(const struct operations *operations, struct str method,
                                         struct str target, struct operation_match *match)
{
    struct search search; /* large: only what is used is filled */
    const struct terminal *found;

    match->operation = NULL;
    match->count = 0;
    search.count = search.value_count = 0;
    search.spanning = false;
    search.method = method;
    if (!split(&search, path_of(target)))
        return NULL;
    found = walk(&search, operations->root, 0);
    if (!found)
        found = walk_with_other_slash(&search, operations);
    search.spanning = true;
    if (!found)
        found = walk(&search, operations->root, 0);
    if (!found)
        return NULL;
    for (size_t i = 0; i < found->count; i++)
        match->params[i] = (struct operation_param){found->names[i], search.values[i]};
    match->count = found->count;
    match->operation = found->operation;
    return match->operation;
}
