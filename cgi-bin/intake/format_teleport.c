/* SPDX-License-Identifier: MIT */
/* Teleport's audit events.  Their code ends in a letter: I for what was done, W and E for what was refused or failed. */
#include "intake/record_map.h"

static const struct record_outcome outcomes[] = {
    {"true", 200},
    {"false", 403},
    {NULL, 0},
};

static unsigned status_of_code(struct str code)
{
    switch (code.len ? code.ptr[code.len - 1] | ('a' ^ 'A') : '\0') {
    case 'i':
        return 200;
    case 'w':
        return 403;
    case 'e':
        return 400;
    default:
        return 0;
    }
}

static void adjust(struct record_reading *reading)
{
    const struct record *record = reading->record;
    struct event *event = &reading->item->event;
    struct str word = {NULL, 0}, action = event->action;

    str_next(&action, '.', &word);
    event->entity_type = word;
    if (event->entity_name.len == 0 &&
        (str_equal(word, STR("user")) || str_equal(word, STR("auth"))))
        event->entity_name = event->user;
    if (event->status == 0)
        event->status = status_of_code(record_text(record, "code"));
}

static const struct record_map map = {
    .name = "teleport",
    .paths =
        {
            [RECORD_KEY] = "uid",
            [RECORD_TIME] = "time",
            [RECORD_ACTION] = "event",
            [RECORD_ENTITY_ID] = "sid|server_id|app_uri|access_request_id",
            [RECORD_ENTITY_NAME] = ("target.user|name|server_hostname|db_service|app_name|"
                                    "kubernetes_cluster|identity.user|id"),
            [RECORD_USER] = "user|updated_by|identity.user|login",
            [RECORD_STATUS] = "response_code|status_code",
            [RECORD_OUTCOME] = "success",
            [RECORD_CLIENT_ADDRESS] = "addr.remote|addr_remote|src_addr",
            [RECORD_USER_AGENT] = "user_agent",
        },
    .outcomes = outcomes,
    .adjust = adjust,
};

bool format_teleport_read(const struct intake *intake, const struct format_record *record,
                          struct format_item *item, struct intake_complaint *complaint)
{
    return record_map_read(&map, intake, record, item, complaint);
}
