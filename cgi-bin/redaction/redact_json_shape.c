/* SPDX-License-Identifier: MIT */
/*
 * The shapes in which a secret is not named by its own member: {"name": "PASSWORD", "value": …}, {"value": …, "encrypted": true}, a
 * Kubernetes Secret or list of such, a context of type "secret", ["--password", …], {"path": "/password", "value": …} of JSON Patch,
 * {"loc": ["body", "password"], "input": …} of answers that repeat what was wrong.
 */
#include "redaction/redact_json_private.h"

static const struct {
    struct str name;
    enum redact_role role;
} roles[] = {
    {STR("name"), ROLE_NAME},         {STR("key"), ROLE_NAME},
    {STR("variable"), ROLE_NAME},     {STR("header"), ROLE_NAME},
    {STR("value"), ROLE_VALUE},       {STR("values"), ROLE_VALUE},
    {STR("default"), ROLE_VALUE},     {STR("defaultvalue"), ROLE_VALUE},
    {STR("encrypted"), ROLE_MASK},    {STR("secret"), ROLE_MASK},
    {STR("sensitive"), ROLE_MASK},    {STR("masked"), ROLE_MASK},
    {STR("issecret"), ROLE_MASK},     {STR("is_secret"), ROLE_MASK},
    {STR("kind"), ROLE_KIND},         {STR("type"), ROLE_KIND},
    {STR("data"), ROLE_DATA},         {STR("stringdata"), ROLE_STRING_DATA},
    {STR("param"), ROLE_NAME},        {STR("parameter"), ROLE_NAME},
    {STR("field"), ROLE_NAME},        {STR("property"), ROLE_NAME},
    {STR("input"), ROLE_VALUE},       {STR("rejectedvalue"), ROLE_VALUE},
    {STR("loc"), ROLE_PLACE},         {STR("items"), ROLE_ITEMS},
    {STR("path"), ROLE_PATH},         {STR("parameterkey"), ROLE_NAME},
    {STR("param-name"), ROLE_NAME},   {STR("parametervalue"), ROLE_VALUE},
    {STR("param-value"), ROLE_VALUE},
};
enum { MEMBER_COUNT = sizeof(roles) / sizeof(roles[0]) };

enum redact_role redact_json_role(struct str name)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (name.len == roles[i].name.len && str_equal_folded(name, roles[i].name))
            return roles[i].role;
    return ROLE_NONE;
}

void redact_json_note_value(struct redact_walk *walk, struct redact_frame *frame, size_t begin,
                            size_t end)
{
    struct redact_passed *passed;

    if (!frame || !frame->target)
        return;
    passed = arena_alloc(walk->job->arena, sizeof(*passed));
    *passed = (struct redact_passed){begin, end, frame->passed[frame->target]};
    frame->passed[frame->target] = passed;
}

static void note_kind(struct redact_frame *frame, struct str kind)
{
    frame->is_secret = frame->is_secret || str_equal_folded(kind, STR("secret")) ||
                       str_equal_folded(kind, STR("secret-yaml"));
    frame->is_list = frame->is_list || str_equal(kind, STR("SecretList"));
    frame->secret_data = frame->secret_data || frame->is_secret || frame->is_list;
}

/* "/data", or what is below it. */
static bool is_secret_data(struct str pointer)
{
    static const struct str data[] = {STR("/data"), STR("/stringData")};

    for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++)
        if (str_starts(pointer, data[i]) &&
            (pointer.len == data[i].len || pointer.ptr[data[i].len] == '/'))
            return true;
    return false;
}

void redact_json_note_string(struct redact_walk *walk, struct redact_frame *frame, size_t begin,
                             size_t end)
{
    struct str text = redact_range(walk->view, begin, end);
    enum redact_class class;

    if (frame->object && walk->role == ROLE_KIND)
        note_kind(frame, text);
    if (frame->object && walk->role == ROLE_PATH && frame->secret_data && is_secret_data(text))
        frame->names_secret = true;
    if (text.len > REDACT_NAME_MAX ||
        (frame->object && walk->role != ROLE_NAME && walk->role != ROLE_PATH) ||
        !redact_json_has_hit(walk, begin, end))
        return;
    text = redact_decode_json(walk->job, text);
    class = redact_name_class(walk->job->redactor, text, walk->place);
    if (frame->object)
        frame->names_secret = frame->names_secret || class != CLASS_NONE;
    else if (frame->is_place)
        frame[-1].names_secret = frame[-1].names_secret || class != CLASS_NONE;
    else if (str_starts(text, STR("-")) || (walk->place == PLACE_QUERY && frame->index % 2 == 0))
        frame->next = class;
}

static void look_back_at(struct redact_walk *walk, const struct redact_passed *passed,
                         enum redact_class inside, bool secret_data)
{
    for (; passed; passed = passed->before)
        redact_json_again(walk, passed, inside, secret_data);
}

void redact_json_look_back(struct redact_walk *walk, const struct redact_frame *frame)
{
    if (!frame->object || frame->inside != CLASS_NONE)
        return;
    if (frame->names_secret || frame->is_masked || frame->is_secret)
        look_back_at(walk, frame->passed[ROLE_VALUE], CLASS_SECRET, false);
    if (frame->is_secret) {
        look_back_at(walk, frame->passed[ROLE_DATA], CLASS_SECRET, false);
        look_back_at(walk, frame->passed[ROLE_STRING_DATA], CLASS_SECRET, false);
    }
    if (frame->is_list)
        look_back_at(walk, frame->passed[ROLE_ITEMS], CLASS_NONE, true);
}
