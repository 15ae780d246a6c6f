/* SPDX-License-Identifier: MIT */
/* One line to its members, as the bytes they stood for; what they mean is for capture_event.c. */
#include "intake/capture.h"

#include "base/json.h"
#include "base/latin1.h"
#include "intake/capture_private.h"

#define MEMBER(name)                                                                               \
    {                                                                                              \
        STR(#name), offsetof(struct capture_line, name)                                            \
    }

/* In the order in which nginx writes them: each is looked for behind the one before. */
static const struct member {
    struct str name;
    size_t offset;
} members[] = {
    MEMBER(id),
    MEMBER(msec),
    MEMBER(time),
    MEMBER(status),
    MEMBER(upstream_status),
    MEMBER(completion),
    MEMBER(sent),
    MEMBER(client),
    MEMBER(peer),
    MEMBER(forwarded),
    MEMBER(set_account),
    MEMBER(set_user),
    MEMBER(set_source),
    MEMBER(basic_user),
    MEMBER(api_account),
    MEMBER(api_user),
    MEMBER(api_source),
    MEMBER(api_token),
    MEMBER(api_done),
    MEMBER(api_refused),
    MEMBER(agent),
    MEMBER(method),
    MEMBER(uri),
    MEMBER(request),
    MEMBER(location),
    MEMBER(type),
    MEMBER(encoding),
    MEMBER(head),
    MEMBER(headers),
    MEMBER(content_length),
    MEMBER(body_file),
    MEMBER(body),
};
enum { MEMBER_COUNT = sizeof(members) / sizeof(members[0]) };

/* The member that the key names, searched from `*at` on and round; NULL for one that is not needed here. */
static const struct member *find_member(struct str key, size_t *at)
{
    struct str name = str_slice(key, 1, key.len - 2);

    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        const struct member *member = &members[(*at + i) % MEMBER_COUNT];

        if (str_equal(name, member->name)) {
            *at = (size_t)(member - members) + 1;
            return member;
        }
    }
    return NULL;
}

static enum capture_result read_members(struct arena *arena, struct str text,
                                        struct capture_line *line)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;
    size_t at = 0;

    if (!json_walk_unread(&walk, text, JSON_OBJECT))
        return CAPTURE_CUT;
    while (json_walk_next(&walk, &key, &value)) {
        const struct member *member = find_member(key, &at);

        if (str_equal(key, STR("\"daybook\"")) && !str_equal(value.text, STR("1")))
            return CAPTURE_NO_LINE; /* of a later form */
        if (member &&
            !capture_decode(arena, value, (struct str *)(void *)((char *)line + member->offset)))
            return CAPTURE_NO_LINE;
    }
    return json_walk_is_whole(&walk) ? CAPTURE_READ : CAPTURE_CUT;
}

enum capture_result capture_read_line(const struct intake *intake, struct str line,
                                      struct capture_call *call)
{
    struct capture_line members_read = {0};
    enum capture_result result;

    if (!str_starts(line, STR(CAPTURE_BEGINNING)))
        return CAPTURE_NO_LINE;
    result = read_members(intake->arena, latin1_to_utf8(intake->arena, line), &members_read);
    if (result == CAPTURE_READ && !capture_make_call(intake, &members_read, call))
        return CAPTURE_NO_LINE;
    return result;
}

size_t capture_find_beginning(struct str line, size_t from)
{
    struct str rest = str_slice(line, from, line.len);
    const char *found =
        rest.len ? memmem(rest.ptr, rest.len, CAPTURE_BEGINNING, sizeof(CAPTURE_BEGINNING) - 1)
                 : NULL;

    return found ? (size_t)(found - line.ptr) : line.len;
}
