/* SPDX-License-Identifier: MIT */
/* Finds the records in a text: values, arrays, objects that hold a list, and the parts of a record; or lines. */
#include "intake/format.h"

#include "base/latin1.h"
#include "base/utf8.h"
#include "intake/record.h"

enum { BESIDE_PARTS_MAX = 16 * 1024 };

struct walk {
    const struct format *format;
    struct arena *arena;
    bool (*each)(void *context, const struct format_record *record);
    void *context;
    struct intake_complaint *complaint;
};

static bool is_container(struct json_value value)
{
    return value.type == JSON_ARRAY || value.type == JSON_OBJECT;
}

/* The elements of an array, or the one object that stands instead of it. */
static bool each_of(const struct walk *walk, struct json_value list,
                    bool (*take)(const struct walk *walk, struct json_value value, void *context),
                    void *context)
{
    struct json_walk elements;
    struct json_value element;
    struct str key;

    if (list.type == JSON_OBJECT)
        return take(walk, list, context);
    json_walk_start(&elements, list);
    while (json_walk_next(&elements, &key, &element))
        if (!take(walk, element, context))
            return false;
    return true;
}

static bool take_part(const struct walk *walk, struct json_value value, void *context)
{
    struct format_record *record = context;

    record->part = value.type == JSON_OBJECT ? value : record->whole;
    if (!walk->each(walk->context, record))
        return false;
    record->part_number++;
    return true;
}

static bool has_elements(struct json_value list)
{
    struct json_walk walk;
    struct json_value element;
    struct str key;

    json_walk_start(&walk, list);
    return json_walk_next(&walk, &key, &element);
}

/* What stands beside the parts is read again for each of them, so it must be short. */
static bool has_parts(const struct walk *walk, const struct record *record,
                      struct json_value *parts)
{
    return record_find(record, str_from(walk->format->parts), parts) && is_container(*parts) &&
           has_elements(*parts) && record->whole.text.len - parts->text.len <= BESIDE_PARTS_MAX;
}

static bool take_record(const struct walk *walk, struct json_value value, void *context)
{
    struct format_record item = {.text = value.text, .whole = value, .part = value};
    struct json_value parts;
    struct record record;

    (void)context;
    if (value.type != JSON_OBJECT) {
        walk->complaint->sentence = STR("Each record must be a JSON object.");
        return false;
    }
    if (walk->format->parts) {
        record_open(&record, walk->arena, value);
        item.opened = &record;
        if (has_parts(walk, &record, &parts))
            return each_of(walk, parts, take_part, &item);
    }
    return walk->each(walk->context, &item);
}

/* A record, or an object that only wraps some. */
static bool take_value(const struct walk *walk, struct json_value value, void *context)
{
    struct str path, lists = str_from(walk->format->lists);
    struct json_value list;

    while (value.type == JSON_OBJECT && str_next(&lists, '|', &path))
        if (record_find_in(walk->arena, value, path, &list) && is_container(list))
            return each_of(walk, list, take_record, NULL);
    return take_record(walk, value, context);
}

static struct str without_space(struct str text)
{
    while (text.len && text.ptr[0] != '\0' && strchr(" \t\r\n", text.ptr[0]))
        text = str_slice(text, 1, text.len);
    return text;
}

static bool walk_json(const struct walk *walk, struct str text)
{
    struct str rest = without_space(text);

    while (rest.len) {
        struct json_value value;
        struct json_error error;
        struct str behind;
        bool taken;

        if (!json_read_first(rest, &value, &behind, &error)) {
            walk->complaint->sentence =
                arena_printf(walk->arena, "Not JSON at byte %zu: %s.",
                             (size_t)(rest.ptr - text.ptr) + error.offset, error.reason);
            return false;
        }
        taken = value.type == JSON_ARRAY ? each_of(walk, value, take_value, NULL)
                                         : take_value(walk, value, NULL);
        if (!taken)
            return false;
        rest = without_space(behind);
    }
    return true;
}

static bool walk_lines(const struct walk *walk, struct str text)
{
    struct str line;

    while (str_next(&text, '\n', &line)) {
        struct format_record record = {.text = line};

        if (line.len && line.ptr[line.len - 1] == '\r')
            record.text.len--;
        if (str_trim(record.text).len && !walk->each(walk->context, &record))
            return false;
    }
    return true;
}

/* Bytes that nginx passed on as they came; only in the lines that hold such. */
static struct str as_utf8(struct arena *arena, struct str text)
{
    struct str line, result;
    struct strbuf out;

    if (utf8_valid_prefix(text) == text.len)
        return text;
    strbuf_init(&out);
    while (str_next(&text, '\n', &line)) {
        strbuf_add(&out, utf8_valid_prefix(line) == line.len ? line : latin1_to_utf8(arena, line));
        strbuf_add_char(&out, '\n');
    }
    result = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return result;
}

bool format_walk(const struct format *format, struct arena *arena, struct str text,
                 bool (*each)(void *context, const struct format_record *record), void *context,
                 struct intake_complaint *complaint)
{
    const struct walk walk = {format, arena, each, context, complaint};

    switch (format->unit) {
    case FORMAT_LINE:
        return walk_lines(&walk, text);
    case FORMAT_JSON_LINE:
        return walk_json(&walk, as_utf8(arena, text));
    case FORMAT_JSON:
        break;
    }
    return walk_json(&walk, text);
}
