/* SPDX-License-Identifier: MIT */
/*
 * The JSON reader against others' judgement: the files of JSONTestSuite, and jansson on documents mutated from
 * a fixed seed.  Where both accept, every value that the walk and the decoder hand out must be jansson's.
 *
 * Known differences, left out of the comparison and nothing else:
 * - jansson refuses a lone surrogate, a NUL in a member's name and a number that no double can hold;
 * - Daybook refuses nesting beyond 512, jansson beyond 2048;
 * - jansson 2.14 overlooks a NUL byte right behind a number or a word (it drops a NUL that it puts back).
 * (A NUL in a string and integers above 64 bits are accepted by jansson with the flags below; repeated members
 * by both, but jansson keeps the last alone.)
 */
#include "base/json.h"

#include <dirent.h>
#include <stdio.h>

/* jansson's names for its types are also ours. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_TRUE JANSSON_TRUE
#define JSON_FALSE JANSSON_FALSE
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL

#include "check.h"

enum { MUTANTS = 20000, MAX_EDITS = 4 };

/* xorshift64: the same documents on every machine. */
static uint64_t random_state = 0x9e3779b97f4a7c15;

static size_t random_below(size_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state >> 16) % bound;
}

static struct str print(void (*append)(struct strbuf *, struct str), struct strbuf *out,
                        struct str text)
{
    strbuf_reset(out);
    append(out, text);
    return strbuf_str(out);
}

/* Printing again changes nothing but white space: both prints are JSON, and each leads to the other. */
static void check_prints(const char *label, struct str text)
{
    struct strbuf indented, compact, again;
    struct json_value value;
    struct json_error error;

    strbuf_init(&indented);
    strbuf_init(&compact);
    strbuf_init(&again);
    EXPECT(label, json_read(print(json_append_indented, &indented, text), &value, &error));
    EXPECT(label, json_read(print(json_append_compact, &compact, text), &value, &error));
    EXPECT(label, str_equal(print(json_append_compact, &again, strbuf_str(&indented)),
                            strbuf_str(&compact)));
    EXPECT(label, str_equal(print(json_append_indented, &again, strbuf_str(&compact)),
                            strbuf_str(&indented)));
    strbuf_release(&indented);
    strbuf_release(&compact);
    strbuf_release(&again);
}

static void read_file(struct strbuf *out, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t got;

    EXPECT(path, file != NULL);
    strbuf_reset(out);
    while ((got = fread(strbuf_reserve(out, 4096), 1, 4096, file)) > 0)
        out->len += got;
    EXPECT(path, !ferror(file));
    fclose(file);
}

static void check_suite_file(const char *directory, const char *name)
{
    struct json_value value;
    struct json_error error;
    struct strbuf content;
    struct str text;
    char path[1024];
    bool accepted;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    strbuf_init(&content);
    read_file(&content, path);
    text = exact_copy(strbuf_str(&content));
    accepted = json_read(text, &value, &error);
    EXPECT(name, name[0] != 'y' || accepted);
    EXPECT(name, name[0] != 'n' || !accepted);
    if (accepted)
        check_prints(name, text);
    free_copy(text);
    strbuf_release(&content);
}

static void test_suite(void **state)
{
    const char *shared = getenv("DAYBOOK_SHARED");
    char directory[512];
    struct dirent *entry;
    int files = 0;
    DIR *suite;

    (void)state;
    snprintf(directory, sizeof(directory), "%s/data/json/JSONTestSuite",
             shared ? shared : "../shared");
    suite = opendir(directory);
    if (!suite) {
        print_message("JSONTestSuite is not in %s: skipped\n", directory);
        skip();
    }
    while ((entry = readdir(suite)))
        if (strchr("yni", entry->d_name[0]) && entry->d_name[1] == '_') {
            check_suite_file(directory, entry->d_name);
            files++;
        }
    closedir(suite);
    assert_in_range(files, 300, 10000);
}

static void decode(struct strbuf *out, struct str quoted)
{
    strbuf_reset(out);
    EXPECT(quoted.ptr, json_decode(quoted, out) == JSON_DECODED);
}

static void check_string(struct str quoted, const char *bytes, size_t len)
{
    struct strbuf decoded, written, again;

    strbuf_init(&decoded);
    strbuf_init(&written);
    strbuf_init(&again);
    decode(&decoded, quoted);
    assert_int_equal(decoded.len, len);
    assert_memory_equal(decoded.ptr, bytes, len);
    json_append_string(&written, strbuf_str(&decoded));
    decode(&again, strbuf_str(&written));
    assert_true(str_equal(strbuf_str(&decoded), strbuf_str(&again)));
    strbuf_release(&decoded);
    strbuf_release(&written);
    strbuf_release(&again);
}

static void check_same(struct json_value value, const json_t *theirs);

