/* SPDX-License-Identifier: MIT */
/* The demo log: the same for the same seed, in order, and of the form that recording accepts. */
#include "tools/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "check.h"

#define UNTIL "1767225600000" /* 2026-01-01T00:00:00Z */
#define UNTIL_MS INT64_C(1767225600000)
#define WINDOW_MS (INT64_C(30) * 24 * 60 * 60 * 1000)

enum { ARGUMENTS = 8 };

/* What is written to a descriptor goes to a file until redirect_end(). */
struct redirect {
    FILE *stream;
    FILE *file;
    int saved;
};

static void redirect_begin(struct redirect *redirect, FILE *stream)
{
    fflush(stream);
    *redirect = (struct redirect){stream, tmpfile(), dup(fileno(stream))};
    assert_non_null(redirect->file);
    assert_true(dup2(fileno(redirect->file), fileno(stream)) >= 0);
}

/* Appends what was written to `out`. */
static void redirect_end(struct redirect *redirect, struct strbuf *out)
{
    size_t got;

    fflush(redirect->stream);
    dup2(redirect->saved, fileno(redirect->stream));
    close(redirect->saved);
    rewind(redirect->file);
    do {
        got = fread(strbuf_reserve(out, 4096), 1, 4096, redirect->file);
        out->len += got;
    } while (got > 0);
    fclose(redirect->file);
}

/* Runs `daybook demo` with arguments up to the first NULL; what it says on stderr is dropped. */
static int run_demo(struct strbuf *out, const char *const *arguments)
{
    char *argv[ARGUMENTS + 2] = {(char *)(uintptr_t) "demo"};
    struct redirect output, complaint;
    struct strbuf dropped;
    int argc = 1, status;

    for (; argc <= ARGUMENTS && arguments[argc - 1]; argc++)
        argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
    strbuf_init(&dropped);
    redirect_begin(&output, stdout);
    redirect_begin(&complaint, stderr);
    status = demo_run(NULL, argc, argv);
    redirect_end(&complaint, &dropped);
    redirect_end(&output, out);
    strbuf_release(&dropped);
    return status;
}

static struct strbuf make_log(const char *seed, const char *count)
{
    const char *arguments[ARGUMENTS] = {"--seed", seed, "--count", count, "--until", UNTIL};
    struct strbuf out;

    strbuf_init(&out);
    assert_int_equal(run_demo(&out, arguments), 0);
    return out;
}

/* The member `name` of an object; an empty text when it has none. */
static struct str member(struct json_value object, const char *name)
{
    struct json_walk walk;
    struct json_value value;
    struct str key;

    json_walk_start(&walk, object);
    while (json_walk_next(&walk, &key, &value))
        if (str_equal(str_slice(key, 1, key.len - 2), str_from(name)))
            return value.text;
    return STR("");
}

static struct str unquoted(struct str text)
{
    return text.len < 2 ? STR("") : str_slice(text, 1, text.len - 2);
}

static void test_reproducible(void **state)
{
    struct strbuf first = make_log("7", "400"), second = make_log("7", "400");
    struct strbuf other = make_log("8", "400");

    (void)state;
    assert_true(str_equal(strbuf_str(&first), strbuf_str(&second)));
    assert_false(str_equal(strbuf_str(&first), strbuf_str(&other)));
    strbuf_release(&first);
    strbuf_release(&second);
    strbuf_release(&other);
}

static void check_line(struct str line, size_t number, int64_t *last_ms)
{
    struct json_value event;
    struct json_error error;
    struct str kind;
    char key[64];
    int64_t ms;

    assert_true(json_read(line, &event, &error));
    assert_int_equal(event.type, JSON_OBJECT);
    snprintf(key, sizeof(key), "demo-3-%zu", number);
    assert_true(str_equal(unquoted(member(event, "idempotency_key")), str_from(key)));
    kind = unquoted(member(event, "kind"));
    assert_true(str_equal(kind, STR("event")) || str_equal(kind, STR("trigger")));
    assert_int_equal(str_equal(kind, STR("trigger")), member(event, "trigger").len > 0);
    assert_true(unquoted(member(event, "action")).len > 0);
    assert_true(clock_parse_rfc3339(unquoted(member(event, "occurred_at")), &ms));
    assert_true(ms >= UNTIL_MS - WINDOW_MS && ms < UNTIL_MS && ms >= *last_ms);
    *last_ms = ms;
}

