/* SPDX-License-Identifier: MIT */
/*
 * Query strings.  What is accepted must come back from a link made of it; a complaint must be fit
 * for a page and for JSON, whatever it quotes.
 */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "web/error.h"
#include "web/fields.h"
#include "web/page.h"

static const char *const show_choices[] = {"10", "25", "50", "100", "200", NULL};
static const struct field_spec specs[] = {
    {.name = "show", .kind = FIELD_CHOICE, .choices = show_choices},
    {.name = "page", .kind = FIELD_NUMBER, .min = 1, .max = UINT64_MAX},
    {.name = "user", .kind = FIELD_TEXT, .repeatable = true, .min = 1, .max = 1024},
    {.name = "q", .kind = FIELD_TEXT, .min = 3, .max = 100},
    {.name = "asof", .kind = FIELD_ID},
};
enum { SPEC_COUNT = sizeof(specs) / sizeof(specs[0]) };

static void check_round_trip(struct arena *arena, const struct fields *fields)
{
    struct strbuf link;
    struct fields again;
    struct str complaint;

    strbuf_init(&link);
    for (size_t i = 0; i < fields->count; i++)
        fields_append(&link, specs[fields->items[i].spec].name, fields->items[i].text);
    assert(fields_parse(arena, str_slice(strbuf_str(&link), 1, link.len), specs, SPEC_COUNT, &again,
                        &complaint));
    assert(again.count == fields->count);
    for (size_t i = 0; i < fields->count; i++) {
        assert(again.items[i].spec == fields->items[i].spec);
        assert(again.items[i].number == fields->items[i].number);
        assert(str_equal(again.items[i].text, fields->items[i].text));
    }
    strbuf_release(&link);
}

static void check_complaint(struct str complaint)
{
    const struct error error = {.status = 400, .sentence = complaint};
    struct json_value value;
    struct json_error reason;
    struct strbuf out;

    assert(complaint.len > 0);
    strbuf_init(&out);
    page_visible(&out, complaint);
    assert(page_visible_prefix(strbuf_str(&out)) == out.len);
    strbuf_reset(&out);
    error_json(&error, &out);
    assert(json_read(strbuf_str(&out), &value, &reason));
    strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str query = {(const char *)data, size};
    struct fields fields;
    struct str complaint;

    if (fields_parse(arena, query, specs, SPEC_COUNT, &fields, &complaint))
        check_round_trip(arena, &fields);
    else
        check_complaint(complaint);
    arena_free(arena);
    return 0;
}
