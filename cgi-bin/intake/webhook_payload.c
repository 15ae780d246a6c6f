/* SPDX-License-Identifier: MIT */
/* Finds texts in a webhook's headers and payload by the places that webhook_private.h describes.  Knows no provider. */
#include "intake/webhook_private.h"

#include "base/percent.h"
#include "base/utf8.h"

static const struct str nothing = {NULL, 0};

/* ---- Payload ---- */

static void add_field(struct webhook_payload *payload, struct str name, struct str text)
{
    payload->fields = arena_grow(payload->arena, payload->fields, payload->field_count,
                                 &payload->field_capacity, sizeof(*payload->fields));
    payload->fields[payload->field_count++] = (struct webhook_field){name, text};
}

/* Of several of that name the last, as most programs take it. */
static const struct webhook_field *field_named(const struct webhook_payload *payload,
                                               struct str name)
{
    for (size_t i = payload->field_count; i > 0; i--)
        if (str_equal(payload->fields[i - 1].name, name))
            return &payload->fields[i - 1];
    return NULL;
}

static struct str percent_decoded(struct arena *arena, struct str raw, bool plus_is_space)
{
    struct strbuf text;
    struct str copy;

    if (raw.len == 0 || (!memchr(raw.ptr, '%', raw.len) && !memchr(raw.ptr, '+', raw.len)))
        return raw;
    strbuf_init(&text);
    percent_decode(&text, raw, plus_is_space);
    copy = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return copy;
}

static void read_form(struct webhook_payload *payload, struct str form)
{
    struct str pair;

    while (payload->field_count < WEBHOOK_FIELDS_MAX && str_next(&form, '&', &pair)) {
        const char *sign = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
        size_t at = sign ? (size_t)(sign - pair.ptr) : pair.len;

        add_field(payload, percent_decoded(payload->arena, str_slice(pair, 0, at), true),
                  str_slice(pair, at + 1, pair.len));
    }
}

/* The characters of a JSON string; false for one that has no UTF-8 form. */
static bool decode(struct arena *arena, struct str quoted, struct str *text)
{
    struct strbuf decoded;
    bool is_whole;

    *text = str_slice(quoted, 1, quoted.len - 2);
    if (!memchr(quoted.ptr, '\\', quoted.len))
        return true;
    strbuf_init(&decoded);
    is_whole = json_decode(quoted, &decoded) == JSON_DECODED;
    *text = arena_copy(arena, strbuf_str(&decoded));
    strbuf_release(&decoded);
    return is_whole;
}

static bool take(struct str *rest, char c)
{
    size_t at = 0;

    while (at < rest->len && rest->ptr[at] && strchr(" \n\r\t", rest->ptr[at]))
        at++;
    if (at == rest->len || rest->ptr[at] != c)
        return false;
    *rest = str_slice(*rest, at + 1, rest->len);
    return true;
}

/* Up to where it is cut off, or no JSON: the last member may be open. */
static void read_members(struct webhook_payload *payload, struct str rest)
{
    struct json_error error;
    struct json_value value;
    struct str name;

    if (!take(&rest, '{'))
        return;
    do {
        if (!json_read_first(rest, &value, &rest, &error) || value.type != JSON_STRING ||
            !take(&rest, ':'))
            return;
        if (decode(payload->arena, value.text, &name))
            add_field(payload, name, rest);
    } while (payload->field_count < WEBHOOK_FIELDS_MAX &&
             json_read_first(rest, &value, &rest, &error) && take(&rest, ','));
}

/* A form has no brace that is not encoded: what begins with one is JSON under a wrong name, as curl sends it with -d. */
static bool is_form(const struct webhook_call *call)
{
    struct str body = call->body;

    while (body.len && strchr(" \t\r\n", body.ptr[0]) && body.ptr[0])
        body = str_slice(body, 1, body.len);
    if (str_starts(body, STR("{")))
        return false;
    return call->content_type.len
               ? str_starts_folded(call->content_type, STR("application/x-www-form-urlencoded"))
               : str_starts(call->body, STR("payload="));
}

void webhook_payload_init(struct webhook_payload *payload, struct arena *arena,
                          const struct webhook_call *call)
{
    const struct webhook_field *json;

    *payload = (struct webhook_payload){
        .arena = arena, .call = call, .json = call->body, .is_form = is_form(call)};
    if (payload->is_form) {
        read_form(payload, call->body);
        json = field_named(payload, STR("payload"));
        if (!json)
            return;
        payload->json = percent_decoded(arena, json->text, true);
        payload->is_form = false;
        payload->field_count = 0;
    }
    read_members(payload, payload->json);
}

/* ---- Places in JSON ---- */

/* The whole value behind names joined by dots; an empty path is the payload itself. */
static bool find_names(const struct webhook_payload *payload, struct str path,
                       struct json_value *value)
{
    const struct webhook_field *field;
    struct str name;

    if (path.len == 0)
        return json_find(payload->json, path, value);
    str_next(&path, '.', &name);
    field = field_named(payload, name);
    return field && json_find(field->text, path, value);
}

static bool first_element(struct json_value *value)
{
    struct json_walk walk;
    struct str key;

    if (value->type != JSON_ARRAY)
        return false;
    json_walk_start(&walk, *value);
    return json_walk_next(&walk, &key, value);
}