static void check_same_object(struct json_value value, const json_t *theirs)
{
    struct json_value member;
    struct json_walk walk;
    struct strbuf name;
    struct str key;
    size_t count = 0;

    strbuf_init(&name);
    json_walk_start(&walk, value);
    while (json_walk_next(&walk, &key, &member)) {
        decode(&name, key);
        check_same(member, json_object_get(theirs, name.ptr));
        count++;
    }
    assert_int_equal(count, json_object_size(theirs));
    strbuf_release(&name);
}

static void check_same_array(struct json_value value, const json_t *theirs)
{
    struct json_value element;
    struct json_walk walk;
    struct str key;
    size_t count = 0;

    json_walk_start(&walk, value);
    while (json_walk_next(&walk, &key, &element))
        check_same(element, json_array_get(theirs, count++));
    assert_int_equal(count, json_array_size(theirs));
}

static void check_number(struct str text, double number)
{
    char digits[512];

    snprintf(digits, sizeof(digits), "%.*s", STR_ARG(text));
    assert_true(text.len < sizeof(digits));
    assert_true(strtod(digits, NULL) == number);
}

/* Recursion is bounded by JSON_MAX_DEPTH. */
static void check_same(struct json_value value, const json_t *theirs)
{
    static const json_type types[] = {
        [JSON_NULL] = JANSSON_NULL,     [JSON_FALSE] = JANSSON_FALSE,
        [JSON_TRUE] = JANSSON_TRUE,     [JSON_NUMBER] = JSON_REAL,
        [JSON_STRING] = JANSSON_STRING, [JSON_ARRAY] = JANSSON_ARRAY,
        [JSON_OBJECT] = JANSSON_OBJECT,
    };

    assert_non_null(theirs);
    EXPECT(value.text.ptr, value.type != JSON_NONE);
    EXPECT(value.text.ptr, types[value.type] == json_typeof(theirs));
    if (value.type == JSON_NUMBER)
        check_number(value.text, json_real_value(theirs));
    else if (value.type == JSON_STRING)
        check_string(value.text, json_string_value(theirs), json_string_length(theirs));
    else if (value.type == JSON_ARRAY)
        check_same_array(value, theirs);
    else if (value.type == JSON_OBJECT)
        check_same_object(value, theirs);
}

enum verdict { BOTH_ACCEPT, BOTH_REFUSE, KNOWN_DIFFERENCE, VERDICT_COUNT };

/* Refused by jansson alone. */
static bool is_known_refusal(const json_error_t *theirs)
{
    enum json_error_code code = json_error_code(theirs);

    return code == json_error_numeric_overflow || code == json_error_null_byte_in_key ||
           str_starts(str_from(theirs->text), STR("invalid Unicode"));
}

static bool is_too_deep(const struct json_error *error)
{
    return strcmp(error->reason, "nested deeper than 512") == 0;
}

/* Refused here alone. */
static bool is_known_acceptance(struct str text, const struct json_error *error)
{
    struct str next = str_slice(text, error->offset, 1);

    return is_too_deep(error) || str_equal(next, STR("\0"));
}

static void fail_different(struct str text, const char *here, const char *theirs)
{
    struct strbuf shown;

    strbuf_init(&shown);
    for (size_t i = 0; i < text.len; i++)
        strbuf_printf(&shown, text.ptr[i] >= ' ' ? "%c" : "\\x%02x", (unsigned char)text.ptr[i]);
    print_error("%s\nhere: %s; jansson: %s\n", shown.ptr, here, theirs);
    strbuf_release(&shown);
    fail();
}

/* The walk over a text that nothing has read accepts what the reader does. */
static void check_unread(struct str text, const struct json_value *accepted)
{
    for (enum json_type type = JSON_ARRAY; type <= JSON_OBJECT; type++) {
        struct json_walk walk;
        struct json_value element;
        struct str key;
        bool whole = json_walk_unread(&walk, text, type);

        while (whole && json_walk_next(&walk, &key, &element))
            ;
        EXPECT(text.ptr, (whole && json_walk_is_whole(&walk)) == (accepted->type == type));
    }
}

static enum verdict compare(struct str text)
{
    const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
    struct json_value value;
    struct json_error error;
    json_error_t their_error;
    json_t *theirs = json_loadb(text.ptr, text.len, flags, &their_error);
    bool accepted = json_read(text, &value, &error);

    if (accepted || !is_too_deep(&error))
        check_unread(text, &value);
    if (accepted && !theirs && is_known_refusal(&their_error))
        return KNOWN_DIFFERENCE;
    if (!accepted && theirs && is_known_acceptance(text, &error)) {
        json_decref(theirs);
        return KNOWN_DIFFERENCE;
    }
    if (accepted != !!theirs)
        fail_different(text, accepted ? "accepted" : error.reason,
                       theirs ? "accepted" : their_error.text);
    json_decref(theirs);
    if (!accepted) {
        EXPECT(error.reason, error.offset <= text.len);
        return BOTH_REFUSE;
    }
    check_prints("a mutated document", text);
    theirs = json_loadb(text.ptr, text.len, flags | JSON_REJECT_DUPLICATES, NULL);
    if (theirs)
        check_same(value, theirs);
    json_decref(theirs);
    return BOTH_ACCEPT;
}

