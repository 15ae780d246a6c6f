/* SPDX-License-Identifier: MIT */
/* The text of a search to the filter of a URL and back. */
#include "query_case.h"

/* Each text, what it is in a URL, and how the box writes it then (NULL: the same). */
static const struct {
    const char *text, *link, *again;
} readings[] = {
    {"", "", NULL},
    {" \t \xc2\xa0\xe3\x80\x80 ", "", ""},
    {"action:updatePipeline -user:ci-bot status:>=400 created:2026-01-01..2026-01-31 \"free text\"",
     "?action=updatePipeline&not_user=ci-bot&status=failed&q=free%20text&from=2026-01-01&to="
     "2026-01-31",
     "action:updatePipeline -user:ci-bot status:failed created:2026-01-01..2026-01-31 \"free "
     "text\""},
    /* words */
    {"entity:a action:b user:c status:200 source:ui method:GET provider:d signature:valid id:e "
     "name:f",
     "?entity=a&action=b&user=c&status=200&source=ui&method=GET&provider=d&signature=valid&entity_"
     "id=e&"
     "entity_name=f",
     NULL},
    {"ENTITY:a User:c", "?entity=a&user=c", "entity:a user:c"},
    {"not_entity:a entity_id:5cc8* entity_name:x q:foo from:-24h to:-1h",
     "?not_entity=a&entity_id=5cc8%2A&entity_name=x&q=foo&from=-24h&to=-1h",
     "-entity:a id:5cc8* name:x created:-24h..-1h foo"},
    {"-not_user:a", "?user=a", "user:a"},
    {"-id:5cc8*,a -name:\"b c\" not_entity_id:d -ID:a -not_entity_name:x",
     "?not_entity_id=5cc8%2A&not_entity_id=a&not_entity_id=d&entity_name=x&not_entity_name=b%20c",
     "-id:5cc8*,a,d name:x -name:\"b c\""},
    /* values */
    {"user:a,b user:c user:a", "?user=a&user=b&user=c", "user:a,b,c"},
    {"user:a -user:b,c", "?user=a&not_user=b&not_user=c", NULL},
    {"user:\"a b\",\"c,d\",\"e\\\"f\",\"g\\\\h\",i\\j",
     "?user=a%20b&user=c%2Cd&user=e%22f&user=g%5Ch&user=i%5Cj",
     "user:\"a b\",\"c,d\",\"e\\\"f\",g\\h,i\\j"},
    {"user:arn:aws:iam::1:user/ann", "?user=arn%3Aaws%3Aiam%3A%3A1%3Auser%2Fann",
     "user:\"arn:aws:iam::1:user/ann\""},
    {"user:\"a\\nb\\r\\n\\t\\x00\" ", NULL, NULL},
    {"user:\"a\\nb\\r\\n\\t\\x01\\xFF\\xe2\\x80\\xae\"", "?user=a%0Ab%0D%0A%09%01%FF%E2%80%AE",
     "user:\"a\\nb\\r\\n\\t\\x01\\xFF\\xE2\\x80\\xAE\""},
    {"user:\xe2\x80\xae"
     "ann",
     "?user=%E2%80%AEann",
     "user:\"\\xE2\\x80\\xAE"
     "ann\""},
    {"user:\"a\xc2\xa0\"", "?user=a%C2%A0", "user:\"a\\xC2\\xA0\""},
    {"user:\"\xe2\x80\x9c\"", "?user=%E2%80%9C", NULL},
    {"user:\xf0\x9f\x98\x80,\xc3\xbcnal", "?user=%F0%9F%98%80&user=%C3%BCnal", NULL},
    /* none */
    {"user:none,--- -entity:None", "?not_entity=---&user=---", "-entity:--- user:---"},
    {"user:\"none\",\"NONE\"", "?user=none&user=NONE", NULL},
    {"status:none source:--- signature:NONE", "?status=---&source=---&signature=---",
     "status:--- source:--- signature:---"},
    {"id:none name:none", "?entity_id=none&entity_name=none", NULL},
    /* statuses */
    {"status:404,4xx,ok,failed,4XX,OK", "?status=404&status=4xx&status=ok&status=failed",
     "status:404,4xx,ok,failed"},
    {"status:>=400", "?status=failed", "status:failed"},
    {"status:>399", "?status=failed", "status:failed"},
    {"status:<400", "?status=ok", "status:ok"},
    {"status:<=399", "?status=ok", "status:ok"},
    {"-status:<500", "?not_status=100-499", "-status:100-499"},
    {"status:400..499", "?status=4xx", "status:4xx"},
    {"status:400-499", "?status=400-499", NULL},
    {"status:400..451", "?status=400-451", "status:400-451"},
    {"status:404..404", "?status=404", "status:404"},
    {"status:500..", "?status=5xx", "status:5xx"},
    {"status:..299", "?status=100-299", "status:100-299"},
    {"status:>=100,\"<200\"", "?status=1xx", "status:1xx"},
    {"status:>=400 status:<500", "?status=4xx", "status:4xx"},
    {"status:<=451 user:ann -status:404 STATUS:>403,none",
     "?user=ann&status=---&status=404-451&not_status=404",
     "user:ann status:---,404-451 -status:404"},
    {"status:failed,>=400,<450", "?status=failed&status=400-449", "status:failed,400-449"},
    {"status:..299,500..", "?status=100-299&status=5xx", "status:100-299,5xx"},
    {"-status:<200 -status:>=300", "?not_status=1xx&not_status=300-599", "-status:1xx,300-599"},
    {"status:>=400 -status:>=500", "?status=failed&not_status=5xx", "status:failed -status:5xx"},
    {"address:2001:db8::1", "?q=2001%3Adb8%3A%3A1&in=client_address", "address:\"2001:db8::1\""},
    {"IP:192.0.2.* user:a", "?user=a&q=192.0.2.%2A&in=client_address", "user:a address:192.0.2.*"},
    {"request_id:\"a b\"", "?q=a%20b&in=request_id", "request:\"a b\""},
    {"trace:abc", "?q=abc&in=trace_id", "trace:abc"},
    {"delivery:abc", "?q=abc&in=delivery_id", "delivery:abc"},
    {"key:\"none\"", "?q=none&in=idempotency_key", "key:none"},
    {"method:get,Patch,OTHER,none -method:Delete",
     "?method=GET&method=PATCH&method=other&method=---&not_method=DELETE",
     "method:GET,PATCH,other,--- -method:DELETE"},
    {"source:CLI signature:Invalid", "?source=cli&signature=invalid",
     "source:cli signature:invalid"},
    /* times */
    {"created:2026-01-31", "?from=2026-01-31&to=2026-01-31", NULL},
    {"created:2026-01-01..2026-01-31", "?from=2026-01-01&to=2026-01-31", NULL},
    {"created:2026-01-01T12:00..", "?from=2026-01-01T12%3A00", NULL},
    {"created:..-1h", "?to=-1h", NULL},
    {"created:-24h", "?from=-24h", NULL},
    {"created:-24h..", "?from=-24h", "created:-24h"},
    {"created:>=2026-01-01", "?from=2026-01-01", "created:2026-01-01.."},
    {"created:>2026-01-31", "?from=2026-02-01", "created:2026-02-01.."},
    {"created:<=2026-01-31", "?to=2026-01-31", "created:..2026-01-31"},
    {"created:<2026-02-01", "?to=2026-02-01T00%3A00", "created:..2026-02-01T00:00"},
    {"created:>=2026-01-01 created:<2026-02-01T12:00Z", "?from=2026-01-01&to=2026-02-01T12%3A00Z",
     "created:2026-01-01..2026-02-01T12:00Z"},
    {"created:>-7d", "?from=-7d", "created:-7d"},
    {"created:>=1769860800123", "?from=1769860800123", "created:1769860800123.."},
    {"created:\"2026-01-31 12:00..\"", "?from=2026-01-31%2012%3A00", NULL},
    {"created:\"2026-01-31 12:00\"..", "?from=2026-01-31%2012%3A00",
     "created:\"2026-01-31 12:00..\""},
    {"created:..\"2026-01-31 12:00\"", "?to=2026-01-31%2012%3A00",
     "created:\"..2026-01-31 12:00\""},
    {"created:\"2026-01-30 12:00\"..\"2026-01-31 12:00:30\" user:ann",
     "?user=ann&from=2026-01-30%2012%3A00&to=2026-01-31%2012%3A00%3A30",
     "user:ann created:\"2026-01-30 12:00..2026-01-31 12:00:30\""},
    {"created:2026-01-30..\"2026-01-31 12:00\"", "?from=2026-01-30&to=2026-01-31%2012%3A00",
     "created:\"2026-01-30..2026-01-31 12:00\""},
    {"created:>=\"2026-01-31 12:00\" created:<\"2026-02-01\"",
     "?from=2026-01-31%2012%3A00&to=2026-02-01T00%3A00",
     "created:\"2026-01-31 12:00..2026-02-01T00:00\""},
    {"from:\"2026-01-31 12:00\"", "?from=2026-01-31%2012%3A00", "created:\"2026-01-31 12:00..\""},
    {"created:\"2026-01-31 12:00\"", "?from=2026-01-31T12%3A00&to=2026-01-31T12%3A01",
     "created:2026-01-31T12:00..2026-01-31T12:01"},
    {"created:2026-01-31T23:59", "?from=2026-01-31T23%3A59&to=2026-02-01T00%3A00",
     "created:2026-01-31T23:59..2026-02-01T00:00"},
    {"created:\"2026-01-31 12:00:59Z\"", "?from=2026-01-31T12%3A00%3A59&to=2026-01-31T12%3A01",
     "created:2026-01-31T12:00:59..2026-01-31T12:01"},
    {"created:2026-01-31T12:00:00.5",
     "?from=2026-01-31T12%3A00%3A00.500&to=2026-01-31T12%3A00%3A00.501",
     "created:2026-01-31T12:00:00.500..2026-01-31T12:00:00.501"},
    {"created:today", "?from=2026-01-31&to=2026-01-31", "created:2026-01-31"},
    {"created:Yesterday", "?from=2026-01-30&to=2026-01-30", "created:2026-01-30"},
    {"created:\"yesterday\"..TODAY", "?from=2026-01-30&to=2026-01-31",
     "created:2026-01-30..2026-01-31"},
    {"created:yesterday..", "?from=2026-01-30", "created:2026-01-30.."},
    {"created:..yesterday", "?to=2026-01-30", "created:..2026-01-30"},
    {"created:yesterday..-1h", "?from=2026-01-30&to=-1h", "created:2026-01-30..-1h"},
    {"created:>=yesterday created:<today", "?from=2026-01-30&to=2026-01-31T00%3A00",
     "created:2026-01-30..2026-01-31T00:00"},
    {"created:>yesterday", "?from=2026-01-31", "created:2026-01-31.."},
    {"from:yesterday to:today", "?from=2026-01-30&to=2026-01-31", "created:2026-01-30..2026-01-31"},
    {"from:2026-01-31 to:2026-01-31", "?from=2026-01-31&to=2026-01-31", "created:2026-01-31"},
    /* texts */
    {"refs/heads/main", "?q=refs%2Fheads%2Fmain", NULL},
    {"payment status:5xx  failed", "?status=5xx&q=payment%20failed",
     "status:5xx \"payment failed\""},
    {"a - b", "?q=a%20-%20b", "\"a - b\""},
    {"\"-a:b\"", "?q=-a%3Ab", NULL},
    {"a,b\\c", "?q=a%2Cb%5Cc", NULL},
    {"q:\"12:30\"", "?q=12%3A30", "\"12:30\""},
    /* what other searches would take for more than text */
    {"user:\"carl*\",\"(ann\",ann) -action:\"*\" id:5cc8*",
     "?not_action=%2A&user=carl%2A&user=%28ann&user=ann%29&entity_id=5cc8%2A",
     "-action:* user:carl*,\"(ann\",ann) id:5cc8*"},
    {"-action:get*,list* user:\"j s*\",b\\* provider:*",
     "?not_action=get%2A&not_action=list%2A&user=j%20s%2A&user=b%5C%2A&provider=%2A", NULL},
    {"id:\"a*b\" -id:\"*a\",b* name:\"c*\"",
     "?entity_id=a%2Ab&not_entity_id=%2Aa&not_entity_id=b%2A&entity_name=c%2A",
     "id:\"a*b\" -id:\"*a\",b* name:\"c*\""},
    {"\"AND\"", "?q=AND", NULL},
    {"\"NOT\" user:x", "?user=x&q=NOT", "user:x \"NOT\""},
    {"and", "?q=and", NULL},
    {"user:ann and", "?user=ann&q=and", NULL},
    {"this and that", "?q=this%20and%20that", "\"this and that\""},
    {"\"upd*\"", "?q=upd%2A", NULL},
    {"\"user=ann\"", "?q=user%3Dann", NULL},
    {"users=ann", "?q=users%3Dann", NULL},
    {"a=user=ann", "?q=a%3Duser%3Dann", NULL},
    {"=>=", "?q=%3D%3E%3D", NULL},
    {"x = y", "?q=x%20%3D%20y", "\"x = y\""},
    {"user!", "?q=user%21", NULL},
    {"SELECT * from", "?q=SELECT%20%2A%20from", "\"SELECT * from\""},
    {"*/x (y) a(b", "?q=%2A%2Fx%20%28y%29%20a%28b", "\"*/x (y) a(b\""},
};