static void test_lines(void **state)
{
    static const char *const counts[] = {"1", "61", "2000"};

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct strbuf out = make_log("3", counts[i]);
        struct str rest = strbuf_str(&out), line;
        int64_t last_ms = 0;
        size_t lines = 0;
        char text[32];

        while (str_next(&rest, '\n', &line))
            check_line(line, ++lines, &last_ms);
        snprintf(text, sizeof(text), "%zu", lines);
        assert_string_equal(text, counts[i]);
        strbuf_release(&out);
    }
}

/* What is looked for among the webhooks of a log. */
struct met {
    size_t repeated, invalid, caused;
};

static struct str inner(struct json_value object, const char *outer, const char *name)
{
    struct json_value value;
    struct json_error error;

    return json_read(member(object, outer), &value, &error) ? member(value, name) : STR("");
}

/* Compares an event with a later one. */
static void compare(struct json_value first, struct json_value second, struct met *met)
{
    struct str delivery = inner(first, "trigger", "delivery_id");
    bool is_trigger = str_equal(unquoted(member(second, "kind")), STR("trigger"));
    struct str request = member(first, "request_id");

    if (delivery.len == 0)
        return;
    if (!is_trigger && str_equal(request, member(second, "request_id"))) {
        assert_true(member(first, "status").ptr[0] == '2');
        met->caused++;
    }
    if (!str_equal(delivery, inner(second, "trigger", "delivery_id")))
        return;
    met->repeated++;
    assert_true(member(first, "status").ptr[0] == '5');
    assert_false(str_equal(request, member(second, "request_id")));
    assert_true(str_equal(member(first, "user"), member(second, "user")));
    assert_true(str_equal(inner(first, "request", "body"), inner(second, "request", "body")));
}

static void test_triggers(void **state)
{
    enum { LINES = 2000, FAR = 60 };
    struct strbuf out = make_log("3", "2000");
    struct json_value *events = calloc(LINES, sizeof(*events));
    struct str rest = strbuf_str(&out), line;
    struct json_error error;
    struct met met = {0};
    size_t count = 0;

    (void)state;
    assert_non_null(events);
    while (str_next(&rest, '\n', &line) && count < LINES)
        assert_true(json_read(line, &events[count++], &error));
    for (size_t i = 0; i < count; i++) {
        met.invalid +=
            str_equal(unquoted(inner(events[i], "trigger", "signature")), STR("invalid"));
        for (size_t k = i + 1; k < count && k < i + FAR; k++)
            compare(events[i], events[k], &met);
    }
    assert_true(met.repeated >= 5);
    assert_true(met.invalid >= 2);
    assert_true(met.caused >= 50);
    free(events);
    strbuf_release(&out);
}

static void test_no_secrets(void **state)
{
    struct strbuf out = make_log("3", "2000"), folded;

    (void)state;
    strbuf_init(&folded);
    str_fold(strbuf_str(&out), strbuf_reserve(&folded, out.len));
    folded.len += out.len;
    assert_null(memmem(folded.ptr, folded.len, "\"authorization\"", 15));
    assert_null(memmem(folded.ptr, folded.len, "\"cookie\"", 8));
    strbuf_release(&folded);
    strbuf_release(&out);
}

static void test_wrong_use(void **state)
{
    static const struct {
        const char *label;
        const char *arguments[ARGUMENTS];
    } cases[] = {
        {"unknown option", {"--speed", "1"}},
        {"no value", {"--seed"}},
        {"no option", {"12", "13"}},
        {"no lines", {"--count", "0"}},
        {"too many lines", {"--count", "10001"}},
        {"sign", {"--seed", "-1"}},
        {"empty", {"--seed", ""}},
        {"too early", {"--until", "2591999999"}},
        {"too late", {"--until", "4398046511104"}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct strbuf out;

        strbuf_init(&out);
        EXPECT(cases[i].label, run_demo(&out, cases[i].arguments) == COMMAND_USAGE);
        EXPECT(cases[i].label, out.len == 0);
        strbuf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reproducible), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_triggers),     cmocka_unit_test(test_no_secrets),
        cmocka_unit_test(test_wrong_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
