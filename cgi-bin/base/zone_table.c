/* SPDX-License-Identifier: MIT */
/*
 * tzdata.zi, the table that the files of the zones were made from: "Z Europe/Berlin …" begins a zone, "L Asia/Kolkata Asia/Calcutta" gives one
 * another name (zic(8)).  Without that file only whole names are known.
 */
#define _GNU_SOURCE
#include "base/zone_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

static const char table_path[] = "/usr/share/zoneinfo/tzdata.zi";

static bool is_same(char typed, char named)
{
    return str_equal_folded((struct str){&typed, 1}, (struct str){&named, 1}) ||
           (typed == ' ' && named == '_');
}

static bool is_meant(struct str typed, struct str name)
{
    size_t first = name.len - typed.len;

    if (typed.len == 0 || typed.len > name.len || (first && name.ptr[first - 1] != '/'))
        return false;
    for (size_t i = 0; i < typed.len; i++)
        if (!is_same(typed.ptr[i], name.ptr[first + i]))
            return false;
    return true;
}

/* The name that a line of the table gives, and that of the zone which has it.  False: it gives none. */
static bool read_line(struct str line, struct str *name, struct str *zone)
{
    struct str word;

    if (!str_next(&line, ' ', &word))
        return false;
    if (str_equal(word, STR("Z"))) {
        *zone = (struct str){NULL, 0};
        return str_next(&line, ' ', name);
    }
    return str_equal(word, STR("L")) && str_next(&line, ' ', zone) && str_next(&line, ' ', name);
}

static void add_once(struct arena *arena, struct str found[ZONE_TABLE_FOUND_MAX], size_t *count,
                     struct str zone)
{
    for (size_t i = 0; i < *count; i++)
        if (str_equal(found[i], zone))
            return;
    if (*count < ZONE_TABLE_FOUND_MAX && clock_zone_exists(zone))
        found[(*count)++] = arena_copy(arena, zone);
}

size_t zone_table_find(struct arena *arena, struct str typed,
                       struct str found[ZONE_TABLE_FOUND_MAX])
{
    size_t count = 0, capacity = 0;
    char *line = NULL;
    ssize_t len;
    FILE *table;

    typed = str_trim(typed);
    if (str_equal_folded(typed, STR("UTC")))
        typed = STR("UTC"); /* in the table it is another name of Etc/UTC */
    if (clock_zone_exists(typed)) {
        found[0] = arena_copy(arena, typed);
        return 1;
    }
    table = fopen(table_path, "re");
    while (table && (len = getline(&line, &capacity, table)) > 0) {
        struct str name, zone;
        bool ends = line[len - 1] == '\n';

        if (read_line((struct str){line, (size_t)len - ends}, &name, &zone) &&
            is_meant(typed, name))
            add_once(arena, found, &count, zone.len ? zone : name);
    }
    free(line);
    if (table)
        fclose(table);
    return count;
}
