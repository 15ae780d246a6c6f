/* SPDX-License-Identifier: MIT */
/* What a page of Daybook says that it has changed, and what its event is then. */
#include "check.h"

#include "intake/own_done.h"

static const struct row {
    const char *label;
    struct str done, extra;
    const char *action, *id, *name, *becomes;
} rows[] = {
    {"nothing", STR(""), STR(""), "changeMembers", "before", "", ""},
    {"a member", STR("action=addMember&id=olga&name=&role=admin"), STR(""), "addMember", "olga", "",
     "{\"role\": \"admin\"}"},
    {"behind other facts", STR("action=addToken&id=6&name=a%26b%3D%22&scope=read&days=30"),
     STR("{\"peer_address\": \"::1\"}"), "addToken", "6", "a&b=\"",
     "{\"peer_address\": \"::1\", \"scope\": \"read\", \"days\": \"30\"}"},
    {"no facts", STR("action=revokeToken&id=6&name="), STR("{\"a\": 1}"), "revokeToken", "6", "",
     "{\"a\": 1}"},
    {"bytes that are no text", STR("action=removeMember&id=%ff%00%C3%BC&name="), STR(""),
     "removeMember", "%FF%00\xc3\xbc", "", ""},
    {"facts of a later version", STR("action=a&id=b&name=c&color=red&=&&x"), STR(""), "a", "b", "c",
     ""},
    {"a name that begins alike", STR("action=a&id2=x&id=b"), STR(""), "a", "b", "", ""},
    {"no action", STR("id=olga&role=admin"), STR(""), "changeMembers", "before", "", ""},
};

static void test_rows(void **state)
{
    struct intake intake = {
        .arena = arena_new(), .body_max_bytes = 1024, .body_head_max_bytes = 1024};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct capture_call call = {.done = row->done,
                                    .event = {.action = STR("changeMembers"),
                                              .entity_id = STR("before"),
                                              .extra = row->extra}};

        EXPECT(row->label, own_done_apply(&intake, &call));
        EXPECT(row->label, str_equal(call.event.action, str_from(row->action)));
        EXPECT(row->label, str_equal(call.event.entity_id, str_from(row->id)));
        EXPECT(row->label, str_equal(call.event.entity_name, str_from(row->name)));
        EXPECT(row->label, str_equal(call.event.extra, str_from(row->becomes)));
    }
    arena_free(intake.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
