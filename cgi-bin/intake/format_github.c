/* SPDX-License-Identifier: MIT */
/* GitHub's audit log, as exported and as streamed.  The first word of an action says what it is about: `repo.create`, `team.add_member`. */
#include "intake/record_map.h"

/* The log says what was done; API calls in it (api.request) have their status. */
static const struct record_outcome outcomes[] = {
    {"failed_login", 401},
    {"failed", 400},
    {"", 200},
    {NULL, 0},
};

static struct str first_word(struct str action)
{
    struct str word = {NULL, 0};

    str_next(&action, '.', &word);
    return word;
}

/* The member NAME, or NAME_id. */
static struct str member(const struct record *record, struct str name, const char *end)
{
    return record_text(record, arena_printf(record->arena, "%.*s%s", STR_ARG(name), end).ptr);
}

/* By the name of its own kind where the record has that, else by that of the nearest thing around it. */
static void adjust(struct record_reading *reading)
{
    static const char *const around[] = {"repo", "repository", "team", "org", "business", "user"};
    const struct record *record = reading->record;
    struct event *event = &reading->item->event;
    struct str kind = first_word(event->action);
    struct str name = {NULL, 0}, id = {NULL, 0};
    bool is_plain = kind.len && !memchr(kind.ptr, '|', kind.len) && kind.ptr[0] != '"';

    event->entity_type = record_column(kind, EVENT_NAME_MAX);
    if (is_plain) {
        name = member(record, kind, "");
        id = member(record, kind, "_id");
    }
    for (size_t i = 0; name.len == 0 && i < sizeof(around) / sizeof(around[0]); i++) {
        name = record_text(record, around[i]);
        if (name.len && id.len == 0)
            id = member(record, str_from(around[i]), "_id");
    }
    event->entity_name = record_column(name, EVENT_NAME_MAX);
    event->entity_id = record_column(id, EVENT_NAME_MAX);
}

static const struct record_map map = {
    .name = "github",
    .paths =
        {
            [RECORD_KEY] = "_document_id",
            [RECORD_TIME] = "@timestamp|at_sign_timestamp|created_at|timestamp",
            [RECORD_ACTION] = "action",
            [RECORD_USER] = "actor|external_identity_username|external_identity_nameid|user",
            [RECORD_STATUS] = "status_code",
            [RECORD_OUTCOME] = "action",
            [RECORD_METHOD] = "request_method",
            [RECORD_URL] = "url_path",
            [RECORD_REQUEST_ID] = "request_id",
            [RECORD_CLIENT_ADDRESS] = "actor_ip",
            [RECORD_USER_AGENT] = "user_agent",
        },
    .outcomes = outcomes,
    .adjust = adjust,
};

bool format_github_read(const struct intake *intake, const struct format_record *record,
                        struct format_item *item, struct intake_complaint *complaint)
{
    return record_map_read(&map, intake, record, item, complaint);
}
