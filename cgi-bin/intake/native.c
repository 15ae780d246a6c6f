/* SPDX-License-Identifier: MIT */
/* Finds the events in a message, in any of its three forms; native_event.c reads each. */
#include "intake/native.h"

#include "base/json.h"
#include "intake/native_event.h"

/* The events read so far, in one array that grows in the arena. */
struct list {
    struct event *events;
    size_t count, capacity;
};

static struct event *add_event(struct arena *arena, struct list *list)
{
    list->events =
        arena_grow(arena, list->events, list->count, &list->capacity, sizeof(*list->events));
    return &list->events[list->count++];
}

static bool read_next(const struct intake *intake, struct json_value value, struct list *list,
                      struct intake_complaint *complaint)
{
    complaint->has_index = true;
    complaint->index = list->count;
    if (list->count == INTAKE_EVENTS_MAX) {
        complaint->sentence =
            arena_printf(intake->arena, "At most %d events at once.", INTAKE_EVENTS_MAX);
        return false;
    }
    return native_read_event(intake, value, add_event(intake->arena, list), complaint);
}

static bool read_array(const struct intake *intake, struct json_value array, struct list *list,
                       struct intake_complaint *complaint)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, array);
    while (json_walk_next(&walk, &key, &value))
        if (!read_next(intake, value, list, complaint))
            return false;
    return true;
}

/* From the first byte on that is no white space of JSON. */
static struct str without_space(struct str text)
{
    while (text.len && text.ptr[0] != '\0' && strchr(" \t\r\n", text.ptr[0]))
        text = str_slice(text, 1, text.len);
    return text;
}

static bool is_blank(struct str text)
{
    return without_space(text).len == 0;
}

/* What is not JSON at all: the place, counted over the whole message. */
static bool complain_not_json(const struct intake *intake, struct str message, struct str rest,
                              const struct json_error *error, struct intake_complaint *complaint)
{
    size_t offset = (size_t)(rest.ptr - message.ptr) + error->offset;

    /* Inside an array it is not known which event it was. */
    complaint->has_index = !str_starts(without_space(rest), STR("["));
    complaint->field = (struct str){NULL, 0};
    complaint->sentence =
        arena_printf(intake->arena, "Not JSON at byte %zu: %s.", offset, error->reason);
    return false;
}

bool native_read(const struct intake *intake, struct str message, struct event **events,
                 size_t *count, struct intake_complaint *complaint)
{
    struct list list = {0};
    struct str rest = message;

    *complaint = (struct intake_complaint){0};
    if (is_blank(message)) {
        complaint->sentence = STR("The message holds no event.");
        return false;
    }
    while (!is_blank(rest)) {
        struct json_value value;
        struct json_error error;
        struct str behind;

        complaint->has_index = true;
        complaint->index = list.count;
        if (!json_read_first(rest, &value, &behind, &error))
            return complain_not_json(intake, message, rest, &error, complaint);
        if (value.type == JSON_ARRAY && list.count == 0 && is_blank(behind)) {
            if (!read_array(intake, value, &list, complaint))
                return false;
        } else if (!read_next(intake, value, &list, complaint)) {
            return false;
        }
        rest = behind;
    }
    *events = list.events;
    *count = list.count;
    return true;
}