static const char *const seeds[] = {
    "{\"action\":\"updatePipeline\",\"status\":200,\"user\":null,\"ok\":true}",
    "[0,-1,2.5,1e3,-0.0E-7,12345678901234567890123,false]",
    "{\"a\":{\"b\":[[],{},[{\"c\":\"d\"}]]},\"a\":1}",
    "\"\\u0041\\ud83d\\ude00 \\\" \\\\ \\/ \\b\\f\\n\\r\\t \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
    " [ \"x\" ,\t{ \"y\" : \"\" } ,\r\n null ] ",
    "-12.75e+2",
};

static const struct str pieces[] = {
    TEXT("{"),        TEXT("}"),        TEXT("["),
    TEXT("]"),        TEXT(","),        TEXT(":"),
    TEXT("\""),       TEXT("\"\""),     TEXT("\\"),
    TEXT("/"),        TEXT("\\u"),      TEXT("\\u0000"),
    TEXT("\\ud83d"),  TEXT("\\ude00"),  TEXT("\\n"),
    TEXT("0"),        TEXT("7"),        TEXT("-"),
    TEXT("+"),        TEXT("."),        TEXT("e"),
    TEXT("E9"),       TEXT("e999"),     TEXT(" "),
    TEXT("\n"),       TEXT("\t"),       TEXT("\0"),
    TEXT("\x1f"),     TEXT("\x7f"),     TEXT("\x80"),
    TEXT("\xc3\xa9"), TEXT("\xc0\xaf"), TEXT("\xed\xa0\x80"),
    TEXT("\xf4\x90"), TEXT("true"),     TEXT("null"),
    TEXT(",\"z\":"),  TEXT(",[1]"),     TEXT("[[[[[["),
    TEXT("]]]]]]"),
};

/* Replaces up to three bytes somewhere by nothing or by a piece. */
static void edit(struct strbuf *document, struct strbuf *scratch)
{
    struct str text = strbuf_str(document);
    size_t at = random_below(text.len + 1);
    size_t removed = random_below(4);

    strbuf_reset(scratch);
    strbuf_add(scratch, str_slice(text, 0, at));
    if (random_below(4))
        strbuf_add(scratch, pieces[random_below(COUNT(pieces))]);
    strbuf_add(scratch, str_slice(text, at + removed, text.len));
    strbuf_reset(document);
    strbuf_add(document, strbuf_str(scratch));
}

static void test_mutants(void **state)
{
    int counts[VERDICT_COUNT] = {0};
    struct strbuf document, scratch;

    (void)state;
    strbuf_init(&document);
    strbuf_init(&scratch);
    for (int i = 0; i < MUTANTS; i++) {
        struct str text;

        strbuf_reset(&document);
        strbuf_add_cstr(&document, seeds[random_below(COUNT(seeds))]);
        for (size_t edits = random_below(MAX_EDITS + 1); edits > 0; edits--)
            edit(&document, &scratch);
        text = exact_copy(strbuf_str(&document));
        counts[compare(text)]++;
        free_copy(text);
    }
    print_message("%d accepted by both, %d refused by both, %d known differences\n",
                  counts[BOTH_ACCEPT], counts[BOTH_REFUSE], counts[KNOWN_DIFFERENCE]);
    assert_in_range(counts[BOTH_ACCEPT], MUTANTS / 5, MUTANTS);
    assert_in_range(counts[BOTH_REFUSE], MUTANTS / 5, MUTANTS);
    assert_in_range(counts[KNOWN_DIFFERENCE], 1, MUTANTS / 50);
    strbuf_release(&document);
    strbuf_release(&scratch);
}

/* The differences that the head of this file names are still there; one that went away can be struck off. */
static void test_known_differences(void **state)
{
    static const char *const texts[] = {"\"\\ud800\"", "[\"\\udc00\\ud800\"]", "{\"\\u0000\":1}",
                                        "1e999"};
    static const char *const accepted[] = {"\"\\u0000\"", "99999999999999999999",
                                           "{\"a\":1,\"a\":2}"};
    char deep[2 * (JSON_MAX_DEPTH + 1)];

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        EXPECT(texts[i], compare(str_from(texts[i])) == KNOWN_DIFFERENCE);
    for (size_t i = 0; i < COUNT(accepted); i++)
        EXPECT(accepted[i], compare(str_from(accepted[i])) == BOTH_ACCEPT);
    memset(deep, '[', sizeof(deep) / 2);
    memset(deep + sizeof(deep) / 2, ']', sizeof(deep) / 2);
    assert_int_equal(compare(STR("[1\0]")), KNOWN_DIFFERENCE);
    assert_int_equal(compare((struct str){deep, sizeof(deep)}), KNOWN_DIFFERENCE);
    assert_int_equal(compare((struct str){deep + 1, sizeof(deep) - 2}), BOTH_ACCEPT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suite),
        cmocka_unit_test(test_known_differences),
        cmocka_unit_test(test_mutants),
    };

    return cmocka_run_group_tests_name("json_oracle", tests, NULL, NULL);
}
