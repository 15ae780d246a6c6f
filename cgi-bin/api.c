/* SPDX-License-Identifier: MIT */
/*
 * What the clients of Codefresh ask for by token, beside the download (download.c):
 * /api/user                 what the token is called, and the account that it reads
 * /api/audit/entitiesList   the types of entities and the actions that occur in that account
 * Parameters: none.
 */
#include "access.h"
#include "base/json.h"
#include "base/json_write.h"
#include "store/event_facets.h"
#include "store/filter_words.h"
#include "store/reader.h"
#include "web/fields.h"
#include "web/handler.h"
#include "web/page.h"

#include <stdlib.h>
#include <string.h>

/* Of one kind and dimension.  What is beyond would be a log whose names are made up by whoever calls. */
enum { VALUES_MAX = 10000 };

/* Names in order of their bytes, each once. */
struct names {
    struct str *items;
    size_t count;
    bool more; /* there are others */
};

static void *start(const struct config *config)
{
    return reader_open(config);
}

static void stop(void *context)
{
    reader_close(context);
}

static int compare(const void *a, const void *b)
{
    const struct str *one = a, *other = b;
    size_t shorter = one->len < other->len ? one->len : other->len;
    int order = shorter ? memcmp(one->ptr, other->ptr, shorter) : 0;

    return order ? order : (one->len > other->len) - (one->len < other->len);
}

static void sort_names(struct names *names)
{
    size_t kept = 0;

    if (names->count)
        qsort(names->items, names->count, sizeof(*names->items), compare);
    for (size_t i = 0; i < names->count; i++)
        if (kept == 0 || !str_equal(names->items[i], names->items[kept - 1]))
            names->items[kept++] = names->items[i];
    names->count = kept;
}

/* The values of a dimension in both tabs, without "has none".  0 or -1. */
static int read_names(struct reader *reader, struct arena *arena, const struct account *account,
                      enum filter_dimension dimension, struct names *names)
{
    size_t capacity = 0;

    *names = (struct names){0};
    for (int kind = EVENT_KIND_EVENT; kind < EVENT_KIND_COUNT; kind++) {
        struct filter filter = {.kind = (enum event_kind)kind};
        struct event_facets facets;

        access_bound(account, &filter);
        if (event_facets_read(reader, arena, &filter, dimension, VALUES_MAX, &facets) < 0)
            return -1;
        names->more = names->more || facets.more;
        for (size_t i = 0; i < facets.count; i++) {
            if (str_equal(facets.items[i].value, STR(FILTER_NONE)))
                continue;
            names->items =
                arena_grow(arena, names->items, names->count, &capacity, sizeof(*names->items));
            names->items[names->count++] = filter_word_name(arena, facets.items[i].value);
        }
    }
    sort_names(names);
    return 0;
}

static void write_names(struct strbuf *json, const char *name, const struct names *names)
{
    json_write_name(json, name);
    strbuf_add_char(json, '[');
    for (size_t i = 0; i < names->count; i++) {
        if (i)
            strbuf_add_char(json, ',');
        json_append_string(json, names->items[i]);
    }
    strbuf_add_char(json, ']');
}

/* {"entities": […], "actions": […]}, and "more": true where not all are in it.  0 or -1. */
static int make_entities(struct reader *reader, const struct request *request,
                         const struct account *account, struct strbuf *json)
{
    struct names entities, actions;

    if (read_names(reader, request->arena, account, FILTER_ENTITY_TYPE, &entities) < 0 ||
        read_names(reader, request->arena, account, FILTER_ACTION, &actions) < 0)
        return -1;
    strbuf_add_char(json, '{');
    write_names(json, "entities", &entities);
    write_names(json, "actions", &actions);
    if (entities.more || actions.more)
        json_write_value(json, "more", STR("true"));
    strbuf_add_cstr(json, "}\n");
    return 0;
}

/*
 * What the clients look at: roles, without "Admin", who runs an installation of Codefresh; and the name of the account, in two
 * places.  Nothing is known of a person, so the user is the token.
 */
static int make_user(struct reader *reader, const struct request *request,
                     const struct account *account, struct strbuf *json)
{
    struct strbuf visible;
    struct str name;

    if (token_name(reader->db, request->arena, access_secret(request), &name) != 1)
        return -1;
    strbuf_init(&visible);
    page_visible(&visible, name); /* which also makes it valid UTF-8 */
    strbuf_add_char(json, '{');
    json_write_text(json, "userName", strbuf_str(&visible));
    json_write_value(json, "roles", STR("[\"User\"]"));
    json_write_text(json, "activeAccountName", account->slug);
    json_write_name(json, "account");
    strbuf_add_cstr(json, "[{");
    json_write_text(json, "name", account->slug);
    strbuf_add_cstr(json, "}]}\n");
    strbuf_release(&visible);
    return 0;
}

typedef int make_answer(struct reader *reader, const struct request *request,
                        const struct account *account, struct strbuf *json);

/* NULL: there is no such address. */
static make_answer *answer_of(const struct request *request)
{
    if (str_equal(request->path, STR("/api/user")))
        return make_user;
    return str_equal(request->path, STR("/api/audit/entitiesList")) ? make_entities : NULL;
}

static void serve_account(struct reader *reader, make_answer *make, struct request *request,
                          struct response *response)
{
    struct account account;
    struct strbuf json;

    if (!access_token(reader->db, TOKEN_READ, true, request, response, &account))
        return;
    strbuf_init(&json);
    if (make(reader, request, &account, &json) == 0 && db_commit(reader->db) == 0)
        response_send(response, "application/json", strbuf_str(&json));
    else
        access_database_down(reader->db, response);
    strbuf_release(&json);
}

static void serve(void *context, struct request *request, struct response *response)
{
    make_answer *make = answer_of(request);
    struct str complaint;
    struct fields fields;

    if (!make)
        response_error(response, 404, STR("There is no such address."));
    else if (!fields_parse(request->arena, request->query, NULL, 0, &fields, &complaint))
        response_error(response, 400, complaint);
    else
        serve_account(context, make, request, response);
}

static void speak(const struct request *request, struct response *response)
{
    (void)request;
    response_speak_json_message(response);
}

const struct page_handler page_handler = {
    .name = "api",
    .methods = METHOD_GET,
    .speak = speak,
    .start = start,
    .serve = serve,
    .stop = stop,
};
