/* SPDX-License-Identifier: MIT */
/* The same call as a row and as a message: so that what was loaded can be compared with what was recorded. */
#include "make_wire.h"

#include "base/event.h"

static void add_string(struct strbuf *out, const char *name, struct str text)
{
    strbuf_printf(out, "\"%s\": \"", name);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, text.ptr[i]);
    }
    strbuf_add_cstr(out, "\", ");
}

static void add_names(struct strbuf *out, const struct call *call)
{
    struct strbuf name;

    strbuf_init(&name);
    if (call->entity) {
        add_string(out, "entity_type", texts_type(call->type));
        texts_entity_id(&name, call->account, call->entity);
        add_string(out, "entity_id", strbuf_str(&name));
        name.len = 0;
        texts_entity_name(&name, call->account, call->entity);
        add_string(out, "entity_name", strbuf_str(&name));
        name.len = 0;
    }
    if (call->user) {
        texts_user(&name, call->account, call->user);
        add_string(out, "user", strbuf_str(&name));
        name.len = 0;
    }
    texts_action(&name, call->action);
    add_string(out, "action", strbuf_str(&name));
    strbuf_release(&name);
    if (call->status)
        strbuf_printf(out, "\"status\": %u, ", call->status);
    if (call->source)
        add_string(out, "source", texts_source(call->source));
}

static void add_trigger(struct strbuf *out, const struct call *call, const struct texts *texts)
{
    strbuf_add_cstr(out, "\"trigger\": {");
    if (texts->provider.len)
        add_string(out, "provider", texts->provider);
    add_string(out, "event", texts->webhook);
    if (call->signature)
        add_string(out, "signature", event_signature_name((enum event_signature)call->signature));
    add_string(out, "delivery_id", strbuf_str(&texts->delivery_id));
    out->len -= 2;
    strbuf_add_cstr(out, "}, ");
}

void wire_add(struct strbuf *out, const struct call *call, const struct texts *texts)
{
    strbuf_add_char(out, '{');
    add_string(out, "idempotency_key", str_from(call->key));
    add_string(out, "kind", event_kind_name((enum event_kind)call->kind));
    strbuf_printf(out, "\"occurred_at\": %llu, ", (unsigned long long)call->time_ms);
    add_names(out, call);
    if (call->kind == EVENT_KIND_TRIGGER)
        add_trigger(out, call, texts);
    add_string(out, "request_id", texts->request_id);
    add_string(out, "trace_id", strbuf_str(&texts->trace_id));
    add_string(out, "client_address", strbuf_str(&texts->address));
    add_string(out, "user_agent", texts->agent);
    strbuf_printf(out, "\"response\": {\"time_ms\": %u, \"bytes\": %u}, \"request\": {",
                  texts->response_ms, texts->response_bytes);
    add_string(out, "method", texts->method);
    add_string(out, "url", strbuf_str(&texts->url));
    add_string(out, "body", strbuf_str(&texts->body));
    strbuf_printf(out, "\"params\": %.*s, \"query\": %.*s, \"headers\": %.*s}}\n",
                  STR_ARG(strbuf_str(&texts->params)), STR_ARG(strbuf_str(&texts->query)),
                  STR_ARG(strbuf_str(&texts->headers)));
}
