/* SPDX-License-Identifier: MIT */
/* Fills the columns one after another; what a path finds is taken as it stands. */
#include "intake/record_map.h"

#include "base/clock.h"
#include "base/json_write.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "intake/capture_parts.h"

enum { SHORT_MAX = 255, LONG_MAX_BYTES = 65535, FORWARDED_MAX = 4096, METHOD_MAX = 32 };

#define COLUMN(name) offsetof(struct event, name)

static const struct column {
    size_t offset, max;
} columns[RECORD_FIELD_COUNT] = {
    [RECORD_ACTION] = {COLUMN(action), EVENT_NAME_MAX},
    [RECORD_ENTITY_TYPE] = {COLUMN(entity_type), EVENT_NAME_MAX},
    [RECORD_ENTITY_ID] = {COLUMN(entity_id), EVENT_NAME_MAX},
    [RECORD_ENTITY_NAME] = {COLUMN(entity_name), EVENT_NAME_MAX},
    [RECORD_USER] = {COLUMN(user), EVENT_NAME_MAX},
    [RECORD_METHOD] = {COLUMN(method), METHOD_MAX},
    [RECORD_URL] = {COLUMN(url), LONG_MAX_BYTES},
    [RECORD_REQUEST_ID] = {COLUMN(request_id), SHORT_MAX},
    [RECORD_TRACE_ID] = {COLUMN(trace_id), SHORT_MAX},
    [RECORD_CLIENT_ADDRESS] = {COLUMN(client_address), SHORT_MAX},
    [RECORD_FORWARDED_FOR] = {COLUMN(forwarded_for), FORWARDED_MAX},
    [RECORD_USER_AGENT] = {COLUMN(user_agent), LONG_MAX_BYTES},
};

struct str record_column(struct str text, size_t max)
{
    return utf8_cut(text, max);
}

static void fill_columns(const struct record_map *map, const struct record *record,
                         struct event *event)
{
    for (unsigned field = 0; field < RECORD_FIELD_COUNT; field++) {
        const struct column *column = &columns[field];
        struct str *text = (struct str *)(void *)((char *)event + column->offset);

        if (column->max)
            *text = record_column(record_text(record, map->paths[field]), column->max);
    }
}

static void fill_time(const struct record_map *map, struct record_reading *reading)
{
    struct event *event = &reading->item->event;
    struct str path, text, rest = str_from(map->paths[RECORD_TIME]);
    struct str unread = {NULL, 0};
    struct json_value value;

    while (!event->has_time && str_next(&rest, '|', &path)) {
        if (!record_find(reading->record, path, &value))
            continue;
        text = record_text_of(reading->intake->arena, value);
        event->has_time = text.len && clock_parse_logged(text, &event->occurred_ms);
        if (unread.len == 0)
            unread = record_column(text, SHORT_MAX);
    }
    if (!event->has_time)
        json_write_text(&reading->extra, "unreadable_time", unread);
}

unsigned record_outcome_status(const struct record_outcome *outcomes, struct str word)
{
    for (; outcomes && outcomes->word; outcomes++)
        if (str_contains_folded(word, str_from(outcomes->word)))
            return outcomes->status;
    return 0;
}

static unsigned status_of(const struct record_map *map, const struct record *record)
{
    struct str code = record_text(record, map->paths[RECORD_STATUS]);
    uint64_t status;
    struct str word;

    if (parse_u64(code, EVENT_STATUS_MIN, EVENT_STATUS_MAX, &status))
        return (unsigned)status;
    word = record_text(record, map->paths[RECORD_OUTCOME]);
    return word.len ? record_outcome_status(map->outcomes, word) : map->status_unsaid;
}

/* "eventName, name" of "eventName|name". */
static struct str listed(struct arena *arena, const char *paths)
{
    struct strbuf out;
    struct str path, text, rest = str_from(paths);

    strbuf_init(&out);
    while (str_next(&rest, '|', &path))
        strbuf_printf(&out, "%s%.*s", out.len ? ", " : "", STR_ARG(path));
    text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}

static bool complain_no_action(const struct record_map *map, const struct intake *intake,
                               struct intake_complaint *complaint)
{
    struct str names = listed(intake->arena, map->paths[RECORD_ACTION]);

    complaint->field = STR("action");
    complaint->sentence =
        arena_printf(intake->arena, "This is no record of the format %s: it has no member %.*s.",
                     map->name, STR_ARG(names));
    return false;
}

static void end_extra(struct record_reading *reading)
{
    strbuf_add_char(&reading->extra, '}');
    if (reading->extra.len > sizeof("{}") - 1)
        reading->item->event.extra =
            arena_copy(reading->intake->arena, strbuf_str(&reading->extra));
}

/* The first of several parts has all of the record as its body, each further one itself. */
static bool complete(const struct record_map *map, struct record_reading *reading, size_t number,
                     struct intake_complaint *complaint)
{
    const struct intake *intake = reading->intake;
    struct event *event = &reading->item->event;
    struct str id = record_text(reading->record, map->paths[RECORD_KEY]);
    bool is_latin1 = false;

    if (event->action.len == 0)
        return complain_no_action(map, intake, complaint);
    end_extra(reading);
    event->query = capture_query(intake->arena, event->url, &is_latin1);
    event->body = number ? reading->record->part.text : reading->record->whole.text;
    event->body_bytes = event->body.len;
    if (number && id.len)
        id = arena_printf(intake->arena, "%.*s/%zu", STR_ARG(id), number);
    format_key_start(intake->arena, map->name, id, event);
    if (!intake_complete(intake, event, complaint))
        return false;
    format_key_finish(intake->arena, map->same ? map->same(reading) : event->body, event);
    return true;
}

bool record_map_read(const struct record_map *map, const struct intake *intake,
                     const struct format_record *record, struct format_item *item,
                     struct intake_complaint *complaint)
{
    struct record open;
    struct record_reading reading = {.intake = intake, .record = &open, .item = item};
    bool read;

    if (record->opened)
        open = *record->opened;
    else
        record_open(&open, intake->arena, record->whole);
    open.part = record->part;
    item->event = (struct event){.kind = EVENT_KIND_EVENT};
    strbuf_init(&reading.extra);
    strbuf_add_char(&reading.extra, '{');
    fill_columns(map, &open, &item->event);
    fill_time(map, &reading);
    item->event.status = status_of(map, &open);
    if (map->adjust)
        map->adjust(&reading);
    read = complete(map, &reading, record->part_number, complaint);
    strbuf_release(&reading.extra);
    return read;
}
