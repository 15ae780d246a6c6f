/* SPDX-License-Identifier: MIT */
/*
 * Another product's names for what struct filter holds.  Its words for the order, ASK and DESK, are misspelt in its description and so
 * in its clients.  Never touches the database.
 */
#include "query/audit_params.h"

#include "store/filter_words.h"
#include "web/fields.h"

enum {
    USER_NAME,
    USER_ID,
    ENTITY,
    ENTITY_ID,
    ACTION,
    RS_STATUS,
    SHOW_TRIGGERS,
    SEARCH,
    FROM,
    TO,
    SORT_FIELD,
    SORT_TYPE,
    SPEC_COUNT
};

static const char *const truths[] = {"false", "true", NULL};
/* All of them are the order of time: an id begins with it, and an event never changes. */
static const char *const sort_fields[] = {"id", "createdAt", "updatedAt", NULL};
static const char *const sort_types[] = {"DESK", "DESC", "ASK", "ASC", NULL};
enum { OLDEST_FIRST = 2 /* of sort_types, from there on */ };

static const struct field_spec specs[SPEC_COUNT] = {
    [USER_NAME] = {"userName", FIELD_TEXT, false, 1, EVENT_NAME_MAX, NULL},
    [USER_ID] = {"userId", FIELD_TEXT, false, 1, EVENT_NAME_MAX, NULL},
    [ENTITY] = {"entity", FIELD_TEXT, false, 1, EVENT_NAME_MAX, NULL},
    [ENTITY_ID] = {"entityId", FIELD_TEXT, false, 1, EVENT_NAME_MAX + 1, NULL},
    [ACTION] = {"action", FIELD_TEXT, false, 1, EVENT_NAME_MAX, NULL},
    [RS_STATUS] = {"rs_status", FIELD_NUMBER, false, 100, 599, NULL},
    [SHOW_TRIGGERS] = {"showTriggers", FIELD_CHOICE, false, 0, 0, truths},
    [SEARCH] = {"search", FIELD_TEXT, false, PARAMS_TEXT_BYTES_MIN, PARAMS_TEXT_BYTES_MAX, NULL},
    [FROM] = {"from", FIELD_NUMBER, false, 0, INT64_MAX, NULL},
    [TO] = {"to", FIELD_NUMBER, false, 0, INT64_MAX, NULL},
    [SORT_FIELD] = {"sortField", FIELD_CHOICE, false, 0, 0, sort_fields},
    [SORT_TYPE] = {"sortType", FIELD_CHOICE, false, 0, 0, sort_types},
};

static struct str text_of(const struct fields *fields, unsigned spec)
{
    const struct field *field = fields_find(fields, spec);

    return field ? field->text : (struct str){NULL, 0};
}

static uint64_t number_of(const struct fields *fields, unsigned spec)
{
    const struct field *field = fields_find(fields, spec);

    return field ? field->number : 0;
}

/* An empty value is none. */
static struct filter_values one_value(struct arena *arena, struct str value)
{
    struct filter_values values = {0};

    if (value.len) {
        values.items = arena_array(arena, 1, sizeof(*values.items));
        values.items[values.count++] = value;
    }
    return values;
}

/* As params.c takes it: 0200 is 200. */
static struct filter_values status_of(struct arena *arena, const struct fields *fields)
{
    unsigned status = (unsigned)number_of(fields, RS_STATUS);

    return one_value(arena, status ? arena_printf(arena, "%u", status) : STR(""));
}

/* A user has one name here, so both parameters mean it.  False: they contradict each other. */
static bool read_user(struct arena *arena, const struct fields *fields, struct filter *filter,
                      struct str *complaint)
{
    struct str name = text_of(fields, USER_NAME), id = text_of(fields, USER_ID);

    if (name.len && id.len && !str_equal(name, id)) {
        *complaint =
            STR("Parameters \"userName\" and \"userId\" must be equal where both are given: "
                "both are the user as recorded.");
        return false;
    }
    filter->include[FILTER_USER] = one_value(arena, filter_word(arena, name.len ? name : id));
    return true;
}

static void read_rest(struct arena *arena, const struct fields *fields, struct filter *filter)
{
    filter->kind = number_of(fields, SHOW_TRIGGERS) ? EVENT_KIND_TRIGGER : EVENT_KIND_EVENT;
    filter->include[FILTER_ENTITY_TYPE] =
        one_value(arena, filter_word(arena, text_of(fields, ENTITY)));
    filter->include[FILTER_ACTION] = one_value(arena, filter_word(arena, text_of(fields, ACTION)));
    filter->include[FILTER_STATUS] = status_of(arena, fields);
    filter->entity_id = text_of(fields, ENTITY_ID);
    filter->text = text_of(fields, SEARCH);
    filter->has_from = fields_find(fields, FROM) != NULL;
    filter->from_ms = (int64_t)number_of(fields, FROM);
    filter->has_to = fields_find(fields, TO) != NULL;
    filter->to_ms = (int64_t)number_of(fields, TO);
    filter->oldest_first = number_of(fields, SORT_TYPE) >= OLDEST_FIRST;
}

bool audit_params_parse(struct arena *arena, struct str query, struct params *params,
                        struct str *complaint)
{
    struct fields fields;

    *params = (struct params){.show = params_page_sizes[0], .page = 1, .zone = "UTC"};
    if (!fields_parse(arena, query, specs, SPEC_COUNT, &fields, complaint) ||
        !read_user(arena, &fields, &params->filter, complaint))
        return false;
    params->from = text_of(&fields, FROM);
    params->to = text_of(&fields, TO);
    read_rest(arena, &fields, &params->filter);
    params_settle(params);
    return true;
}
