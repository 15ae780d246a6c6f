/* SPDX-License-Identifier: MIT */
/* The words of the wire format, one table each. */
#include "base/event.h"

static const struct str kind_names[EVENT_KIND_COUNT] = {
    [EVENT_KIND_EVENT] = {"event", 5},
    [EVENT_KIND_TRIGGER] = {"trigger", 7},
};

static const struct str source_names[EVENT_SOURCE_COUNT] = {
    [EVENT_SOURCE_UI] = {"ui", 2},
    [EVENT_SOURCE_CLI] = {"cli", 3},
    [EVENT_SOURCE_INTEGRATION] = {"integration", 11},
    [EVENT_SOURCE_WEBHOOK] = {"webhook", 7},
};

static const struct str method_names[EVENT_METHOD_COUNT] = {
    [EVENT_METHOD_GET] = {"GET", 3},         [EVENT_METHOD_HEAD] = {"HEAD", 4},
    [EVENT_METHOD_POST] = {"POST", 4},       [EVENT_METHOD_PUT] = {"PUT", 3},
    [EVENT_METHOD_DELETE] = {"DELETE", 6},   [EVENT_METHOD_CONNECT] = {"CONNECT", 7},
    [EVENT_METHOD_OPTIONS] = {"OPTIONS", 7}, [EVENT_METHOD_TRACE] = {"TRACE", 5},
    [EVENT_METHOD_PATCH] = {"PATCH", 5},     [EVENT_METHOD_OTHER] = {"other", 5},
};

static const struct str signature_names[EVENT_SIGNATURE_COUNT] = {
    [EVENT_SIGNATURE_VALID] = {"valid", 5},
    [EVENT_SIGNATURE_INVALID] = {"invalid", 7},
    [EVENT_SIGNATURE_UNCHECKED] = {"unchecked", 9},
};

/* The index of `word` in `names`, or 0, which stands for none in each table. */
static unsigned index_of(const struct str *names, unsigned count, struct str word)
{
    for (unsigned i = 1; i < count; i++)
        if (str_equal(names[i], word))
            return i;
    return 0;
}

struct str event_kind_name(enum event_kind kind)
{
    return kind_names[kind];
}

struct str event_source_name(enum event_source source)
{
    return source_names[source];
}

struct str event_method_name(enum event_method method)
{
    return method_names[method];
}

struct str event_signature_name(enum event_signature signature)
{
    return signature_names[signature];
}

bool event_kind_parse(struct str word, enum event_kind *kind)
{
    *kind = (enum event_kind)index_of(kind_names, EVENT_KIND_COUNT, word);
    return *kind != EVENT_KIND_ALL;
}

bool event_source_parse(struct str word, enum event_source *source)
{
    *source = (enum event_source)index_of(source_names, EVENT_SOURCE_COUNT, word);
    return *source != EVENT_SOURCE_NONE;
}

bool event_method_parse(struct str word, enum event_method *method)
{
    *method = (enum event_method)index_of(method_names, EVENT_METHOD_COUNT, word);
    return *method != EVENT_METHOD_NONE;
}

enum event_method event_method_of(struct str sent)
{
    for (unsigned i = EVENT_METHOD_GET; i < EVENT_METHOD_OTHER; i++)
        if (str_equal_folded(sent, method_names[i]))
            return (enum event_method)i;
    return sent.len ? EVENT_METHOD_OTHER : EVENT_METHOD_NONE;
}

bool event_signature_parse(struct str word, enum event_signature *signature)
{
    *signature = (enum event_signature)index_of(signature_names, EVENT_SIGNATURE_COUNT, word);
    return *signature != EVENT_SIGNATURE_NONE;
}

int64_t event_id_ms(uint64_t id)
{
    return (int64_t)(id >> EVENT_ID_SLOT_BITS);
}

uint64_t event_id_first(int64_t ms)
{
    return (uint64_t)ms << EVENT_ID_SLOT_BITS;
}
