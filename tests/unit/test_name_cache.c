/* SPDX-License-Identifier: MIT */
/* A reader's memory of names: what was added is found under its own dictionary and number, and memory is bounded. */
#include "store/name_cache.h"

#include <stdio.h>

#include "check.h"

enum { NAMES = 5000, LONG_NAMES = 200, LONG_BYTES = 1000, SMALL_BYTES = 100 * 1000 };

static void add(struct name_cache *cache, enum name_dictionary dictionary, uint32_t id,
                struct str first, struct str second)
{
    struct name_texts texts = {{exact_copy(first), exact_copy(second)}};

    name_cache_add(cache, dictionary, id, &texts);
    free_copy(texts.texts[0]);
    free_copy(texts.texts[1]);
}

static void test_dictionaries(void **state)
{
    static const uint32_t ids[] = {1, 2, 1024, 1025, UINT32_MAX};
    struct name_cache *cache = name_cache_new(NAME_CACHE_BYTES);
    char text[64];

    (void)state;
    for (unsigned dictionary = 0; dictionary < NAME_DICTIONARY_COUNT; dictionary++) {
        for (size_t i = 0; i < COUNT(ids); i++) {
            int len = snprintf(text, sizeof(text), "%u of %u", ids[i], dictionary);

            EXPECT(text, !name_cache_find(cache, (enum name_dictionary)dictionary, ids[i]));
            add(cache, (enum name_dictionary)dictionary, ids[i], STR("a\0b"),
                (struct str){text, (size_t)len});
        }
    }
    for (unsigned dictionary = 0; dictionary < NAME_DICTIONARY_COUNT; dictionary++) {
        for (size_t i = 0; i < COUNT(ids); i++) {
            const struct name_texts *found =
                name_cache_find(cache, (enum name_dictionary)dictionary, ids[i]);

            snprintf(text, sizeof(text), "%u of %u", ids[i], dictionary);
            EXPECT(text, found && str_equal(found->texts[0], STR("a\0b")));
            EXPECT(text, str_equal(found->texts[1], str_from(text)));
        }
        EXPECT("another", !name_cache_find(cache, (enum name_dictionary)dictionary, 3));
    }
    name_cache_free(cache);
}

static void test_many(void **state)
{
    struct name_cache *cache = name_cache_new(NAME_CACHE_BYTES);
    char text[32];

    (void)state;
    for (uint32_t id = 1; id <= NAMES; id++) {
        int len = snprintf(text, sizeof(text), "name %u", id);

        add(cache, NAME_DICTIONARY_ENTITY, id, (struct str){text, (size_t)len},
            (struct str){NULL, 0});
    }
    name_cache_bound(cache);
    for (uint32_t id = 1; id <= NAMES; id++) {
        const struct name_texts *found = name_cache_find(cache, NAME_DICTIONARY_ENTITY, id);

        snprintf(text, sizeof(text), "name %u", id);
        EXPECT(text, found && str_equal(found->texts[0], str_from(text)));
        EXPECT(text, found->texts[1].len == 0);
    }
    name_cache_free(cache);
}

/* Above its bound it forgets, but only when it is told so: what a fill has found must stay until the next. */
static void test_bound(void **state)
{
    struct name_cache *cache = name_cache_new(SMALL_BYTES);
    static char text[LONG_BYTES];

    (void)state;
    for (uint32_t id = 1; id <= LONG_NAMES; id++)
        add(cache, NAME_DICTIONARY_USER, id, (struct str){text, sizeof(text)},
            (struct str){NULL, 0});
    assert_non_null(name_cache_find(cache, NAME_DICTIONARY_USER, 1));
    name_cache_bound(cache);
    assert_null(name_cache_find(cache, NAME_DICTIONARY_USER, 1));
    assert_null(name_cache_find(cache, NAME_DICTIONARY_USER, LONG_NAMES));
    add(cache, NAME_DICTIONARY_USER, 1, STR("ann"), (struct str){NULL, 0});
    name_cache_bound(cache);
    assert_non_null(name_cache_find(cache, NAME_DICTIONARY_USER, 1));
    name_cache_free(cache);
}

/* What has no names needs no connection, and 0 is no number of a name. */
static void test_fill_without_names(void **state)
{
    static const struct event_numbers numbers = {
        .id = (UINT64_C(1700000000123) << EVENT_ID_SLOT_BITS) + 5,
        .kind = EVENT_KIND_TRIGGER,
        .entity_type_id = 7,
        .status = 404,
        .source = EVENT_SOURCE_WEBHOOK,
        .signature = EVENT_SIGNATURE_INVALID,
    };
    struct name_cache *cache = name_cache_new(NAME_CACHE_BYTES);
    static const struct config config;
    struct db *db = db_new(&config, CONFIG_READER, NULL); /* without a connection */
    struct event event;

    (void)state;
    add(cache, NAME_DICTIONARY_ENTITY_TYPE, 7, STR("pipeline"), (struct str){NULL, 0});
    add(cache, NAME_DICTIONARY_ACTION, 7, STR("another dictionary"), (struct str){NULL, 0});
    assert_int_equal(name_cache_fill(cache, db, NULL, &numbers, 1, &event), 0);
    assert_true(event.id == numbers.id);
    assert_int_equal(event.kind, EVENT_KIND_TRIGGER);
    assert_true(event.has_time);
    assert_true(event.occurred_ms == 1700000000123);
    assert_int_equal(event.status, 404);
    assert_int_equal(event.source, EVENT_SOURCE_WEBHOOK);
    assert_int_equal(event.trigger_signature, EVENT_SIGNATURE_INVALID);
    assert_true(str_equal(event.entity_type, STR("pipeline")));
    assert_true(event.action.len == 0 && event.user.len == 0 && event.entity_id.len == 0);
    assert_true(event.entity_name.len == 0 && event.trigger_provider.len == 0);
    db_free(db);
    name_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dictionaries),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_fill_without_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
