/* SPDX-License-Identifier: MIT */
/* Zones by a part of their names, in the table of the system: with names that are older than it. */
#include "base/zone_table.h"

#include "base/strbuf.h"

#include "check.h"

static const struct {
    struct str typed;
    const char *found; /* each with a blank behind it */
} cases[] = {
    /* whole names as they are, also those that are another's */
    {TEXT("Europe/Berlin"), "Europe/Berlin "},
    {TEXT("UTC"), "UTC "},
    {TEXT("Asia/Calcutta"), "Asia/Calcutta "},
    {TEXT("Etc/GMT+5"), "Etc/GMT+5 "},
    /* in letters of either case, with blanks */
    {TEXT("europe/BERLIN"), "Europe/Berlin "},
    {TEXT("utc"), "UTC "},
    {TEXT("america/new york"), "America/New_York "},
    {TEXT(" Europe/Berlin "), "Europe/Berlin "},
    /* the end of a name */
    {TEXT("Berlin"), "Europe/Berlin "},
    {TEXT("berlin"), "Europe/Berlin "},
    {TEXT("New York"), "America/New_York "},
    {TEXT("new_york"), "America/New_York "},
    {TEXT("st johns"), "America/St_Johns "},
    {TEXT("port-au-prince"), "America/Port-au-Prince "},
    {TEXT("oslo"), "Europe/Oslo "},
    {TEXT("Argentina/Buenos Aires"), "America/Argentina/Buenos_Aires "},
    {TEXT("buenos aires"), "America/Argentina/Buenos_Aires "},
    {TEXT("calcutta"), "Asia/Kolkata "},
    {TEXT("japan"), "Asia/Tokyo "},
    /* several zones have it */
    {TEXT("Eastern"), "America/New_York America/Toronto "},
    {TEXT("us/eastern"), "America/New_York "},
    /* none has */
    {TEXT(""), ""},
    {TEXT(" "), ""},
    {TEXT("/Berlin"), ""},
    {TEXT("erlin"), ""},
    {TEXT("Berli"), ""},
    {TEXT("Berlin/"), ""},
    {TEXT("Europe"), ""},
    {TEXT("America/Argentina"), ""},
    {TEXT("New  York"), ""},
    {TEXT("New-York"), ""},
    {TEXT("Berlin\0"), ""},
    {TEXT("Berlin\n"), ""},
    {TEXT("Mars"), ""},
    {TEXT("../Europe/Berlin"), ""},
    {TEXT("%s"), ""},
    {TEXT("0"), ""},
};

static int compare(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void test_found(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str typed = exact_copy(cases[i].typed), found[ZONE_TABLE_FOUND_MAX];
        size_t count = zone_table_find(arena, typed, found);
        struct strbuf names;

        free_copy(typed); /* nothing points into it */
        qsort(found, count, sizeof(found[0]), compare);
        strbuf_init(&names);
        for (size_t k = 0; k < count; k++)
            strbuf_printf(&names, "%.*s ", STR_ARG(found[k]));
        if (!str_equal(strbuf_str(&names), str_from(cases[i].found)))
            fail_msg("%s: %s", cases[i].typed.ptr, names.ptr);
        strbuf_release(&names);
    }
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_found)};

    return cmocka_run_group_tests_name("zone_table", tests, NULL, NULL);
}
