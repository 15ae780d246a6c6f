/* SPDX-License-Identifier: MIT */
/* Okta's System Log.  The first target is the entity; where there is none, the event is about who did it: a session that began, an address that attacks. */
#include "intake/record_map.h"

static const struct record_outcome outcomes[] = {
    {"success", 200},    {"allow", 200},     {"skipped", 200}, {"scheduled", 202},
    {"deferred", 202},   {"challenge", 401}, {"deny", 403},    {"unanswered", 408},
    {"rate_limit", 429}, {"abandoned", 400}, {"failure", 400}, {NULL, 0},
};

static void adjust(struct record_reading *reading)
{
    const struct record *record = reading->record;
    struct event *event = &reading->item->event;
    struct str type = record_text(record, "actor.type"), action = event->action;

    if (event->entity_type.len || event->entity_id.len || event->entity_name.len)
        return;
    if (type.len == 0)
        str_next(&action, '.', &type);
    event->entity_type = record_column(type, EVENT_NAME_MAX);
    event->entity_id = record_column(record_text(record, "actor.id"), EVENT_NAME_MAX);
    event->entity_name =
        record_column(record_text(record, "actor.displayName|actor.alternateId"), EVENT_NAME_MAX);
}

static const struct record_map map = {
    .name = "okta",
    .paths =
        {
            [RECORD_KEY] = "uuid",
            [RECORD_TIME] = "published",
            [RECORD_ACTION] = "eventType",
            [RECORD_ENTITY_TYPE] = "target.0.type",
            [RECORD_ENTITY_ID] = "target.0.id",
            [RECORD_ENTITY_NAME] = "target.0.displayName|target.0.alternateId",
            [RECORD_USER] = "actor.alternateId|actor.displayName|actor.id",
            [RECORD_OUTCOME] = "outcome.result",
            [RECORD_URL] = "debugContext.debugData.url|debugContext.debugData.requestUri",
            [RECORD_REQUEST_ID] = "debugContext.debugData.requestId",
            [RECORD_TRACE_ID] = "transaction.id",
            [RECORD_CLIENT_ADDRESS] = "client.ipAddress",
            [RECORD_USER_AGENT] = "client.userAgent.rawUserAgent",
        },
    .outcomes = outcomes,
    .status_unsaid = 200,
    .adjust = adjust,
};

bool format_okta_read(const struct intake *intake, const struct format_record *record,
                      struct format_item *item, struct intake_complaint *complaint)
{
    return record_map_read(&map, intake, record, item, complaint);
}
