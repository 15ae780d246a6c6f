/* SPDX-License-Identifier: MIT */
/* Slack's audit logs.  An entry that names no entity is about the workspace it happened in. */
#include "intake/record_map.h"

static const struct record_outcome outcomes[] = {
    {"login_failed", 401}, {"denied", 403}, {"failed", 400}, {"", 200}, {NULL, 0},
};

/* `entity` holds the thing under the name of its type: {"type": "app", "app": {"id": …}}. */
static struct str of_entity(const struct record *record, struct str type, const char *member)
{
    if (!type.len || memchr(type.ptr, '|', type.len))
        return (struct str){NULL, 0};
    return record_text(record,
                       arena_printf(record->arena, "entity.%.*s.%s", STR_ARG(type), member).ptr);
}

static void adjust(struct record_reading *reading)
{
    const struct record *record = reading->record;
    struct event *event = &reading->item->event;
    struct str name, type = record_text(record, "entity.type");

    if (type.len == 0) {
        event->entity_type =
            record_column(record_text(record, "context.location.type"), EVENT_NAME_MAX);
        event->entity_id =
            record_column(record_text(record, "context.location.id"), EVENT_NAME_MAX);
        event->entity_name = record_column(
            record_text(record, "context.location.name|context.location.domain"), EVENT_NAME_MAX);
        return;
    }
    name = of_entity(record, type, "email");
    if (name.len == 0)
        name = of_entity(record, type, "name");
    if (name.len == 0)
        name = of_entity(record, type, "title");
    event->entity_type = record_column(type, EVENT_NAME_MAX);
    event->entity_id = record_column(of_entity(record, type, "id"), EVENT_NAME_MAX);
    event->entity_name = record_column(name, EVENT_NAME_MAX);
}

static const struct record_map map = {
    .name = "slack",
    .paths =
        {
            [RECORD_KEY] = "id",
            [RECORD_TIME] = "date_create",
            [RECORD_ACTION] = "action",
            [RECORD_USER] = "actor.user.email|actor.user.name|actor.user.id",
            [RECORD_OUTCOME] = "action",
            [RECORD_CLIENT_ADDRESS] = "context.ip_address",
            [RECORD_USER_AGENT] = "context.ua",
        },
    .outcomes = outcomes,
    .adjust = adjust,
};

bool format_slack_read(const struct intake *intake, const struct format_record *record,
                       struct format_item *item, struct intake_complaint *complaint)
{
    return record_map_read(&map, intake, record, item, complaint);
}
