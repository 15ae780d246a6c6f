/* SPDX-License-Identifier: MIT */
/* Texts of a search that cannot be read, and what is said where of the mistake. */
#include "query_case.h"

/* Where it is, how long, the character that is named, and a part of what is said. */
static const struct {
    const char *text;
    size_t at, len, character;
    const char *said;
} mistakes[] = {
    /* words */
    {"usr:ann", 0, 3, 1,
     "there is no word \"usr\": did you mean \"user\"? Words are entity, action, "
     "user, status, source, method, provider, signature, id, name, created, address, request, "
     "trace, delivery, key;"},
    {"user:ann stats:404", 9, 5, 10, "\"stats\": did you mean \"status\"?"},
    {"-crated:404", 1, 6, 2, "did you mean \"created\"?"},
    {"act:x", 0, 3, 1, "did you mean \"action\"?"},
    {"https://x", 0, 5, 1, "no word \"https\". Words are"},
    {"12:30", 0, 2, 1, "a text with a colon goes in quotes."},
    {"time:-24h", 0, 4, 1, "did you mean \"created\"?"},
    {"Date:-24h", 0, 4, 1, "did you mean \"created\"?"},
    {"contains:x", 0, 8, 1, "\"contains\": write its value alone, as a text to look for."},
    {"verb:get", 0, 4, 1, "did you mean \"method\"?"},
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
    {"address:1.2.3.4 abc", 16, 3, 17, "only one of a text, address, request"},
    {"abc trace:def", 10, 3, 11, "only one of a text, address, request"},
    {"request:abc key:abc", 16, 3, 17, "only one of a text, address, request"},
    {"address:1.2.3.4,5.6.7.8", 16, 7, 17, "\"address\" has one value"},
    {"address:1.*.3", 10, 1, 11, "a * stands at the end, for all"},
    {"-address:1.2.3.4", 0, 8, 1, "only values can be left out"},
    {"trace:ab", 6, 2, 7, "a text that is looked for has at least 3 bytes"},
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
    {"id:*5cc", 3, 1, 4, "a * stands at the end, for all"},
    {"-id:a,5*c*", 7, 1, 8, "a * stands at the end, for all"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
