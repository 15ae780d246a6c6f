/* SPDX-License-Identifier: MIT */
/* Which formats there are, and the keys that all of them share. */
#include "intake/format.h"

#include "base/digest.h"
#include "base/strbuf.h"
#include "intake/native_event.h"

static bool read_native(const struct intake *intake, const struct format_record *record,
                        struct format_item *item, struct intake_complaint *complaint)
{
    return native_read_event(intake, record->whole, &item->event, complaint);
}

static const struct format formats[] = {
    {"native", "Daybook's own form, as exports have it", FORMAT_JSON, NULL, NULL, false,
     read_native},
    {"cloudtrail", "AWS CloudTrail", FORMAT_JSON, "Records|detail", NULL, false,
     format_cloudtrail_read},
    {"github", "GitHub audit log, exported or streamed", FORMAT_JSON, NULL, NULL, false,
     format_github_read},
    {"okta", "Okta System Log", FORMAT_JSON, "data.events|detail", NULL, false, format_okta_read},
    {"gsuite", "Google Workspace activities", FORMAT_JSON, "items", "events", false,
     format_gsuite_read},
    {"slack", "Slack audit logs", FORMAT_JSON, "entries", NULL, false, format_slack_read},
    {"teleport", "Teleport audit events", FORMAT_JSON, "events", NULL, false, format_teleport_read},
    {"kubernetes", "Kubernetes audit events, audit.k8s.io", FORMAT_JSON, "items", NULL, true,
     format_kubernetes_read},
    {"vault", "HashiCorp Vault audit device, JSON", FORMAT_JSON, NULL, NULL, true,
     format_vault_read},
    {"combined", "access log of Apache and nginx, combined and common", FORMAT_LINE, NULL, NULL,
     false, format_combined_read},
    {"nginx-json", "access log of nginx with a JSON object a line", FORMAT_JSON_LINE, NULL, NULL,
     false, format_nginx_json_read},
};
enum { FORMAT_COUNT = sizeof(formats) / sizeof(formats[0]), KEY_DIGEST_DIGITS = 16 };

const struct format *format_at(size_t at)
{
    return at < FORMAT_COUNT ? &formats[at] : NULL;
}

const struct format *format_find(struct str name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (str_equal(name, str_from(formats[i].name)))
            return &formats[i];
    return NULL;
}

struct str format_names(struct arena *arena)
{
    struct strbuf names;
    struct str text;

    strbuf_init(&names);
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        strbuf_printf(&names, "%s%s", i ? ", " : "", formats[i].name);
    text = arena_copy(arena, strbuf_str(&names));
    strbuf_release(&names);
    return text;
}

struct str format_digest(struct arena *arena, struct str text)
{
    unsigned char sha256[DIGEST_BYTES];
    struct strbuf hex;
    struct str digits;

    digest_sha256(text, sha256);
    strbuf_init(&hex);
    digest_append_hex(&hex, (struct str){(const char *)sha256, sizeof(sha256) / 2});
    digits = arena_copy(arena, strbuf_str(&hex));
    strbuf_release(&hex);
    return digits;
}

struct str format_holds(struct arena *arena, const struct event *event)
{
    return arena_printf(arena, "%lld\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%u\n%.*s\n%.*s\n%llu",
                        event->has_time ? (long long)event->occurred_ms : 0LL,
                        STR_ARG(event->method), STR_ARG(event->url), STR_ARG(event->headers),
                        STR_ARG(event->user), STR_ARG(event->client_address),
                        STR_ARG(event->action), event->status, STR_ARG(event->body),
                        STR_ARG(event->extra), (unsigned long long)event->response_bytes);
}

void format_key_start(struct arena *arena, const char *name, struct str id, struct event *event)
{
    size_t room = EVENT_KEY_MAX - strlen(name) - KEY_DIGEST_DIGITS - sizeof("::");

    if (id.len > room)
        id = format_digest(arena, id);
    if (id.len)
        event->idempotency_key = arena_printf(arena, "%s:%.*s", name, STR_ARG(id));
}

void format_key_finish(struct arena *arena, struct str same, struct event *event)
{
    struct str digest = str_slice(format_digest(arena, same), 0, KEY_DIGEST_DIGITS);

    if (event->idempotency_key.len == 0)
        return;
    if (event->idempotency_key.len + sizeof(":") + digest.len >
        EVENT_KEY_MAX) /* marks are longer */
        event->idempotency_key = format_digest(arena, event->idempotency_key);
    event->idempotency_key =
        arena_printf(arena, "%.*s:%.*s", STR_ARG(event->idempotency_key), STR_ARG(digest));
}
