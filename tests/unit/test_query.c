/* SPDX-License-Identifier: MIT */
/* The text of a search to the filter of a URL and back, and what is said where of a mistake. */
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

/* Where it is, how long, the character that is named, and a part of what is said. */
static const struct {
    const char *text;
    size_t at, len, character;
    const char *said;
} mistakes[] = {
    /* words */
    {"usr:ann", 0, 3, 1,
     "there is no word \"usr\": did you mean \"user\"? Words are entity, action, "
     "user, status, source, method, provider, signature, id, name, created;"},
    {"user:ann stats:404", 9, 5, 10, "\"stats\": did you mean \"status\"?"},
    {"-crated:404", 1, 6, 2, "did you mean \"created\"?"},
    {"act:x", 0, 3, 1, "did you mean \"action\"?"},
    {"https://x", 0, 5, 1, "no word \"https\". Words are"},
    {"12:30", 0, 2, 1, "a text with a colon goes in quotes."},
    {"time:-24h", 0, 4, 1, "did you mean \"created\"?"},
    {"Date:-24h", 0, 4, 1, "did you mean \"created\"?"},
    {"contains:x", 0, 8, 1, "\"contains\": write its value alone, as a text to look for."},
    {"IP:203.0.113.9", 0, 2, 1, "write its value alone"},
    {"request_id:x", 0, 10, 1, "write its value alone, as a text to look for. Words are"},
    {":x", 0, 0, 1, "no word \"\""},
    {"account:acme", 0, 7, 1, "no word \"account\""},
    {"\xc3\xbc\xc3\xbc\xc3\xbc \xf0\x9f\x98\x80 usr:x", 12, 3, 7, "no word \"usr\""},
    {"\xff\xff usr:x", 3, 3, 4, "no word \"usr\""},
    /* values */
    {"user:", 5, 0, 6, "\"user\" needs a value right after its colon"},
    {"user: ann", 5, 0, 6, "needs a value right after its colon"},
    {"user:ann,", 9, 0, 10, "right after its comma"},
    {"user:,ann", 5, 0, 6, "needs a value"},
    {"user:\"\"", 5, 2, 6, "nothing in the quotes"},
    {"user:\"ann", 5, 4, 6, "the quote is not closed"},
    {"x\xc3\xa4y \"ann", 5, 4, 5, "the quote is not closed"},
    {"user:\"a\\", 7, 1, 8, "a backslash goes with"},
    {"user:\"a\\qb\"", 7, 4, 8, "a backslash goes with"},
    {"user:\"a\\x0g\"", 7, 4, 8, "a backslash goes with"},
    {"user:\"\\x00\"", 6, 4, 7, "(not \\x00)"},
    {"user:an\"n", 7, 1, 8, "a quote stands at the beginning"},
    {"user:\"ann\"x", 10, 1, 11, "a blank or a comma must follow"},
    {"\"ann\"x", 5, 1, 6, "a blank must follow"},
    {"user:\xe2\x80\x9c"
     "ann\xe2\x80\x9d",
     5, 3, 6, "quotes are straight"},
    {"user:ann,status:404", 9, 7, 10, "before a word stands a blank"},
    {"user:ann,-status:404", 9, 8, 10, "before a word stands a blank"},
    {"id:a id:b", 8, 1, 9, "given twice"},
    {"id:a,b", 5, 1, 6, "\"id\" has one value"},
    {"-id:a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", 44, 1, 45, "at most 20 can be left out"},
    {"-created:2026-01-31", 0, 8, 1, "only values can be left out"},
    {"-foo", 0, 4, 1, "goes in quotes"},
    {"-\"foo\"", 0, 1, 1, "only values can be left out"},
    /* statuses and other enumerations */
    {"status:600", 7, 3, 8,
     "a number from 100 to 599, a class such as 4xx, ok, failed, >=400, >399, "
     "<=499, <500, 400..499, or ---, not \"600\"."},
    {"status:200,>=x", 11, 3, 12, "not \">=x\""},
    {"status:<100", 7, 4, 8, "a status is"},
    {"status:>599", 7, 4, 8, "a status is"},
    {"status:500..400", 7, 8, 8, "a status is"},
    {"status:>=400 status:>499", 20, 4, 21, "the lower bound of the status is given twice"},
    {"status:<400,<=599", 12, 5, 13, "the upper bound of the status is given twice"},
    {"status:<300 status:>=500", 19, 5, 20, "no status is within both bounds"},
    {"status:>=400,<400", 13, 4, 14, "status:..299,500.."},
    {"-status:>=400 -status:<500", 22, 4, 23, "would leave out every status"},
    {"-status:>=400,<=399", 14, 5, 15, "-status:400..499"},
    {"status:..", 7, 2, 8, "a status is"},
    {"status:40", 7, 2, 8, "a status is"},
    {"source:web", 7, 3, 8, "\"source\" must be ui, cli, integration, webhook, or ---"},
    {"method:PROPFIND", 7, 8, 8, "\"method\" must be GET, HEAD, POST"},
    {"method:\"none\"", 7, 6, 8, "\"method\" must be GET, HEAD, POST"},
    {"signature:\"none\"", 10, 6, 11, "\"signature\" must be valid"},
    /* times */
    {"created:tomorrow", 8, 8, 9,
     "a time is today, yesterday, a day of the calendar (2026-01-31), a time"},
    {"created:todays..", 8, 8, 9, "not \"todays\""},
    {"created:yesterday..now", 8, 14, 9, "not \"now\""},
    {"created:today,yesterday", 14, 9, 15, "\"created\" has one value"},
    {"-created:today", 0, 8, 1, "only values can be left out"},
    {"created:\"2026-01-31 25:00\"", 8, 18, 9, "not \"2026-01-31 25:00\""},
    {"created:\"2026-01-31  12:00\"", 8, 19, 9, "a time is"},
    {"created:\"2026-01-31\nx", 8, 13, 9, "the quote is not closed"},
    {"created:..\"2026-01-31", 10, 11, 11, "the quote is not closed"},
    {"created:\"2026-01-31\"x", 20, 1, 21, "a blank or .. must follow"},
    {"created:2026-01-31\"\"", 18, 1, 19, "a quote stands at the beginning"},
    {"created:\"2026-01-31\"\"12:00\"", 20, 1, 21, "a quote stands at the beginning"},
    {"created:2026-01-31..\"\"", 20, 2, 21, "nothing in the quotes"},
    {"created:\xe2\x80\x9c"
     "2026-01-31",
     8, 3, 9, "quotes are straight"},
    {"created:2026-01-31 14:00", 19, 2, 20,
     "a day and a time go in quotes together, as in created:\"2026-01-31 14:00\"."},
    {"created:2026-02-30", 8, 10, 9, "not \"2026-02-30\""},
    {"created:2026-01-01..x", 8, 13, 9, "not \"x\""},
    {"created:..", 8, 2, 9, "a time is"},
    {"created:>=", 8, 2, 9, "a time is"},
    {"created:2222-01-31T12:00", 8, 16, 9, "a time alone is a moment"},
    {"created:5", 8, 1, 9, "say 5.. (from it on), ..5 (before it)"},
    {"created:>2026-01-31T12:00", 8, 17, 9, "a day or a span before now"},
    {"created:<=5", 8, 3, 9, "a day or a span before now"},
    {"created:-24h from:-1h", 18, 3, 19, "the beginning of the time is given twice"},
    {"created:2026-01-31 created:<2026-02-01", 27, 11, 28, "the end of the time is given twice"},
    /* what other searches have */
    {"user:ann AND user:bob", 9, 3, 10, "AND is not needed: conditions stand side by side"},
    {"user:ann OR user:bob", 9, 2, 10, "as in user:ann,bob"},
    {"NOT user:carla", 0, 3, 1, "as in -user:ann. In quotes it is a text"},
    {"not -user:carla", 0, 3, 1, "there is no NOT"},
    {"user:ann and  status:404", 9, 3, 10, "AND is not needed"},
    {"foo OR bar", 4, 2, 5, "there is no OR"},
    {"foo AND", 4, 3, 5, "AND is not needed"},
    {"action=updatePipeline", 6, 1, 7, "no blanks around it: action:\u2026 In quotes it is a text"},
    {"-source:cli status>=400", 18, 2, 19, "no blanks around it: status:>=\u2026"},
    {"user!='ann'", 4, 2, 5, "no blanks around it: -user:\u2026"},
    {"SELECT a FROM b WHERE User  = x", 28, 1, 29, "no blanks around it: User:\u2026"},
    {"user:(ann bob)", 5, 1, 6, "nothing is grouped here"},
    {"status:(404 OR 500)", 7, 1, 8, "nothing is grouped here"},
    {"created:(2026-01-31)", 8, 1, 9, "nothing is grouped here"},
    {"foo -(user:ann status:404)", 5, 1, 6, "nothing is grouped here"},
    {"user:ann,*carl*", 9, 1, 10, "a * stands at the end, for all that begin so"},
    {"-provider:g*b", 11, 1, 12, "a * stands at the end"},
    {"status:4*", 7, 2, 8, "a class such as 4xx"},
    {"source:cl*", 7, 3, 8, "\"source\" must be"},
    {"id:*5cc", 3, 1, 4, "a * stands at the end of an id"},
    {"-id:a,5*c*", 7, 1, 8, "a * stands at the end of an id"},
    {"name:build*", 10, 1, 11, "a name is found by any part of it"},
    {"updatePipe*", 10, 1, 11, "a text is found wherever it stands"},
    {"q:upd*", 5, 1, 6, "a text is found wherever it stands"},
    /* texts */
    {"ab", 0, 2, 1, "at least 3 bytes"},
    {"a user:x  ", 0, 1, 1, "at least 3 bytes"},
    {"\"foo\" \"bar\"", 6, 5, 7, "only one text can be looked for"},
    {"foo \"bar\"", 4, 5, 5, "only one text can be looked for"},
    {"\"foo\" bar", 6, 3, 7, "only one text can be looked for"},
    {"foo q:bar", 6, 3, 7, "only one text can be looked for"},
};

