/* SPDX-License-Identifier: MIT */
/* Only our own programs say it, through nginx; what is not known here is passed over, since they may be of a later version. */
#include "intake/own_done.h"

#include "base/json_write.h"
#include "base/percent.h"
#include "base/strbuf.h"
#include "intake/capture_parts.h"
#include "redaction/redact.h"

static const char *const facts[] = {"role", "scope", "days", "shared", "default", "copy_of"};
enum { FACT_COUNT = sizeof(facts) / sizeof(facts[0]) };

/* The value of the pair `name`, as text; empty without it. */
static struct str value_of(struct arena *arena, struct str pairs, const char *name)
{
    struct str piece, key, value = {NULL, 0};
    struct strbuf text;

    strbuf_init(&text);
    while (str_next(&pairs, '&', &piece))
        if (str_next(&piece, '=', &key) && str_equal(key, str_from(name))) {
            percent_decode(&text, piece, false);
            value = capture_name(arena, arena_copy(arena, strbuf_str(&text)));
            break;
        }
    strbuf_release(&text);
    return value;
}

/* Behind what `extra` has already. */
static struct str add_facts(struct arena *arena, struct str pairs, struct str extra)
{
    struct strbuf out;
    struct str text = extra;

    strbuf_init(&out);
    strbuf_add(&out, extra.len ? str_slice(extra, 0, extra.len - 1) : STR("{"));
    for (size_t i = 0; i < FACT_COUNT; i++)
        json_write_text(&out, facts[i], value_of(arena, pairs, facts[i]));
    strbuf_add_char(&out, '}');
    if (out.len > sizeof("{}") - 1)
        text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}

bool own_done_apply(const struct intake *intake, struct capture_call *call)
{
    struct event *event = &call->event;
    struct str action = value_of(intake->arena, call->done, "action");
    struct event names = {.entity_id = value_of(intake->arena, call->done, "id"),
                          .entity_name = value_of(intake->arena, call->done, "name")};

    if (action.len == 0)
        return true;
    if (!redactor_event(intake->redactor, intake->arena, &names))
        return false;
    event->action = action;
    event->entity_id = names.entity_id;
    event->entity_name = names.entity_name;
    event->extra = add_facts(intake->arena, call->done, event->extra);
    return true;
}
