/* SPDX-License-Identifier: MIT */
/* The rules about entities.  Whether something is a read is in operation_words.c. */
#include "intake/operation_rules.h"

/* The id of what an answer shows, of what a call made, and the names of both. */
#define SHOWN_ID "res.id|res._id|res.metadata.uid|res.metadata.id"
#define MADE_ID SHOWN_ID "|location"
#define SENT_NAME "body.name|body.metadata.name|body.title|body.displayName|body.display_name"
#define SHOWN_NAME "res.name|res.metadata.name|res.title"

/* Where things stand in a template.  Indexes of pieces; -1: there is none. */
struct shape {
    int last;         /* the last parameter */
    int before;       /* the parameter in front of it with no text segment between them */
    int id_before;    /* the last parameter in front of it that is called like an id */
    bool ends_in_one; /* a parameter is in the last segment */
    struct str tail;  /* text of the last segment otherwise */
};

static bool ends_with(struct str s, struct str end)
{
    return s.len >= end.len && str_equal(str_slice(s, s.len - end.len, end.len), end);
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* "Id" of "buildId", "ID" of "imageID", "name" of "repo_name"; the whole of "username". */
static struct str last_word(struct str name)
{
    size_t begin = 0;

    for (size_t i = 1; i < name.len; i++)
        if (name.ptr[i - 1] == '_' || name.ptr[i - 1] == '-' ||
            (is_capital(name.ptr[i]) && !is_capital(name.ptr[i - 1])))
            begin = i;
    return str_slice(name, begin, name.len);
}

static bool is_like_name(struct str name)
{
    return str_equal_folded(last_word(name), STR("name"));
}

static bool is_like_id(struct str name)
{
    static const struct str words[] = {STR("id"),   STR("uid"),    STR("uuid"),
                                       STR("guid"), STR("number"), STR("key")};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_equal_folded(last_word(name), words[i]))
            return true;
    return false;
}

/* A slash at the end makes an empty last segment, which says nothing. */
static size_t segments_of(const struct path_template *path)
{
    size_t count = path->segment_count;

    while (count > 1 && path->segments[count - 1].count == 0)
        count--;
    return count;
}

static struct shape shape_of(const struct path_template *path)
{
    struct shape shape = {.last = -1, .before = -1, .id_before = -1};
    size_t count = segments_of(path);
    bool is_near = false; /* no text segment since the last parameter */

    for (size_t i = 0; i < count; i++) {
        const struct path_segment *segment = &path->segments[i];

        if (path_segment_is_text(path, segment)) {
            is_near = false;
            shape.tail = path_segment_text(path, segment);
        }
        shape.ends_in_one = !path_segment_is_text(path, segment);
        for (size_t j = segment->first; j < segment->first + segment->count; j++) {
            if (!path->pieces[j].is_param)
                continue;
            if (shape.last >= 0 && is_like_id(path->pieces[shape.last].text))
                shape.id_before = shape.last;
            shape.before = is_near ? shape.last : -1;
            shape.last = (int)j;
            is_near = true;
        }
    }
    return shape;
}

struct str operation_rules_entity_type(const struct path_template *path)
{
    struct str type = {NULL, 0}, text = {NULL, 0};

    for (size_t i = 0; i < path->segment_count; i++) {
        const struct path_segment *segment = &path->segments[i];

        if (!path_segment_is_text(path, segment))
            type = text;
        else if (segment->count)
            text = path_segment_text(path, segment);
    }
    return type.len ? type : text;
}

static bool has_body(struct str method)
{
    return str_equal(method, STR("POST")) || str_equal(method, STR("PUT")) ||
           str_equal(method, STR("PATCH"));
}

static bool shows_entity(struct str method)
{
    return has_body(method) || str_equal(method, STR("GET"));
}

static bool is_plural(struct str word)
{
    return word.len > 2 && ends_with(word, STR("s")) && !ends_with(word, STR("ss"));
}

/* A POST to a collection: "/projects", "/projects/{id}/tags"; not "/projects/{id}/archive". */
static bool makes_one(const struct operation_facts *facts, const struct shape *shape)
{
    return str_equal(facts->method, STR("POST")) && !shape->ends_in_one &&
           (shape->last < 0 || is_plural(shape->tail));
}

static struct str param_source(struct arena *arena, const struct operation_facts *facts, int piece)
{
    struct str name = facts->path->pieces[piece].text;

    return arena_printf(arena, "params.%.*s", STR_ARG(name));
}

/* The parameter that is the id of the thing at the path, or -1. */
static int id_param(const struct operation_facts *facts, const struct shape *shape)
{
    if (shape->last < 0)
        return -1;
    return is_like_name(facts->path->pieces[shape->last].text) ? shape->id_before : shape->last;
}

struct str operation_rules_entity_id(struct arena *arena, const struct operation_facts *facts)
{
    struct shape shape = shape_of(facts->path);
    int id = id_param(facts, &shape);

    if (makes_one(facts, &shape)) {
        struct str param = id < 0 ? STR("") : param_source(arena, facts, id);

        return arena_printf(arena, MADE_ID "%s%.*s", id < 0 ? "" : "|", STR_ARG(param));
    }
    if (id >= 0)
        return param_source(arena, facts, id);
    if (shape.last < 0 && has_body(facts->method))
        return STR(MADE_ID "|body.id");
    if (shape.ends_in_one && shows_entity(facts->method) && !str_equal(facts->method, STR("POST")))
        return STR(SHOWN_ID);
    return STR("");
}

struct str operation_rules_entity_name(struct arena *arena, const struct operation_facts *facts)
{
    struct shape shape = shape_of(facts->path);
    bool makes = makes_one(facts, &shape);

    if (!makes && shape.last >= 0 && is_like_name(facts->path->pieces[shape.last].text))
        return param_source(arena, facts, shape.last);
    if (!makes && shape.before >= 0 && is_like_name(facts->path->pieces[shape.before].text))
        return param_source(arena, facts, shape.before);
    if (!makes && shape.last >= 0 && !shape.ends_in_one)
        return STR("");
    if (has_body(facts->method))
        return STR(SENT_NAME "|" SHOWN_NAME);
    return shows_entity(facts->method) ? STR(SHOWN_NAME) : STR("");
}
