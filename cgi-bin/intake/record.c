/* SPDX-License-Identifier: MIT */
/* Walks over a record.  Its own members are looked up in a list made once; a record with more than any product writes is walked again. */
#include "intake/record.h"

#include "base/parse.h"
#include "base/utf8.h"

enum {
    MEMBERS_MAX = 128,
    REPLACEMENT = 0xfffd,
    TEXTS_KEPT = 4,  /* strings in strings that the paths of one column go through */
    ESCAPED_MAX = 6, /* bytes of JSON for one of text: \u0061 */
};

static const struct str none = {NULL, 0};

/* What strings hold that a path has entered: the next path to enter one need not decode and read it again. */
struct record_texts {
    struct {
        const char *text;        /* of the string, as it stands */
        struct json_value value; /* JSON_NONE: no object or array */
    } kept[TEXTS_KEPT];
    size_t next; /* goes round */
};

/* Where paths are followed. */
struct finder {
    struct arena *arena;
    struct record_texts *texts;
};

void record_open(struct record *record, struct arena *arena, struct json_value whole)
{
    struct record_member members[MEMBERS_MAX], *kept;
    struct json_walk walk;
    size_t count = 0;

    *record = (struct record){.arena = arena,
                              .whole = whole,
                              .part = whole,
                              .texts = arena_alloc(arena, sizeof(*record->texts))};
    json_walk_start(&walk, whole);
    while (count < MEMBERS_MAX && json_walk_next(&walk, &members[count].key, &members[count].value))
        count++;
    if (count == MEMBERS_MAX)
        return;
    kept = arena_array(arena, count + 1, sizeof(*kept));
    memcpy(kept, members, count * sizeof(*kept));
    record->members = kept;
    record->count = count;
}

/* ---- Texts ---- */

static struct str without_nul(struct arena *arena, struct str text)
{
    struct str piece, rest, result;
    struct strbuf out;

    if (!text.len || !memchr(text.ptr, '\0', text.len))
        return text;
    strbuf_init(&out);
    for (rest = text; str_next(&rest, '\0', &piece);) {
        strbuf_add(&out, piece);
        if (piece.ptr + piece.len < text.ptr + text.len)
            utf8_append(&out, REPLACEMENT);
    }
    result = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return result;
}

static struct str decode(struct arena *arena, struct str quoted)
{
    struct strbuf out;
    struct str text = str_slice(quoted, 1, quoted.len - 2);

    if (!text.len || !memchr(text.ptr, '\\', text.len))
        return text;
    strbuf_init(&out);
    if (json_decode(quoted, &out) == JSON_LONE_SURROGATE)
        utf8_append(&out, REPLACEMENT);
    text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}

struct str record_text_of(struct arena *arena, struct json_value value)
{
    switch (value.type) {
    case JSON_STRING:
        return without_nul(arena, decode(arena, value.text));
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        return value.text;
    default:
        return none;
    }
}

/* ---- Paths ---- */

/* Does the string stand for this name?  Asked of each member for each path, so nothing is kept of it. */
static bool is_name(struct str quoted, struct str name)
{
    struct str text = str_slice(quoted, 1, quoted.len - 2);
    struct strbuf out;
    bool result;

    if (!text.len || !memchr(text.ptr, '\\', text.len))
        return str_equal_folded(text, name);
    if (text.len < name.len || text.len > name.len * ESCAPED_MAX)
        return false;
    strbuf_init(&out);
    result = json_decode(quoted, &out) == JSON_DECODED && str_equal_folded(strbuf_str(&out), name);
    strbuf_release(&out);
    return result;
}

static struct str first_name(struct str path)
{
    struct str name = none;

    str_next(&path, '.', &name);
    return name;
}

/* What is looked for among the members of one object. */
struct search {
    struct str path, name;
    struct json_value whole_path, first; /* what the rest of the path names, and its first name */
};

static void look_at(struct search *search, struct str key, struct json_value value)
{
    if (is_name(key, search->name))
        search->first = value;
    if (search->name.len < search->path.len && is_name(key, search->path))
        search->whole_path = value;
}

/* Goes into the member that was found, and shortens the path by its name. */
static bool enter(const struct search *search, struct json_value *value, struct str *path)
{
    if (search->whole_path.type != JSON_NONE) {
        *value = search->whole_path;
        *path = none;
        return true;
    }
    if (search->first.type == JSON_NONE)
        return false;
    *value = search->first;
    *path = str_slice(*path, search->name.len + 1, path->len);
    return true;
}

