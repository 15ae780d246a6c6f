/* SPDX-License-Identifier: MIT */
/*
 * One recorded call, in the words that wire format, database, pages and files share.  Every text is borrowed:
 * whoever fills the struct says how long its bytes live.  An empty text means "has none".
 */
#ifndef DAYBOOK_BASE_EVENT_H
#define DAYBOOK_BASE_EVENT_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* The numbers stand in the database: never renumber. */
enum event_kind { EVENT_KIND_ALL, EVENT_KIND_EVENT, EVENT_KIND_TRIGGER, EVENT_KIND_COUNT };
enum event_source {
    EVENT_SOURCE_NONE,
    EVENT_SOURCE_UI,
    EVENT_SOURCE_CLI,
    EVENT_SOURCE_INTEGRATION,
    EVENT_SOURCE_WEBHOOK,
    EVENT_SOURCE_COUNT
};
enum event_method {
    EVENT_METHOD_NONE,
    EVENT_METHOD_GET,
    EVENT_METHOD_HEAD,
    EVENT_METHOD_POST,
    EVENT_METHOD_PUT,
    EVENT_METHOD_DELETE,
    EVENT_METHOD_CONNECT,
    EVENT_METHOD_OPTIONS,
    EVENT_METHOD_TRACE,
    EVENT_METHOD_PATCH,
    EVENT_METHOD_OTHER, /* such as PROPFIND; event.method says which */
    EVENT_METHOD_COUNT
};
enum event_signature {
    EVENT_SIGNATURE_NONE,
    EVENT_SIGNATURE_VALID,
    EVENT_SIGNATURE_INVALID,
    EVENT_SIGNATURE_UNCHECKED,
    EVENT_SIGNATURE_COUNT
};

enum {
    EVENT_NAME_MAX = 1024, /* bytes of entity type, id, name, action, user */
    EVENT_KEY_MAX = 255,   /* bytes of an idempotency key */
    EVENT_STATUS_MIN = 100,
    EVENT_STATUS_MAX = 599,
    EVENT_ID_SLOT_BITS = 22, /* the low bits of an id; milliseconds stand above them */
};

/* A time further ahead of the clock than this is not believed. */
#define EVENT_AHEAD_MS (INT64_C(5) * 60 * 1000)

/* What the idempotency key of a captured call begins with; behind it stands the id that the front drew for this call. */
#define EVENT_CAPTURED "capture:"

struct event {
    uint64_t id;
    bool is_new; /* filled while it is stored: no row of it stood before */
    enum event_kind kind;
    enum event_source source;
    bool has_time;       /* occurred_ms was given by the sender */
    int64_t occurred_ms; /* milliseconds since 1970, UTC */
    int64_t received_ms;
    unsigned status; /* HTTP status, 0: not known */

    struct str account; /* slug; filled when read back */
    struct str idempotency_key;
    struct str entity_type, entity_id, entity_name;
    struct str action;
    struct str user;

    struct str method, url;
    struct str params, query, headers; /* JSON text as it stood */
    struct str body;                   /* as stored; body_bytes is more when it was cut */
    uint64_t body_bytes;
    struct str body_sha256; /* 32 bytes, of the stored body; filled when read back */

    bool has_response_time, has_response_bytes;
    uint32_t response_time_ms;
    uint64_t response_bytes;
    struct str response_body_head;

    struct str request_id, trace_id;
    struct str client_address, forwarded_for, user_agent;
    struct str trigger_provider, trigger_event, trigger_delivery_id;
    enum event_signature trigger_signature;
    struct str extra; /* JSON text as it stood */
};

/* "event" or "trigger"; "ui" …; "valid" …: the words of the wire format; "GET" …, "other".  Empty for the none of each. */
struct str event_kind_name(enum event_kind kind);
struct str event_source_name(enum event_source source);
struct str event_method_name(enum event_method method);
struct str event_signature_name(enum event_signature signature);

/* The other way; false for any other word. */
bool event_kind_parse(struct str word, enum event_kind *kind);
bool event_source_parse(struct str word, enum event_source *source);
bool event_method_parse(struct str word, enum event_method *method);
bool event_signature_parse(struct str word, enum event_signature *signature);

/*
 * Which one a method as sent is, those of RFC 9110 9.3 and RFC 5789.  Letters of either case: on the wire they differ, but what senders
 * write as `get` was a GET.
 */
enum event_method event_method_of(struct str sent);

/* The time in an id, and the first id of a millisecond. */
int64_t event_id_ms(uint64_t id);
uint64_t event_id_first(int64_t ms);

/* The entity type of calls to Daybook itself, and of what its command changes: the log about the log. */
#define EVENT_TYPE_OWN "audit"

#endif
