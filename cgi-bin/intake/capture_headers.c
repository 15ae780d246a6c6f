/* SPDX-License-Identifier: MIT */
/* The member `headers`: JSON that njs wrote over bytes of any kind, to JSON that is UTF-8, and what some of them say. */
#include "intake/capture_private.h"

#include "base/http_text.h"
#include "base/json.h"
#include "base/latin1.h"
#include "base/utf8.h"
#include "redaction/redact.h"
#include "intake/traceparent.h"

/* A header's name and value: as bytes, then as text. */
struct header {
    struct str name, value;
    bool is_hidden; /* secrets in its value are digests that the front put there */
};

/* The three lists that are written side by side. */
struct lists {
    struct strbuf headers, latin1, odd;
};

/* [name, value], and 1 when the front has hidden a secret. */
static bool read_pair(struct arena *arena, struct json_value pair, struct header *header)
{
    struct json_walk walk;
    struct json_value name, value, hidden, more;
    struct str key;

    if (pair.type != JSON_ARRAY)
        return false;
    json_walk_start(&walk, pair);
    if (!json_walk_next(&walk, &key, &name) || !json_walk_next(&walk, &key, &value))
        return false;
    header->is_hidden = json_walk_next(&walk, &key, &hidden);
    if (header->is_hidden &&
        (!str_equal(hidden.text, STR("1")) || json_walk_next(&walk, &key, &more)))
        return false;
    return capture_decode(arena, name, &header->name) &&
           capture_decode(arena, value, &header->value);
}

static void begin_element(struct strbuf *list)
{
    strbuf_add_char(list, list->len ? ',' : '[');
}

static void add_pair(struct strbuf *list, struct header text)
{
    begin_element(list);
    strbuf_add_char(list, '[');
    json_append_string(list, text.name);
    strbuf_add_char(list, ',');
    json_append_string(list, text.value);
    strbuf_add_char(list, ']');
}

static struct str finish(struct arena *arena, struct strbuf *list)
{
    struct str text;

    if (list->len)
        strbuf_add_char(list, ']');
    text = arena_copy(arena, strbuf_str(list));
    strbuf_release(list);
    return text;
}

static struct str first_of(struct str a, struct str b)
{
    return a.len ? a : b;
}

/* The headers that mean something here; the first of a name counts. */
enum noted {
    NOTED_USER_AGENT,
    NOTED_AGENT_TYPE,
    NOTED_CONTENT_TYPE,
    NOTED_TRANSFER,
    NOTED_TRACEPARENT,
    NOTED_B3,
    NOTED_TRACE,
    NOTED_REQUEST,
    NOTED_CORRELATION,
    NOTED_COUNT
};
static const struct str noted_names[NOTED_COUNT] = {
    [NOTED_USER_AGENT] = STR("user-agent"),
    [NOTED_AGENT_TYPE] = STR("codefresh-user-agent-type"),
    [NOTED_CONTENT_TYPE] = STR("content-type"),
    [NOTED_TRANSFER] = STR("transfer-encoding"),
    [NOTED_TRACEPARENT] = STR("traceparent"),
    [NOTED_B3] = STR("x-b3-traceid"),
    [NOTED_TRACE] = STR("x-trace-id"),
    [NOTED_REQUEST] = STR("x-request-id"),
    [NOTED_CORRELATION] = STR("x-correlation-id"),
};

static void note(struct str noted[NOTED_COUNT], const struct header *text)
{
    for (int i = 0; i < NOTED_COUNT; i++)
        if (noted[i].len == 0 && str_equal_folded(text->name, noted_names[i]))
            noted[i] = text->value;
}

static void keep_noted(struct capture_headers *headers, const struct str noted[NOTED_COUNT])
{
    headers->user_agent = noted[NOTED_USER_AGENT];
    headers->agent_type = noted[NOTED_AGENT_TYPE];
    headers->content_type = noted[NOTED_CONTENT_TYPE];
    headers->is_chunked = noted[NOTED_TRANSFER].len > 0;
    headers->trace_id = first_of(traceparent_trace(noted[NOTED_TRACEPARENT]),
                                 first_of(noted[NOTED_B3], noted[NOTED_TRACE]));
    headers->request_id = first_of(noted[NOTED_REQUEST], noted[NOTED_CORRELATION]);
}

static void take(struct arena *arena, const struct header *bytes, struct lists *lists,
                 struct str noted[NOTED_COUNT])
{
    bool is_latin1 = false;
    struct header text = {capture_text(arena, bytes->name, &is_latin1),
                          capture_text(arena, bytes->value, &is_latin1), bytes->is_hidden};

    if (!http_is_token(bytes->name) || !http_is_one_line(bytes->value)) {
        if (text.is_hidden && text.value.len)
            text.value = STR(REDACTED);
        add_pair(&lists->odd, text);
        return;
    }
    /* A digest without a key must not be stored; intake_complete() replaces only those that it takes for secrets. */
    if (text.is_hidden && text.value.len && !redactor_is_secret_name(NULL, text.name))
        text.value = STR(REDACTED);
    add_pair(&lists->headers, text);
    note(noted, &text);
    if (is_latin1) {
        begin_element(&lists->latin1);
        json_append_string(&lists->latin1, text.name);
    }
}

static bool read_pairs(struct arena *arena, struct str bytes, struct lists *lists,
                       struct str noted[NOTED_COUNT])
{
    struct json_value pair;
    struct json_walk walk;
    struct str key;

    if (!json_walk_unread(&walk, latin1_to_utf8(arena, bytes), JSON_ARRAY))
        return false;
    while (json_walk_next(&walk, &key, &pair)) {
        struct header header;

        if (!read_pair(arena, pair, &header))
            return false;
        take(arena, &header, lists, noted);
    }
    return json_walk_is_whole(&walk);
}

void capture_read_headers(struct arena *arena, struct str bytes, struct capture_headers *headers)
{
    struct str noted[NOTED_COUNT] = {{0}};
    struct lists lists;

    strbuf_init(&lists.headers);
    strbuf_init(&lists.latin1);
    strbuf_init(&lists.odd);
    *headers = (struct capture_headers){0};
    headers->known = read_pairs(arena, bytes, &lists, noted);
    keep_noted(headers, noted);
    headers->json = finish(arena, &lists.headers);
    headers->latin1 = finish(arena, &lists.latin1);
    headers->odd = finish(arena, &lists.odd);
}

size_t capture_raw_headers(struct arena *arena, struct str bytes,
                           const struct webhook_header **headers)
{
    struct webhook_header *list = NULL;
    size_t count = 0, capacity = 0;
    struct json_value pair;
    struct json_walk walk;
    struct header header;
    struct str key;

    *headers = NULL;
    if (!json_walk_unread(&walk, latin1_to_utf8(arena, bytes), JSON_ARRAY))
        return 0;
    while (json_walk_next(&walk, &key, &pair) && read_pair(arena, pair, &header)) {
        list = arena_grow(arena, list, count, &capacity, sizeof(*list));
        list[count++] = (struct webhook_header){header.name, header.value, header.is_hidden};
    }
    *headers = list;
    return count;
}
