/* SPDX-License-Identifier: MIT */
/*
 * The canonical text of an event.  What separates its parts (: = ; and %) is percent-encoded inside them: in every value % and then
 * the colon, in names and values of pairs = and ; as well.
 */
#define _GNU_SOURCE
#include "intake/retraced_private.h"

#include <stdlib.h>

#include "base/utf8.h"

enum { SURROGATES = 0xd800, FIRST_BEYOND = 0x10000 };

static void add_encoded(struct strbuf *out, struct str value, bool in_pair)
{
    for (size_t i = 0; i < value.len; i++) {
        switch (value.ptr[i]) {
        case '%':
            strbuf_add_cstr(out, "%25");
            break;
        case ':':
            strbuf_add_cstr(out, "%3A");
            break;
        case '=':
            strbuf_add_cstr(out, in_pair ? "%3D" : "=");
            break;
        case ';':
            strbuf_add_cstr(out, in_pair ? "%3B" : ";");
            break;
        default:
            strbuf_add_char(out, value.ptr[i]);
        }
    }
}

/* A place in the order of JavaScript's strings: characters beyond U+FFFF begin with a surrogate there. */
static uint32_t rank(struct str text, size_t at, size_t *bytes)
{
    uint32_t point = 0;

    *bytes = utf8_decode(text, at, &point);
    return point >= FIRST_BEYOND ? SURROGATES : point;
}

static int compare_names(const void *a, const void *b)
{
    struct str left = ((const struct retraced_pair *)a)->name;
    struct str right = ((const struct retraced_pair *)b)->name;
    size_t at = 0, left_bytes, right_bytes;

    while (at < left.len && at < right.len && left.ptr[at] == right.ptr[at])
        at++;
    while (at > 0 && at < left.len && ((unsigned char)left.ptr[at] & 0xc0) == 0x80)
        at--; /* to the beginning of the character that differs */
    if (at < left.len && at < right.len) {
        uint32_t left_rank = rank(left, at, &left_bytes);
        uint32_t right_rank = rank(right, at, &right_bytes);

        if (left_rank != right_rank)
            return left_rank < right_rank ? -1 : 1;
    }
    return str_compare(left, right);
}

static void add_pairs(struct strbuf *out, const struct retraced_pairs *pairs)
{
    if (pairs->count)
        qsort(pairs->pairs, pairs->count, sizeof(*pairs->pairs), compare_names);
    for (size_t i = 0; i < pairs->count; i++) {
        add_encoded(out, pairs->pairs[i].name, true);
        strbuf_add_char(out, '=');
        add_encoded(out, pairs->pairs[i].value, true);
        strbuf_add_char(out, ';');
    }
}

struct str retraced_canonical(struct arena *arena, struct retraced_event *event)
{
    const struct str values[] = {event->id,       event->action,   event->target.id,
                                 event->actor.id, event->group.id, event->source_ip};
    struct strbuf out;
    struct str text;

    strbuf_init(&out);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        add_encoded(&out, values[i], false);
        strbuf_add_char(&out, ':');
    }
    strbuf_add_cstr(&out, event->is_failure ? "1:" : "0:");
    strbuf_add_cstr(&out, event->is_anonymous ? "1:" : "0:");
    if (event->fields.is_given)
        add_pairs(&out, &event->fields);
    else
        strbuf_add_char(&out, ':');
    if (event->external_id.len) {
        strbuf_add_char(&out, ':');
        add_encoded(&out, event->external_id, false);
    }
    if (event->metadata.is_given) {
        strbuf_add_char(&out, ':');
        add_pairs(&out, &event->metadata);
    }
    text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}
