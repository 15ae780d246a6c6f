/* SPDX-License-Identifier: MIT */
/*
 * One table for each object says which members are looked at.  All that is wrong with an event is found, not the first mistake
 * alone, because the clients' users see the list.
 */
#define _GNU_SOURCE
#include "intake/retraced_private.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "intake/json_text.h"

enum { SHOWN_MAX = 200, MEMBERS_MAX = 32 };

/* The year 3000: a number above it counts smaller parts of a second than milliseconds. */
#define BELIEVED_MS UINT64_C(32503680000000)

enum member_kind { MEMBER_TEXT, MEMBER_BOOL, MEMBER_PAIRS, MEMBER_PARTY, MEMBER_CREATED };

struct member {
    const char *name;
    enum member_kind kind;
    size_t offset;
};

#define EVENT(name) offsetof(struct retraced_event, name)
#define PARTY(name) offsetof(struct retraced_party, name)

static const struct member event_members[] = {
    {"action", MEMBER_TEXT, EVENT(action)},
    {"crud", MEMBER_TEXT, EVENT(crud)},
    {"group", MEMBER_PARTY, EVENT(group)},
    {"created", MEMBER_CREATED, EVENT(created_ms)},
    {"actor", MEMBER_PARTY, EVENT(actor)},
    {"target", MEMBER_PARTY, EVENT(target)},
    {"source_ip", MEMBER_TEXT, EVENT(source_ip)},
    {"description", MEMBER_TEXT, EVENT(description)},
    {"is_anonymous", MEMBER_BOOL, EVENT(is_anonymous)},
    {"is_failure", MEMBER_BOOL, EVENT(is_failure)},
    {"fields", MEMBER_PAIRS, EVENT(fields)},
    {"component", MEMBER_TEXT, EVENT(component)},
    {"version", MEMBER_TEXT, EVENT(version)},
    {"external_id", MEMBER_TEXT, EVENT(external_id)},
    {"metadata", MEMBER_PAIRS, EVENT(metadata)},
    {0},
};

static const struct member party_members[] = {
    {"id", MEMBER_TEXT, PARTY(id)},          {"name", MEMBER_TEXT, PARTY(name)},
    {"href", MEMBER_TEXT, PARTY(href)},      {"type", MEMBER_TEXT, PARTY(type)},
    {"fields", MEMBER_PAIRS, PARTY(fields)}, {0},
};

/* What reading one event needs everywhere. */
struct reading {
    struct arena *arena;
    struct retraced_event *event;
    struct retraced_violations *violations;
    const char *outer; /* "actor." while inside actor, else "" */
};

static void complain(const struct reading *reading, const char *member, struct json_value received,
                     const char *clause)
{
    struct retraced_violations *violations = reading->violations;
    struct retraced_violation *violation;
    struct str field = arena_printf(reading->arena, "%s%s", reading->outer, member);

    for (size_t i = 0; i < violations->count; i++)
        if (str_equal(violations->list[i].field, field))
            return; /* the first mistake of a member is enough */
    if (violations->count == RETRACED_VIOLATIONS_MAX)
        return;
    violation = &violations->list[violations->count++];
    violation->field = field;
    violation->message = arena_printf(reading->arena, "%.*s %s.", STR_ARG(field), clause);
    violation->kind = received.type == JSON_NONE ? "missing" : "invalid";
    violation->received = (struct str){NULL, 0};
    if (received.text.len && received.text.len <= SHOWN_MAX)
        violation->received = received.text;
}

static bool read_string(const struct reading *reading, const char *name, struct json_value value,
                        struct str *text)
{
    if (value.type != JSON_STRING)
        complain(reading, name, value, "must be a string");
    else if (!json_text(reading->arena, value.text, text))
        complain(reading, name, value, JSON_TEXT_COMPLAINT);
    else if (!utf8_is_text(*text))
        complain(reading, name, value, "must not hold a NUL character");
    else
        return true;
    return false;
}

static int compare_bytes(const void *a, const void *b)
{
    return str_compare(((const struct retraced_pair *)a)->name,
                       ((const struct retraced_pair *)b)->name);
}

static void read_pairs(const struct reading *reading, const char *name, struct json_value object,
                       struct retraced_pairs *pairs)
{
    size_t capacity = 0;
    struct json_walk walk;
    struct json_value value;
    struct str key;

    if (object.type != JSON_OBJECT) {
        complain(reading, name, object, "must be an object of strings");
        return;
    }
    pairs->is_given = true;
    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value)) {
        struct retraced_pair pair = {{NULL, 0}, {NULL, 0}};
        struct json_value quoted = {JSON_STRING, key};

        if (value.type != JSON_STRING) {
            complain(reading, name, object, "must be an object of strings");
            return;
        }
        if (!read_string(reading, name, quoted, &pair.name) ||
            !read_string(reading, name, value, &pair.value))
            return;
        pairs->pairs = arena_grow(reading->arena, pairs->pairs, pairs->count, &capacity,
                                  sizeof(*pairs->pairs));
        pairs->pairs[pairs->count++] = pair;
    }
    if (pairs->count)
        qsort(pairs->pairs, pairs->count, sizeof(*pairs->pairs), compare_bytes);
    for (size_t i = 1; i < pairs->count; i++) {
        if (str_equal(pairs->pairs[i - 1].name, pairs->pairs[i].name)) {
            complain(reading, name, object, "gives the same name twice");
            return;
        }
    }
}

