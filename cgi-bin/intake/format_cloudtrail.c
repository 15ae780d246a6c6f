/* SPDX-License-Identifier: MIT */
/*
 * AWS CloudTrail.  Which parameter of a call names what it is about differs with every service: the first one named like an ARN, an id or a
 * name is taken.
 */
#include "intake/record_map.h"

enum { LOOK_DEPTH = 4 };

/* What services answer with these codes; the reason alone stands where nobody could sign in. */
static const struct record_outcome outcomes[] = {
    {"internalfailure", 500},
    {"internalerror", 500},
    {"internalserver", 500},
    {"serviceunavailable", 503},
    {"throttl", 429},
    {"toomanyrequests", 429},
    {"requestlimitexceeded", 429},
    {"accessdenied", 403},
    {"unauthorized", 403},
    {"notauthorized", 403},
    {"forbidden", 403},
    {"clienttokenid", 403},
    {"nosuch", 404},
    {"notfound", 404},
    {"doesnotexist", 404},
    {"dryrunoperation", 412},
    {"failed authentication", 401},
    {"failure", 401},
    {"success", 200},
    {"", 400},
    {NULL, 0},
};

enum kind { KIND_NONE, KIND_ID, KIND_NAME };

static bool ends_with(struct str text, struct str end)
{
    return text.len >= end.len && str_equal(str_slice(text, text.len - end.len, end.len), end);
}

/* By capital letters, as the parameters are written: `roleArn` and `userName`, but neither `Sid` nor `filename`. */
static enum kind kind_of(struct str quoted)
{
    struct str key = str_slice(quoted, 1, quoted.len - 2);

    if (ends_with(key, STR("Arn")) || ends_with(key, STR("ARN")) || ends_with(key, STR("Id")) ||
        ends_with(key, STR("ID")) || ends_with(key, STR("Identifier")) ||
        str_equal(key, STR("arn")) || str_equal(key, STR("id")))
        return KIND_ID;
    return ends_with(key, STR("Name")) || str_equal(key, STR("name")) ? KIND_NAME : KIND_NONE;
}

/* The first of each kind, in the order of the text, however deep it stands. */
static void look(struct arena *arena, struct json_value value, unsigned depth, struct str *id,
                 struct str *name)
{
    struct json_walk walk;
    struct json_value member;
    struct str key;

    if (value.type != JSON_OBJECT && value.type != JSON_ARRAY)
        return;
    json_walk_start(&walk, value);
    while (!(id->len && name->len) && json_walk_next(&walk, &key, &member)) {
        enum kind kind = key.len && member.type == JSON_STRING ? kind_of(key) : KIND_NONE;

        if (kind == KIND_ID && id->len == 0)
            *id = record_text_of(arena, member);
        else if (kind == KIND_NAME && name->len == 0)
            *name = record_text_of(arena, member);
        else if (depth > 1)
            look(arena, member, depth - 1, id, name);
    }
}

static void look_in(const struct record *record, const char *member, struct str *id,
                    struct str *name)
{
    struct json_value value;
    struct json_error error;

    if (!record_find(record, str_from(member), &value))
        return;
    if (value.type == JSON_STRING &&
        !json_read(record_text_of(record->arena, value), &value, &error))
        return;
    look(record->arena, value, LOOK_DEPTH, id, name);
}

static void adjust(struct record_reading *reading)
{
    static const struct str domain = STR(".amazonaws.com");
    const struct record *record = reading->record;
    struct event *event = &reading->item->event;
    struct str id = event->entity_id, name = {NULL, 0};

    if (ends_with(event->entity_type, domain))
        event->entity_type.len -= domain.len;
    look_in(record, "requestParameters", &id, &name);
    if (id.len == 0 && name.len == 0)
        look_in(record, "responseElements", &id, &name);
    if (id.len == 0 && name.len == 0)
        look_in(record, "serviceEventDetails", &id, &name);
    if (id.len == 0 && name.len == 0)
        id = record_text(record, "recipientAccountId|userIdentity.accountId");
    event->entity_id = record_column(id, EVENT_NAME_MAX);
    event->entity_name = record_column(name, EVENT_NAME_MAX);
}

static const struct record_map map = {
    .name = "cloudtrail",
    .paths =
        {
            [RECORD_KEY] = "eventID",
            [RECORD_TIME] = "eventTime",
            [RECORD_ACTION] = "eventName",
            [RECORD_ENTITY_TYPE] = "eventSource",
            [RECORD_ENTITY_ID] = "resources.0.ARN",
            [RECORD_USER] = ("userIdentity.userName|userIdentity.arn|userIdentity.principalId|"
                             "userIdentity.invokedBy|userIdentity.accountId|userIdentity.type"),
            [RECORD_OUTCOME] = ("errorCode|errorMessage|responseElements.ConsoleLogin|"
                                "responseElements.SwitchRole|responseElements.ExitRole|"
                                "responseElements.ExternalIdPDirectoryLogin|"
                                "responseElements.PasswordRecoveryRequested|"
                                "responseElements.CheckMfa"),
            [RECORD_REQUEST_ID] = "requestID",
            [RECORD_CLIENT_ADDRESS] = "sourceIPAddress",
            [RECORD_USER_AGENT] = "userAgent",
        },
    .outcomes = outcomes,
    .status_unsaid = 200,
    .adjust = adjust,
};

bool format_cloudtrail_read(const struct intake *intake, const struct format_record *record,
                            struct format_item *item, struct intake_complaint *complaint)
{
    return record_map_read(&map, intake, record, item, complaint);
}
