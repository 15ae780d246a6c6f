/* SPDX-License-Identifier: MIT */
/*
 * Google Workspace activities (Reports API).  An activity has one or more events; exports put the only one's name and parameters into the
 * activity itself, and the parameters into an object: both forms read the same.
 */
#include "intake/record_map.h"

static const struct record_outcome outcomes[] = {
    {"false", 400},  {"true", 200}, {"fail", 401}, {"blocked", 403},
    {"denied", 403}, {"", 200},     {NULL, 0},
};

/* What people do to their own accounts names nobody else; other events without an object are about all of the customer. */
static void adjust(struct record_reading *reading)
{
    static const struct str own[] = {STR("login"), STR("user_accounts"), STR("saml"),
                                     STR("logout")};
    const struct record *record = reading->record;
    struct event *event = &reading->item->event;

    if (event->entity_id.len || event->entity_name.len)
        return;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (str_equal(event->entity_type, own[i])) {
            event->entity_name = record_column(record_text(record, "actor.email"), EVENT_NAME_MAX);
            event->entity_id =
                record_column(record_text(record, "actor.profileId"), EVENT_NAME_MAX);
        }
    if (event->entity_id.len == 0 && event->entity_name.len == 0)
        event->entity_id = record_column(record_text(record, "id.customerId"), EVENT_NAME_MAX);
}

static const struct record_map map = {
    .name = "gsuite",
    .paths =
        {
            [RECORD_KEY] = "id.uniqueQualifier",
            [RECORD_TIME] = "id.time",
            [RECORD_ACTION] = "part.name|part.type|id.applicationName",
            [RECORD_ENTITY_TYPE] = "id.applicationName|part.type",
            [RECORD_ENTITY_ID] =
                ("part.parameters.doc_id|part.parameters.ROLE_ID|part.parameters.APP_ID|"
                 "part.parameters.client_id|part.parameters.calendar_id|"
                 "part.parameters.message_info.rfc2822_message_id|part.parameters.DEVICE_ID|"
                 "part.parameters.resource_id|part.parameters.group_id|"
                 "part.parameters.OBFUSCATED_CUSTOMER_TAKEOUT_REQUEST_ID"),
            [RECORD_ENTITY_NAME] =
                ("part.parameters.doc_title|part.parameters.USER_EMAIL|part.parameters.GROUP_EMAIL|"
                 "part.parameters.ROLE_NAME|part.parameters.APPLICATION_NAME|"
                 "part.parameters.ORG_UNIT_NAME|part.parameters.DOMAIN_NAME|"
                 "part.parameters.SETTING_NAME|part.parameters.app_name|"
                 "part.parameters.application_name|part.parameters.affected_email_address|"
                 "part.parameters.target_user|part.parameters.group_email|"
                 "part.parameters.rule_name|part.parameters.DEVICE_MODEL|"
                 "part.parameters.MOBILE_APP_PACKAGE_ID|part.parameters.message_info.subject|"
                 "part.parameters.data_source|part.parameters.orgunit_path"),
            [RECORD_USER] = ("actor.email|actor.key|actor.profileId|"
                             "actor.applicationInfo.applicationName|"
                             "part.parameters.message_info.source.address"),
            [RECORD_OUTCOME] = ("part.parameters.event_info.success|part.name|part.type|"
                                "id.applicationName"),
            [RECORD_CLIENT_ADDRESS] = "ipAddress",
            [RECORD_USER_AGENT] = "part.parameters.user_agent",
        },
    .outcomes = outcomes,
    .status_unsaid = 200,
    .adjust = adjust,
};

bool format_gsuite_read(const struct intake *intake, const struct format_record *record,
                        struct format_item *item, struct intake_complaint *complaint)
{
    return record_map_read(&map, intake, record, item, complaint);
}