bool retraced_time(struct json_value created, struct str text, bool *is_given, int64_t *ms)
{
    struct clock_fields fields;
    struct str zone;
    uint64_t number;
    bool has_time;

    *is_given = true;
    if (created.type == JSON_NUMBER) {
        if (!parse_u64(created.text, 0, UINT64_MAX, &number))
            return false;
        while (number > BELIEVED_MS)
            number /= 1000;
        *ms = (int64_t)number;
        return *ms <= CLOCK_MAX_MS;
    }
    *is_given = !str_starts(text, STR("0001-"));
    if (!*is_given || clock_parse_rfc3339(text, ms))
        return true;
    if (!clock_parse_fields(text, &fields, &has_time, &zone) || zone.len)
        return false;
    *ms = clock_from_utc(&fields);
    return *ms >= 0 && *ms <= CLOCK_MAX_MS;
}

static void read_created(const struct reading *reading, const char *name, struct json_value value)
{
    struct retraced_event *event = reading->event;
    struct str text = {NULL, 0};

    if (value.type != JSON_NUMBER && !read_string(reading, name, value, &text))
        return;
    if (value.type == JSON_STRING && text.len == 0)
        return;
    if (!retraced_time(value, text, &event->has_time, &event->created_ms))
        complain(reading, name, value,
                 "must be a time such as \"2026-01-31T12:00:00.123Z\", or milliseconds since 1970, "
                 "from 1970 to 2109");
}

static void read_members(const struct reading *reading, const struct member *table, char *base,
                         struct json_value object);

static void read_party(const struct reading *reading, const char *name, struct json_value value,
                       struct retraced_party *party)
{
    struct reading inside = *reading;
    const struct json_value absent = {JSON_NONE, {NULL, 0}};
    struct json_walk walk;
    struct json_value first;
    struct str key;

    if (value.type != JSON_OBJECT) {
        complain(reading, name, value, "must be an object");
        return;
    }
    json_walk_start(&walk, value);
    party->is_given = json_walk_next(&walk, &key, &first);
    inside.outer = arena_printf(reading->arena, "%s.", name).ptr;
    read_members(&inside, party_members, (char *)party, value);
    if (party->is_given && party->id.len == 0)
        complain(&inside, "id", absent,
                 arena_printf(reading->arena, "is required where %s is given", name).ptr);
}

static void read_member(const struct reading *reading, const struct member *member, char *base,
                        struct json_value value)
{
    void *place = base + member->offset;

    switch (member->kind) {
    case MEMBER_TEXT:
        read_string(reading, member->name, value, place);
        break;
    case MEMBER_BOOL:
        *(bool *)place = value.type == JSON_TRUE;
        if (value.type != JSON_TRUE && value.type != JSON_FALSE)
            complain(reading, member->name, value, "must be true or false");
        break;
    case MEMBER_PAIRS:
        read_pairs(reading, member->name, value, place);
        break;
    case MEMBER_PARTY:
        read_party(reading, member->name, value, place);
        break;
    case MEMBER_CREATED:
        read_created(reading, member->name, value);
        break;
    }
}

/* The row of `table` that the key names, or NULL. */
static const struct member *find_member(const struct reading *reading, const struct member *table,
                                        struct str key)
{
    struct str name;

    if (!json_text(reading->arena, key, &name))
        return NULL;
    for (; table->name; table++)
        if (str_equal(name, str_from(table->name)))
            return table;
    return NULL;
}

static void read_members(const struct reading *reading, const struct member *table, char *base,
                         struct json_value object)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    uint32_t seen = 0;

    _Static_assert(sizeof(event_members) / sizeof(event_members[0]) <= MEMBERS_MAX,
                   "one bit a member");
    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value)) {
        const struct member *member = find_member(reading, table, key);
        uint32_t bit;

        if (!member)
            continue;
        bit = UINT32_C(1) << (member - table);
        if (seen & bit)
            complain(reading, member->name, value, "is given twice");
        else if (value.type != JSON_NULL)
            read_member(reading, member, base, value);
        seen |= bit;
    }
}

static bool is_address(struct arena *arena, struct str text)
{
    unsigned char address[sizeof(struct in6_addr)];
    const char *name = arena_cstr(arena, text);

    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

static struct json_value quoted(struct arena *arena, struct str text)
{
    struct json_value value = {JSON_STRING, {NULL, 0}};
    struct strbuf out;

    strbuf_init(&out);
    json_append_string(&out, text);
    value.text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return value;
}

/* What the members say together. */
static void check(const struct reading *reading)
{
    const struct retraced_event *event = reading->event;
    const struct json_value absent = {JSON_NONE, {NULL, 0}};

    if (event->action.len == 0)
        complain(reading, "action", absent, "is required");
    if (event->crud.len && (event->crud.len != 1 || !strchr("crud", event->crud.ptr[0])))
        complain(reading, "crud", quoted(reading->arena, event->crud),
                 "must be \"c\", \"r\", \"u\" or \"d\"");
    if (!event->actor.is_given && !event->is_anonymous)
        complain(reading, "actor", absent, "is required unless is_anonymous is true");
    if (event->source_ip.len && !is_address(reading->arena, event->source_ip))
        complain(reading, "source_ip", quoted(reading->arena, event->source_ip),
                 "must be an IPv4 or IPv6 address");
}

bool retraced_read(struct arena *arena, struct json_value object, struct retraced_event *event,
                   struct retraced_violations *violations)
{
    const struct reading reading = {arena, event, violations, ""};

    *event = (struct retraced_event){.has_time = false};
    violations->count = 0;
    if (object.type != JSON_OBJECT) {
        complain(&reading, "event", object, "must be a JSON object");
        return false;
    }
    read_members(&reading, event_members, (char *)event, object);
    check(&reading);
    return violations->count == 0;
}