static bool enter_object(struct json_value *value, struct str *path)
{
    struct search search = {.path = *path, .name = first_name(*path)};
    struct json_walk walk;
    struct json_value member;
    struct str key;

    json_walk_start(&walk, *value);
    while (json_walk_next(&walk, &key, &member))
        look_at(&search, key, member);
    return enter(&search, value, path);
}

static bool find_in(const struct finder *finder, struct json_value from, struct str path,
                    struct json_value *value);

/* An element of a list of names and values. */
static bool is_named(const struct finder *finder, struct json_value element, struct str name)
{
    struct json_value its_name;

    if (element.type != JSON_OBJECT || !find_in(finder, element, STR("name"), &its_name))
        return false;
    return its_name.type == JSON_STRING
               ? is_name(its_name.text, name)
               : str_equal_folded(record_text_of(finder->arena, its_name), name);
}

static bool value_of_named(const struct finder *finder, struct json_value element,
                           struct json_value *value)
{
    return find_in(finder, element, STR("value"), value) ||
           find_in(finder, element, STR("intValue"), value) ||
           find_in(finder, element, STR("boolValue"), value) ||
           find_in(finder, element, STR("multiValue.0"), value);
}

static bool enter_array(const struct finder *finder, struct json_value *value, struct str *path)
{
    struct str key, name = first_name(*path);
    bool is_last = str_equal(name, STR("last"));
    bool is_number, found = false;
    struct json_walk walk;
    struct json_value element, entered = *value;
    uint64_t number = 0, at = 0;

    is_number = parse_u64(name, 0, UINT32_MAX, &number);
    json_walk_start(&walk, *value);
    while ((is_last || !found) && json_walk_next(&walk, &key, &element)) {
        if (is_last || (is_number && at == number)) {
            entered = element;
            found = true;
        } else if (!is_number && is_named(finder, element, name)) {
            found = value_of_named(finder, element, &entered);
        }
        at++;
    }
    *value = entered;
    *path = str_slice(*path, name.len + 1, path->len);
    return found;
}

/* JSON that was put into a string on its way. */
static bool enter_text(const struct finder *finder, struct json_value *value)
{
    struct record_texts *texts = finder->texts;
    const char *text = value->text.ptr;
    struct json_error error;
    size_t at = 0;

    while (at < TEXTS_KEPT && texts->kept[at].text != text)
        at++;
    if (at == TEXTS_KEPT) {
        at = texts->next++ % TEXTS_KEPT;
        texts->kept[at].text = text;
        json_read(decode(finder->arena, value->text), &texts->kept[at].value, &error);
    }
    *value = texts->kept[at].value;
    return value->type == JSON_OBJECT || value->type == JSON_ARRAY;
}

static bool find_in(const struct finder *finder, struct json_value from, struct str path,
                    struct json_value *value)
{
    *value = from;
    while (path.len) {
        bool found;

        if (value->type == JSON_STRING && !enter_text(finder, value))
            return false;
        if (value->type == JSON_OBJECT)
            found = enter_object(value, &path);
        else
            found = value->type == JSON_ARRAY && enter_array(finder, value, &path);
        if (!found)
            return false;
    }
    return value->type != JSON_NONE && value->type != JSON_NULL;
}

bool record_find_in(struct arena *arena, struct json_value from, struct str path,
                    struct json_value *value)
{
    struct record_texts texts = {.next = 0};

    return find_in(&(struct finder){arena, &texts}, from, path, value);
}

bool record_find(const struct record *record, struct str path, struct json_value *value)
{
    const struct finder finder = {record->arena, record->texts};
    struct search search = {.path = path, .name = first_name(path)};

    if (str_equal(search.name, STR("part")))
        return find_in(&finder, record->part, str_slice(path, search.name.len + 1, path.len),
                       value);
    if (!record->members)
        return find_in(&finder, record->whole, path, value);
    for (size_t i = 0; i < record->count; i++)
        look_at(&search, record->members[i].key, record->members[i].value);
    return enter(&search, value, &path) && find_in(&finder, *value, path, value);
}

struct str record_text(const struct record *record, const char *paths)
{
    struct str path, text = none, rest = str_from(paths);
    struct json_value value;

    while (text.len == 0 && str_next(&rest, '|', &path)) {
        if (path.len > 1 && path.ptr[0] == '"')
            text = str_slice(path, 1, path.len - 2);
        else if (record_find(record, path, &value))
            text = record_text_of(record->arena, value);
    }
    return text;
}
