/* SPDX-License-Identifier: MIT */
/*
 * HashiCorp Vault's audit device.  It writes a line when a request comes and one when it is answered; the second holds what is in the first, so
 * it takes its place.  Secrets in them are digests already.
 */
#include "intake/record_map.h"

enum stage { STAGE_REQUEST = 1, STAGE_RESPONSE };

static const struct record_outcome outcomes[] = {
    {"permission denied", 403},
    {"missing client token", 403},
    {"invalid token", 403},
    {"unsupported path", 404},
    {"unsupported operation", 405},
    {"rate limit", 429},
    {"lease count quota", 429},
    {"vault is sealed", 503},
    {"internal error", 500},
    {"", 400},
    {NULL, 0},
};

static void adjust(struct record_reading *reading)
{
    const struct record *record = reading->record;
    struct event *event = &reading->item->event;
    struct str path = event->entity_name, first = {NULL, 0};
    bool is_request = str_equal(record_text(record, "type"), STR("request"));

    str_next(&path, '/', &first);
    if (event->entity_type.len == 0)
        event->entity_type = first;
    if (event->entity_name.len)
        event->url = arena_printf(reading->intake->arena, "/v1/%.*s", STR_ARG(event->entity_name));
    reading->item->stage = is_request ? STAGE_REQUEST : STAGE_RESPONSE;
    reading->item->is_early = is_request;
    if (!is_request && event->status == 0 && record_text(record, "error").len == 0)
        event->status = 200;
}

static struct str same(const struct record_reading *reading)
{
    return reading->item->event.entity_name;
}

static const struct record_map map = {
    .name = "vault",
    .paths =
        {
            [RECORD_KEY] = "request.id",
            [RECORD_TIME] = "time",
            [RECORD_ACTION] = "request.operation",
            [RECORD_ENTITY_TYPE] = "request.mount_type",
            [RECORD_ENTITY_ID] = "request.mount_accessor|response.mount_accessor",
            [RECORD_ENTITY_NAME] = "request.path",
            [RECORD_USER] = "auth.display_name|response.auth.display_name|auth.entity_id",
            [RECORD_OUTCOME] = "error",
            [RECORD_REQUEST_ID] = "request.id",
            [RECORD_CLIENT_ADDRESS] = "request.remote_address",
            [RECORD_FORWARDED_FOR] = "request.headers.x-forwarded-for.0",
            [RECORD_USER_AGENT] = "request.headers.user-agent.0",
        },
    .outcomes = outcomes,
    .adjust = adjust,
    .same = same,
};

bool format_vault_read(const struct intake *intake, const struct format_record *record,
                       struct format_item *item, struct intake_complaint *complaint)
{
    return record_map_read(&map, intake, record, item, complaint);
}