static void test_mistakes(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        const char *text = mistakes[i].text;
        struct params params = empty(false, "UTC");
        struct query_mistake mistake = {0};
        struct str copy = exact_copy(str_from(text)),
                   head =
                       arena_printf(arena, "Character %zu of the query: ", mistakes[i].character);

        EXPECT(text, !query_parse(arena, copy, NOW_MS, &params, &mistake));
        EXPECT(text, mistake.at == mistakes[i].at);
        EXPECT(text, mistake.len == mistakes[i].len);
        EXPECT(text, str_starts(mistake.sentence, head));
        EXPECT(text, strstr(mistake.sentence.ptr, mistakes[i].said) != NULL);
        free_copy(copy);
    }
    arena_free(arena);
}

static bool is_accepted(struct arena *arena, struct str text)
{
    struct params params = empty(false, "UTC");
    struct query_mistake mistake;

    return query_parse(arena, text, NOW_MS, &params, &mistake);
}

static struct str filled(struct arena *arena, const char *head, size_t count, char with)
{
    char *text = arena_alloc(arena, strlen(head) + count);

    memcpy(text, head, strlen(head));
    memset(text + strlen(head), with, count);
    return (struct str){text, strlen(head) + count};
}

static void test_lengths(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_true(is_accepted(arena, filled(arena, "", 2000, ' ')));
    assert_false(is_accepted(arena, filled(arena, "", 2001, ' ')));
    assert_true(is_accepted(arena, filled(arena, "user:", 1025, 'x')));
    assert_false(is_accepted(arena, filled(arena, "user:", 1026, 'x')));
    assert_true(is_accepted(arena, filled(arena, "id:", 1025, 'x')));
    assert_false(is_accepted(arena, filled(arena, "id:", 1026, 'x')));
    assert_false(is_accepted(arena, filled(arena, "name:", 1025, 'x')));
    assert_true(is_accepted(arena, filled(arena, "", 200, 'x')));
    assert_false(is_accepted(arena, filled(arena, "", 201, 'x')));
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
        cmocka_unit_test(test_readings),        cmocka_unit_test(test_times),
        cmocka_unit_test(test_mistakes),        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_of_all_accounts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
