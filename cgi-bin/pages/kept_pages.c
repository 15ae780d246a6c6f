/* SPDX-License-Identifier: MIT */
/* A few places, looked through one after the other: a process is asked for few different pages before the log changes. */
#include "pages/kept_pages.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { PLACES = 16, PARTS = 8 };

struct place {
    char *bytes; /* the key, then the page; NULL: free */
    size_t key_len, html_len, rows;
    unsigned long last_use;
};

struct kept_pages {
    struct place places[PLACES];
    size_t bytes, bytes_max;
    unsigned long uses;
};

struct kept_pages *kept_pages_new(size_t bytes_max)
{
    struct kept_pages *kept = memory_new(sizeof(*kept));

    kept->bytes_max = bytes_max;
    return kept;
}

static void forget(struct kept_pages *kept, struct place *place)
{
    kept->bytes -= place->key_len + place->html_len;
    free(place->bytes);
    *place = (struct place){.bytes = NULL};
}

void kept_pages_free(struct kept_pages *kept)
{
    if (!kept)
        return;
    for (size_t i = 0; i < PLACES; i++)
        forget(kept, &kept->places[i]);
    free(kept);
}

bool kept_pages_find(struct kept_pages *kept, struct str key, struct kept_page *page)
{
    for (size_t i = 0; i < PLACES; i++) {
        struct place *place = &kept->places[i];

        if (!place->bytes || !str_equal((struct str){place->bytes, place->key_len}, key))
            continue;
        place->last_use = ++kept->uses;
        *page = (struct kept_page){{place->bytes + place->key_len, place->html_len}, place->rows};
        return true;
    }
    return false;
}

/* A free place, or the one used longest ago. */
static struct place *oldest(struct kept_pages *kept)
{
    struct place *found = &kept->places[0];

    for (size_t i = 1; i < PLACES; i++)
        if (kept->places[i].last_use < found->last_use)
            found = &kept->places[i];
    return found;
}

/* The one used longest ago of those that are taken; there is one while kept->bytes is not 0. */
static struct place *oldest_taken(struct kept_pages *kept)
{
    struct place *found = NULL;

    for (size_t i = 0; i < PLACES; i++)
        if (kept->places[i].bytes && (!found || kept->places[i].last_use < found->last_use))
            found = &kept->places[i];
    return found;
}

void kept_pages_add(struct kept_pages *kept, struct str key, const struct kept_page *page)
{
    size_t bytes = key.len + page->html.len;
    struct place *place;

    if (bytes == 0 || bytes > kept->bytes_max / PARTS)
        return;
    while (kept->bytes + bytes > kept->bytes_max)
        forget(kept, oldest_taken(kept));
    place = oldest(kept);
    forget(kept, place);
    place->bytes = memory_new(bytes);
    memcpy(place->bytes, key.ptr, key.len);
    memcpy(place->bytes + key.len, page->html.ptr, page->html.len);
    place->key_len = key.len;
    place->html_len = page->html.len;
    place->rows = page->rows;
    place->last_use = ++kept->uses;
    kept->bytes += bytes;
}
