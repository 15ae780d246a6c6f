/* SPDX-License-Identifier: MIT */
/* Reads id and name of an entity out of a call, by the sources of its operation.  Nothing here may fail: what is not there is empty. */
#include "intake/operations.h"

#include "base/json.h"
#include "base/percent.h"
#include "base/utf8.h"
#include "intake/operation_source.h"

struct reading {
    struct arena *arena;
    const struct operation_match *match;
    const struct operation_call *call;
};

static struct str decoded(struct arena *arena, struct str raw, bool plus_is_space)
{
    struct strbuf buf;
    struct str text;

    strbuf_init(&buf);
    percent_decode(&buf, raw, plus_is_space);
    text = arena_copy(arena, strbuf_str(&buf));
    strbuf_release(&buf);
    return text;
}

struct str operation_param_value(struct arena *arena, const struct operation_param *param)
{
    return decoded(arena, param->raw, false);
}

static void append_value(struct strbuf *out, struct arena *arena,
                         const struct operation_param *param)
{
    struct str value = operation_param_value(arena, param);

    if (utf8_valid_prefix(value) != value.len)
        value = param->raw;
    if (utf8_valid_prefix(value) == value.len) {
        json_append_string(out, value);
        return;
    }
    strbuf_add_char(out, '"'); /* raw bytes in a URL: they get the form that they should have had */
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.ptr[i];

        if (byte < ' ' || byte >= 0x7f || byte == '"' || byte == '\\')
            strbuf_printf(out, "%%%02X", byte);
        else
            strbuf_add_char(out, (char)byte);
    }
    strbuf_add_char(out, '"');
}

struct str operation_params_json(struct arena *arena, const struct operation_match *match)
{
    struct strbuf out;
    struct str text;

    strbuf_init(&out);
    strbuf_add_char(&out, '{');
    for (size_t i = 0; i < match->count; i++) {
        if (i)
            strbuf_add_cstr(&out, ", ");
        json_append_string(&out, match->params[i].name);
        strbuf_add_cstr(&out, ": ");
        append_value(&out, arena, &match->params[i]);
    }
    strbuf_add_char(&out, '}');
    text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}

static struct str param(const struct reading *reading, struct str name)
{
    for (size_t i = 0; i < reading->match->count; i++)
        if (str_equal(reading->match->params[i].name, name))
            return operation_param_value(reading->arena, &reading->match->params[i]);
    return (struct str){NULL, 0};
}

/* The first field `name` of a query or form that has a value. */
static struct str field(const struct reading *reading, struct str fields, struct str name)
{
    struct str pair;

    while (str_next(&fields, '&', &pair)) {
        const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
        size_t len = equals ? (size_t)(equals - pair.ptr) : pair.len;

        if (equals && len + 1 < pair.len &&
            str_equal(decoded(reading->arena, str_slice(pair, 0, len), true), name))
            return decoded(reading->arena, str_slice(pair, len + 1, pair.len), true);
    }
    return (struct str){NULL, 0};
}

/* The scalar at `path` as text; empty for null, containers and what has no form in UTF-8. */
static struct str json_scalar(const struct reading *reading, struct str text, struct str path)
{
    struct json_value value;
    struct strbuf out;
    struct str result = {NULL, 0};

    if (!json_find(text, path, &value))
        return result;
    switch (value.type) {
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        return arena_copy(reading->arena, value.text);
    case JSON_STRING:
        strbuf_init(&out);
        if (json_decode(value.text, &out) == JSON_DECODED)
            result = arena_copy(reading->arena, strbuf_str(&out));
        strbuf_release(&out);
        return result;
    default:
        return result;
    }
}

static struct str body(const struct reading *reading, struct str path)
{
    const struct operation_call *call = reading->call;

    if (str_starts_folded(call->content_type, STR("application/x-www-form-urlencoded")))
        return field(reading, call->body, path);
    return json_scalar(reading, call->body, path);
}

/* The last segment of the path in the header, which may be a whole URL; empty when it has none. */
static struct str location(const struct reading *reading)
{
    struct str text = reading->call->location, segment = {NULL, 0}, piece;
    size_t len = 0;

    while (len < text.len && text.ptr[len] != '?' && text.ptr[len] != '#')
        len++;
    text = str_slice(text, 0, len);
    for (size_t i = 0; i + 2 < text.len && text.ptr[i] != '/'; i++)
        if (memcmp(text.ptr + i, "://", 3) == 0) {
            text = str_slice(text, i + 3, text.len);
            while (text.len && text.ptr[0] != '/')
                text = str_slice(text, 1, text.len);
        }
    while (str_next(&text, '/', &piece))
        segment = piece;
    return decoded(reading->arena, segment, false);
}

static struct str value_of(const struct reading *reading, const struct operation_source *source)
{
    const struct operation_call *call = reading->call;

    switch (source->kind) {
    case OPERATION_SOURCE_PARAMS:
        return param(reading, source->name);
    case OPERATION_SOURCE_QUERY:
        return field(reading, call->query, source->name);
    case OPERATION_SOURCE_BODY:
        return body(reading, source->name);
    case OPERATION_SOURCE_RESPONSE: /* of an answer that refuses, id and name are those of the error */
        return call->status < 400 ? json_scalar(reading, call->response_head, source->name)
                                  : (struct str){NULL, 0};
    case OPERATION_SOURCE_LOCATION: /* of an answer that redirects, it is another thing's */
        return call->status < 300 ? location(reading) : (struct str){NULL, 0};
    case OPERATION_SOURCE_TEXT:
        return source->name;
    case OPERATION_SOURCE_COUNT:
        break;
    }
    return (struct str){NULL, 0};
}

static struct str first_value(const struct reading *reading, struct str sources)
{
    struct operation_source source;

    while (operation_source_next(&sources, &source) == 1) {
        struct str value = value_of(reading, &source);

        if (value.len)
            return value;
    }
    return (struct str){NULL, 0};
}

struct operation_entity operation_describe(struct arena *arena, const struct operation_match *match,
                                           const struct operation_call *call)
{
    struct reading reading = {arena, match, call};

    return (struct operation_entity){
        .id = first_value(&reading, match->operation->entity_id),
        .name = first_value(&reading, match->operation->entity_name),
    };
}
