/* SPDX-License-Identifier: MIT */
/* The list around the events; each of them is read as in a file of them (format_kubernetes.c). */
#include "intake/kubernetes.h"

#include "intake/format_message.h"
#include "intake/record.h"

static bool complain(struct intake_complaint *complaint, const char *field, struct str sentence)
{
    complaint->field = str_from(field);
    complaint->sentence = sentence;
    return false;
}

/* Another message would be recorded as something it is not. */
static bool is_list(const struct intake *intake, struct json_value message,
                    struct intake_complaint *complaint)
{
    struct record list;
    struct json_value items;

    if (message.type != JSON_OBJECT)
        return complain(complaint, "", STR("The message must be an EventList of audit.k8s.io."));
    record_open(&list, intake->arena, message);
    if (!str_equal(record_text(&list, "kind"), STR("EventList")))
        return complain(complaint, "kind", STR("kind must be \"EventList\"."));
    if (!str_starts(record_text(&list, "apiVersion"), STR("audit.k8s.io/v1")))
        return complain(complaint, "apiVersion",
                        STR("apiVersion must be \"audit.k8s.io/v1\" or \"audit.k8s.io/v1beta1\"."));
    if (record_find(&list, STR("items"), &items) && items.type != JSON_ARRAY)
        return complain(complaint, "items", STR("items must be a list of events."));
    return true;
}

static bool has_items(const struct intake *intake, struct json_value message)
{
    struct json_value items;

    return record_find_in(intake->arena, message, STR("items"), &items);
}

bool kubernetes_read(const struct intake *intake, const struct sender_message *message,
                     struct sender_events *events, struct intake_complaint *complaint)
{
    struct json_value list;
    struct json_error error;

    *complaint = (struct intake_complaint){0};
    if (!json_read(message->body, &list, &error))
        return complain(
            complaint, "",
            arena_printf(intake->arena, "Not JSON at byte %zu: %s.", error.offset, error.reason));
    if (!is_list(intake, list, complaint))
        return false;
    return !has_items(intake, list) || format_message_read(format_find(STR("kubernetes")), intake,
                                                           list.text, events, complaint);
}

struct sender_answer kubernetes_answer(struct arena *arena, const struct sender_events *events)
{
    (void)arena;
    (void)events;
    return (struct sender_answer){
        .status = 200, .content_type = "application/json", .body = STR("{}\n")};
}
