/* SPDX-License-Identifier: MIT */
/* What NDJSON export writes, the native reader reads back to the same event. */
#include "check.h"

#include "base/json.h"
#include "export/export.h"
#include "intake/native.h"

static struct event sample(void)
{
    return (struct event){
        .id = UINT64_C(0x670505ba1ec1c0de),
        .kind = EVENT_KIND_TRIGGER,
        .source = EVENT_SOURCE_WEBHOOK,
        .occurred_ms = INT64_C(1769860800123),
        .received_ms = INT64_C(1769860800456),
        .status = 202,
        .account = STR("acme"),
        .entity_type = STR("trigger"),
        .entity_id = STR("=1+1"),
        .entity_name = STR("a \"quoted\"\tname\n"),
        .action = STR("receiveWebhook"),
        .user = STR("J\xc3\xb6"),
        .method = STR("POST"),
        .url = STR("/hooks/x?y=%2F"),
        .params = STR("{\"b\": 1e3, \"b\":2}"),
        .query = STR("[1,\n2]"),
        .headers = STR("Host: h\r\nA: b"),
        .body = STR("\xff\x00z"),
        .body_bytes = 9,
        .body_sha256 = STR("01234567890123456789012345678901"),
        .has_response_time = true,
        .response_time_ms = 7,
        .response_body_head = STR("{}"),
        .trigger_provider = STR("github"),
        .trigger_signature = EVENT_SIGNATURE_UNCHECKED,
        .extra = STR("\"a string\""),
    };
}

static void test_ndjson_reads_back(void **state)
{
    struct event event = sample();
    struct intake intake = {.arena = arena_new(),
                            .body_max_bytes = 1000,
                            .body_head_max_bytes = 1000,
                            .now_ms = event.received_ms,
                            .from_export = true};
    struct intake_complaint complaint;
    struct event *read;
    struct strbuf line;
    size_t count;

    (void)state;
    strbuf_init(&line);
    export_event(&line, EXPORT_NDJSON, false, &event);
    assert_ptr_equal(memchr(line.ptr, '\n', line.len), line.ptr + line.len - 1);
    if (!native_read(&intake, strbuf_str(&line), &read, &count, &complaint))
        fail_msg("%.*s", STR_ARG(complaint.sentence));
    assert_int_equal(count, 1);
    assert_true(str_equal(read->idempotency_key, STR("daybook:670505ba1ec1c0de")));
    assert_int_equal(read->kind, event.kind);
    assert_int_equal(read->occurred_ms, event.occurred_ms);
    assert_int_equal(read->status, event.status);
    assert_true(str_equal(read->entity_id, event.entity_id));
    assert_true(str_equal(read->entity_name, event.entity_name));
    assert_true(str_equal(read->params, event.params));
    assert_true(str_equal(read->query, event.query));
    assert_true(str_equal(read->headers, event.headers));
    assert_true(str_equal(read->body, event.body));
    assert_true(str_equal(read->response_body_head, event.response_body_head));
    assert_true(str_equal(read->extra, event.extra));
    assert_int_equal(read->trigger_signature, event.trigger_signature);
    strbuf_release(&line);
    arena_free(intake.arena);
}

static void check_cell(const char *label, struct str body, bool raw, const char *cell)
{
    struct event event = sample();
    struct strbuf row;

    event.body = body;
    strbuf_init(&row);
    export_event(&row, EXPORT_CSV, raw, &event);
    EXPECT(label, strstr(row.ptr, cell) != NULL);
    strbuf_release(&row);
}

static void test_csv_cells(void **state)
{
    (void)state;
    check_cell("binary", STR("\xff\x00z"), false, ",\"base64:/wB6\",");
    check_cell("text that looks like base64", STR("base64:x"), false, ",\"base64:YmFzZTY0Ong=\",");
    check_cell("quotes doubled", STR("a\"b"), false, ",\"a\"\"b\",");
    check_cell("formula", STR("@SUM(A1)"), false, ",\"'@SUM(A1)\",");
    check_cell("formula in another cell", STR(""), false, ",\"'=1+1\",");
    check_cell("an apostrophe is doubled", STR("'x"), false, ",\"''x\",");
    check_cell("raw", STR("@SUM(A1)"), true, ",\"@SUM(A1)\",");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ndjson_reads_back),
        cmocka_unit_test(test_csv_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