static bool named_member(struct arena *arena, struct json_value *value, struct str name)
{
    struct json_value member, found = {.type = JSON_NONE};
    struct json_walk walk;
    struct str key;

    if (value->type != JSON_OBJECT)
        return false;
    json_walk_start(&walk, *value);
    while (json_walk_next(&walk, &key, &member)) {
        struct str text;

        if (decode(arena, key, &text) && str_equal(text, name))
            found = member;
    }
    *value = found;
    return found.type != JSON_NONE;
}

/* Up to the first of `marks` in `path`. */
static struct str take_until(struct str *path, const char *marks)
{
    size_t len = 0;
    struct str taken;

    while (len < path->len && !strchr(marks, path->ptr[len]))
        len++;
    taken = str_slice(*path, 0, len);
    *path = str_slice(*path, len, path->len);
    return taken;
}

static bool find_value(const struct webhook_payload *payload, struct str path,
                       struct json_value *value)
{
    if (!find_names(payload, take_until(&path, "[:"), value))
        return false;
    while (path.len) {
        if (path.ptr[0] == ':')
            return named_member(payload->arena, value, str_slice(path, 1, path.len));
        path = str_slice(path, strlen("[]."), path.len);
        if (!first_element(value) || !json_find(value->text, take_until(&path, "[:"), value))
            return false;
    }
    return true;
}

static struct str text_of(struct arena *arena, struct json_value value)
{
    struct str text = nothing;

    if (value.type == JSON_NUMBER)
        return value.text;
    if (value.type != JSON_STRING || !decode(arena, value.text, &text))
        return nothing;
    return text;
}

/* ---- Places ---- */

const struct webhook_header *webhook_header_named(const struct webhook_call *call, struct str name)
{
    for (size_t i = 0; i < call->header_count; i++)
        if (str_equal_folded(call->headers[i].name, name))
            return &call->headers[i];
    return NULL;
}

static struct str header_text(const struct webhook_payload *payload, struct str place)
{
    const struct webhook_header *header =
        webhook_header_named(payload->call, str_slice(place, 1, place.len));
    struct str text = header && !header->is_digest ? str_trim(header->value) : nothing;

    if (place.ptr[0] == '%')
        text = percent_decoded(payload->arena, text, false);
    return utf8_is_text(text) ? text : nothing;
}

static struct str payload_text(const struct webhook_payload *payload, struct str path)
{
    const struct webhook_field *field;
    struct json_value value;
    struct str text = nothing;

    if (payload->is_form) {
        field = field_named(payload, path);
        text = field ? percent_decoded(payload->arena, field->text, true) : nothing;
    } else if (find_value(payload, path, &value)) {
        text = text_of(payload->arena, value);
    }
    return utf8_is_text(text) ? text : nothing;
}

static struct str joined_text(const struct webhook_payload *payload, struct str place)
{
    struct str path, joined = nothing;

    while (str_next(&place, '/', &path)) {
        struct str text = payload_text(payload, path);

        if (text.len == 0)
            return nothing;
        joined = joined.len == 0
                     ? text
                     : arena_printf(payload->arena, "%.*s/%.*s", STR_ARG(joined), STR_ARG(text));
    }
    return joined;
}

static bool is_header_place(struct str place)
{
    return place.len && (place.ptr[0] == '@' || place.ptr[0] == '%');
}

static bool is_there(const struct webhook_payload *payload, struct str place)
{
    struct json_value value;

    if (is_header_place(place))
        return webhook_header_named(payload->call, str_slice(place, 1, place.len)) != NULL;
    if (payload->is_form)
        return field_named(payload, place) != NULL;
    return find_value(payload, place, &value) && value.type != JSON_NULL;
}

static struct str text_at(const struct webhook_payload *payload, struct str place)
{
    if (is_header_place(place))
        return header_text(payload, place);
    if (place.ptr[0] == '"')
        return str_slice(place, 1, place.len - 2);
    return joined_text(payload, place);
}

static bool holds(const struct webhook_payload *payload, struct str condition)
{
    struct str place = take_until(&condition, "=");

    if (condition.len == 0)
        return is_there(payload, place);
    return str_equal(text_at(payload, place), str_slice(condition, 1, condition.len));
}

/* Takes the conditions off the front of `place`; false when one does not hold. */
static bool take_conditions(const struct webhook_payload *payload, struct str *place)
{
    while (memchr(place->ptr, '?', place->len)) {
        struct str condition = take_until(place, "?");

        if (!holds(payload, condition))
            return false;
        *place = str_slice(*place, 1, place->len);
    }
    return true;
}

bool webhook_payload_has(const struct webhook_payload *payload, const char *places)
{
    struct str rest = str_from(places), place;

    while (str_next(&rest, '|', &place))
        if (take_conditions(payload, &place) && is_there(payload, place))
            return true;
    return false;
}

struct str webhook_payload_text(const struct webhook_payload *payload, const char *places)
{
    struct str rest = str_from(places), place;

    while (str_next(&rest, '|', &place)) {
        struct str text;

        if (!take_conditions(payload, &place))
            continue;
        text = text_at(payload, place);
        if (text.len)
            return text;
    }
    return nothing;
}