static void test_readings(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(readings); i++) {
        const char *text = readings[i].text;
        struct params params = empty(false, "UTC"), again = empty(false, "UTC");
        struct query_mistake mistake = {0};
        struct str copy = exact_copy(str_from(text)), written;
        bool fine = query_parse(arena, copy, NOW_MS, &params, &mistake);

        EXPECT(text, fine == (readings[i].link != NULL));
        if (fine) {
            written = text_of(arena, &params);
            EXPECT(text, str_equal(link_of(arena, &params), str_from(readings[i].link)));
            EXPECT(text,
                   str_equal(written, str_from(readings[i].again ? readings[i].again : text)));
            EXPECT(text, query_parse(arena, written, NOW_MS, &again, &mistake));
            EXPECT(text, str_equal(link_of(arena, &again), str_from(readings[i].link)));
        }
        free_copy(copy);
    }
    arena_free(arena);
}

/* The bounds are those that the parameters of the URL have. */
static void test_times(void **state)
{
    static const struct {
        const char *text, *zone;
        int64_t from_ms, to_ms; /* -1: not given */
    } rows[] = {
        {"created:2026-01-31", "UTC", INT64_C(1769817600000), INT64_C(1769904000000)},
        {"created:2026-01-31", "Asia/Tokyo", INT64_C(1769785200000), INT64_C(1769871600000)},
        {"created:today", "Pacific/Kiritimati", INT64_C(1769853600000), INT64_C(1769940000000)},
        {"created:yesterday", "Pacific/Pago_Pago", INT64_C(1769770800000), INT64_C(1769857200000)},
        {"created:\"2026-10-25 02:59\"", "Europe/Berlin", INT64_C(1792889940000),
         INT64_C(1792890000000)},
        {"created:<2026-02-01", "UTC", -1, INT64_C(1769904000000)},
        {"created:>2026-01-31", "UTC", INT64_C(1769904000000), -1},
        {"created:<=2026-10-25", "Europe/Berlin", -1, INT64_C(1792969200000)},
        {"created:-24h..-90s", "UTC", NOW_MS - 86400000, NOW_MS - 90000},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct params params = empty(false, rows[i].zone);
        const struct filter *filter = &params.filter;
        struct query_mistake mistake;

        EXPECT(rows[i].text, query_parse(arena, str_from(rows[i].text), NOW_MS, &params, &mistake));
        EXPECT(rows[i].text, filter->has_from == (rows[i].from_ms >= 0));
        EXPECT(rows[i].text, filter->has_to == (rows[i].to_ms >= 0));
        EXPECT(rows[i].text, rows[i].from_ms < 0 || filter->from_ms == rows[i].from_ms);
        EXPECT(rows[i].text, rows[i].to_ms < 0 || filter->to_ms == rows[i].to_ms);
    }
    arena_free(arena);
}

static void test_of_all_accounts(void **state)
{
    struct arena *arena = arena_new();
    struct params params = empty(true, "UTC");
    struct query_mistake mistake;

    (void)state;
    assert_true(
        query_parse(arena, STR("account:none,acme -account:demo"), NOW_MS, &params, &mistake));
    assert_true(
        str_equal(link_of(arena, &params), STR("?account=none&account=acme&not_account=demo")));
    assert_true(str_equal(text_of(arena, &params), STR("account:none,acme -account:demo")));
    assert_false(query_parse(arena, STR("acount:acme"), NOW_MS, &params, &mistake));
    assert_non_null(strstr(mistake.sentence.ptr, "did you mean \"account\"?"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readings),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_of_all_accounts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
