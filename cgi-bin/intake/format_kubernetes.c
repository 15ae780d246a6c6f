/* SPDX-License-Identifier: MIT */
/*
 * Kubernetes audit events, audit.k8s.io/v1 and v1beta1.  A caller may choose the auditID of its call (the header Audit-ID), so user, verb,
 * URI, address and time count as well: nobody can hide a call behind another one's id.
 */
#include "intake/record_map.h"

#include "base/clock.h"
#include "base/json_write.h"

enum stage { STAGE_RECEIVED = 1, STAGE_STARTED, STAGE_FINAL };
enum { STATUS_PANIC = 500, FORWARDED_MAX = 4096 };

static const struct record_outcome outcomes[] = {
    {"forbid", 403},
    {"success", 200},
    {"failure", 400},
    {NULL, 0},
};

/* Requests for resources have verbs of their own; others have their method. */
static struct str method_of(struct str verb)
{
    static const struct {
        const char *verb, *method;
    } methods[] = {{"get", "GET"},          {"list", "GET"},        {"watch", "GET"},
                   {"create", "POST"},      {"update", "PUT"},      {"patch", "PATCH"},
                   {"delete", "DELETE"},    {"post", "POST"},       {"put", "PUT"},
                   {"head", "HEAD"},        {"options", "OPTIONS"}, {"deletecollection", "DELETE"},
                   {"propfind", "PROPFIND"}};

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (str_equal(verb, str_from(methods[i].verb)))
            return str_from(methods[i].method);
    return (struct str){NULL, 0};
}

/* "create pods/exec"; the verb alone where no resource is meant, the method's name where not even that is known. */
static struct str action_of(const struct record *record, struct str verb)
{
    struct str resource = record_text(record, "objectRef.resource");
    struct str sub = record_text(record, "objectRef.subresource");

    if (verb.len == 0)
        verb = STR("(no verb)");
    if (resource.len == 0)
        return verb;
    return arena_printf(record->arena, "%.*s %.*s%s%.*s", STR_ARG(verb), STR_ARG(resource),
                        sub.len ? "/" : "", STR_ARG(sub));
}

/* "namespace/name"; "namespace/" for all of a namespace. */
static struct str name_of(const struct record *record)
{
    struct str space = record_text(record, "objectRef.namespace");
    struct str name = record_text(record, "objectRef.name|requestObject.metadata.name|"
                                          "responseObject.metadata.name");

    if (space.len == 0)
        return name;
    return arena_printf(record->arena, "%.*s/%.*s", STR_ARG(space), STR_ARG(name));
}

static struct str path_of(struct str url)
{
    const char *mark = url.len ? memchr(url.ptr, '?', url.len) : NULL;

    return mark ? str_slice(url, 0, (size_t)(mark - url.ptr)) : url;
}

static void set_entity(const struct record *record, struct event *event)
{
    if (event->entity_type.len) {
        event->entity_name = record_column(name_of(record), EVENT_NAME_MAX);
    } else if (event->url.len) {
        event->entity_type = STR("nonResourceURL");
        event->entity_name = record_column(path_of(event->url), EVENT_NAME_MAX);
    }
}

static void set_stage(const struct record *record, struct format_item *item)
{
    struct str stage = record_text(record, "stage");

    item->stage = str_equal(stage, STR("RequestReceived"))   ? STAGE_RECEIVED
                  : str_equal(stage, STR("ResponseStarted")) ? STAGE_STARTED
                                                             : STAGE_FINAL;
    item->is_early = item->stage != STAGE_FINAL;
    if (item->event.status == 0 && str_equal(stage, STR("Panic")))
        item->event.status = STATUS_PANIC;
}

static void set_duration(const struct record *record, struct event *event)
{
    int64_t from, to;

    if (!clock_parse_logged(record_text(record, "requestReceivedTimestamp"), &from) ||
        !clock_parse_logged(record_text(record, "stageTimestamp"), &to) || to < from)
        return;
    event->has_response_time = true;
    event->response_time_ms = to - from < UINT32_MAX ? (uint32_t)(to - from) : UINT32_MAX;
}

/* The last address is the one that the API server saw; those in front of it are what headers claim. */
static void set_forwarded(const struct record *record, struct event *event)
{
    struct json_walk walk;
    struct json_value list, address;
    struct str key, text;
    struct strbuf all;
    size_t count = 0;

    if (!record_find(record, STR("sourceIPs"), &list) || list.type != JSON_ARRAY)
        return;
    strbuf_init(&all);
    json_walk_start(&walk, list);
    for (; json_walk_next(&walk, &key, &address); count++) {
        text = record_text_of(record->arena, address);
        strbuf_printf(&all, "%s%.*s", count ? ", " : "", STR_ARG(text));
    }
    if (count > 1)
        event->forwarded_for =
            record_column(arena_copy(record->arena, strbuf_str(&all)), FORWARDED_MAX);
    strbuf_release(&all);
}

static void adjust(struct record_reading *reading)
{
    const struct record *record = reading->record;
    struct event *event = &reading->item->event;
    struct str verb = event->action;
    struct str effective = record_text(record, "impersonatedUser.username");

    if (verb.len == 0 && !event->url.len && !str_equal(record_text(record, "kind"), STR("Event")))
        return;
    event->action = record_column(action_of(record, verb), EVENT_NAME_MAX);
    event->method = method_of(verb);
    set_entity(record, event);
    set_stage(record, reading->item);
    set_duration(record, event);
    set_forwarded(record, event);
    if (effective.len) {
        json_write_text(&reading->extra, "user", record_text(record, "user.username"));
        json_write_text(&reading->extra, "impersonated_user", effective);
    }
}

static struct str same(const struct record_reading *reading)
{
    struct str user = record_text(reading->record, "user.username");
    struct str verb = record_text(reading->record, "verb");
    struct str time = record_text(reading->record, "requestReceivedTimestamp");
    const struct event *event = &reading->item->event;

    return arena_printf(reading->intake->arena, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(user),
                        STR_ARG(verb), STR_ARG(event->url), STR_ARG(event->client_address),
                        STR_ARG(time));
}

static const struct record_map map = {
    .name = "kubernetes",
    .paths =
        {
            [RECORD_KEY] = "auditID",
            [RECORD_TIME] = ("requestReceivedTimestamp|timestamp|stageTimestamp|"
                             "metadata.creationTimestamp"),
            [RECORD_ACTION] = "verb",
            [RECORD_ENTITY_TYPE] = "objectRef.resource",
            [RECORD_ENTITY_ID] = "objectRef.uid|responseObject.metadata.uid",
            [RECORD_USER] = "impersonatedUser.username|user.username",
            [RECORD_STATUS] = "responseStatus.code",
            [RECORD_OUTCOME] = "responseStatus.status|annotations.authorization.k8s.io/decision",
            [RECORD_URL] = "requestURI",
            [RECORD_REQUEST_ID] = "auditID",
            [RECORD_CLIENT_ADDRESS] = "sourceIPs.last",
            [RECORD_USER_AGENT] = "userAgent",
        },
    .outcomes = outcomes,
    .adjust = adjust,
    .same = same,
};

bool format_kubernetes_read(const struct intake *intake, const struct format_record *record,
                            struct format_item *item, struct intake_complaint *complaint)
{
    return record_map_read(&map, intake, record, item, complaint);
}
