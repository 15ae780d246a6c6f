/* SPDX-License-Identifier: MIT */
/* What is taken out of the texts of an event, and that nothing else is. */
#include "check.h"

#include <time.h>

#include "redact_event.h"

struct row {
    const char *label;
    enum place place;
    struct str in, out;
};

#define JWT "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcDEF_-1"
/* Where `out` is NULL, nothing may change. */
static const struct row rows[] = {
    /* JSON */
    {"a member", BODY, TEXT("{\"password\": \"x y\", \"n\":1e3 }"),
     TEXT("{\"password\": \"redacted\", \"n\":1e3 }")},
    {"an escaped name", BODY, TEXT("{\"p\\u0061ssword\":\"x\"}"),
     TEXT("{\"p\\u0061ssword\":\"redacted\"}")},
    {"numbers and words", BODY,
     TEXT("{\"pin\":1234,\"token\":null,\"secret\":true,\"otp\":-1.5e3}"),
     TEXT("{\"pin\":\"redacted\",\"token\":null,\"secret\":true,\"otp\":\"redacted\"}")},
    {"every leaf", BODY,
     TEXT("{\"credentials\":{\"a\":\"b\",\"c\":[\"d\",{\"e\":\"f\"},2]},\"g\":\"h\"}"),
     TEXT("{\"credentials\":{\"a\":\"redacted\",\"c\":[\"redacted\",{\"e\":\"redacted\"},"
          "\"redacted\"]},\"g\":\"h\"}")},
    {"numbers under pass", BODY,
     TEXT("{\"pass\":12,\"a\":{\"pass\":[3]},\"db_pass\":\"123456\"} pass: 4 pass='567'"),
     TEXT("{\"pass\":12,\"a\":{\"pass\":[3]},\"db_pass\":\"redacted\"} pass: 4 pass='redacted'")},
    {"a number as the password of a form", BODY, TEXT("user=ann&pass=123456&max_tokens=7"),
     TEXT("user=ann&pass=redacted&max_tokens=7")},
    {"the empty string", BODY, TEXT("{\"password\":\"\"}"), {NULL, 0}},
    {"a repeated member", BODY, TEXT("{\"token\":\"a\",\"token\":\"b\"}"),
     TEXT("{\"token\":\"redacted\",\"token\":\"redacted\"}")},
    {"name and value", BODY,
     TEXT("[{\"name\":\"DB_PASSWORD\",\"value\":\"a\"},{\"value\":\"b\",\"key\":\"API_KEY\"},"
          "{\"name\":\"HOST\",\"value\":\"c\"}]"),
     TEXT("[{\"name\":\"DB_PASSWORD\",\"value\":\"redacted\"},{\"value\":\"redacted\",\"key\":"
          "\"API_KEY\"},"
          "{\"name\":\"HOST\",\"value\":\"c\"}]")},
    {"several values of one name", BODY,
     TEXT("{\"name\":\"TOKEN\",\"value\":\"a\",\"values\":[\"b\",{\"c\":\"d\"}],\"default\":\"e\"} "
          "{\"value\":\"f\",\"Value\":\"g\",\"key\":\"token\",\"defaultValue\":{\"h\":1"),
     TEXT("{\"name\":\"TOKEN\",\"value\":\"redacted\",\"values\":[\"redacted\",{\"c\":\"redacted\"}"
          "],\"default\":\"redacted\"} "
          "{\"value\":\"redacted\",\"Value\":\"redacted\",\"key\":\"token\",\"defaultValue\":{"
          "\"h\":\"redacted\"")},
    {"answers that say what was wrong", HEAD,
     TEXT(
         "{\"errors\":[{\"value\":\"a\",\"param\":\"password\"},{\"field\":\"pin\","
         "\"rejectedValue\":12},"
         "{\"property\":\"token\",\"value\":\"b\"},{\"field\":\"name\",\"rejectedValue\":\"c\"}],"
         "\"detail\":["
         "{\"loc\":[\"body\",\"password\"],\"input\":\"d\"},{\"input\":\"e\",\"loc\":[\"body\","
         "\"password\",0]},"
         "{\"loc\":[\"body\",\"name\"],\"input\":\"f\"},{\"at\":[\"password\"],\"input\":\"g\"}]}"),
     TEXT("{\"errors\":[{\"value\":\"redacted\",\"param\":\"password\"},{\"field\":\"pin\","
          "\"rejectedValue\":\"redacted\"},"
          "{\"property\":\"token\",\"value\":\"redacted\"},{\"field\":\"name\",\"rejectedValue\":"
          "\"c\"}],\"detail\":["
          "{\"loc\":[\"body\",\"password\"],\"input\":\"redacted\"},{\"input\":\"redacted\","
          "\"loc\":[\"body\",\"password\",0]},"
          "{\"loc\":[\"body\",\"name\"],\"input\":\"f\"},{\"at\":[\"password\"],\"input\":\"g\"}]"
          "}")},
    {"a masked sibling", BODY,
     TEXT("[{\"value\":\"a\",\"encrypted\":true},{\"masked\":false,\"value\":\"b\"}]"),
     TEXT("[{\"value\":\"redacted\",\"encrypted\":true},{\"masked\":false,\"value\":\"b\"}]")},
    {"a Kubernetes Secret", BODY,
     TEXT("{\"data\":{\"a\":\"eA==\"},\"kind\":\"Secret\",\"stringData\":{\"b\":\"c\"}}"),
     TEXT("{\"data\":{\"a\":\"redacted\"},\"kind\":\"Secret\",\"stringData\":{\"b\":\"redacted\"}"
          "}")},
    {"a list of them", BODY, TEXT("{\"kind\":\"SecretList\",\"items\":[{\"data\":{\"a\":\"b\"}}]}"),
     TEXT("{\"kind\":\"SecretList\",\"items\":[{\"data\":{\"a\":\"redacted\"}}]}")},
    {"a ConfigMap", BODY, TEXT("{\"kind\":\"ConfigMap\",\"data\":{\"a\":\"b\"}}"), {NULL, 0}},
    {"a context of type secret", BODY,
     TEXT("{\"metadata\":{\"name\":\"n\"},\"spec\":{\"type\":\"secret\",\"data\":{\"k\":\"v\"}}}"),
     TEXT("{\"metadata\":{\"name\":\"n\"},\"spec\":{\"type\":\"secret\",\"data\":{\"k\":"
          "\"redacted\"}}}")},
    {"JSON in JSON", BODY,
     TEXT("{\"a\":\"{\\\"password\\\":\\\"x y\\\",\\\"b\\\":\\\"{\\\\\\\"pin\\\\\\\":12}\\\"}\"}"),
     TEXT("{\"a\":\"{\\\"password\\\":\\\"redacted\\\",\\\"b\\\":\\\"{\\\\\\\"pin\\\\\\\":"
          "\\\\\\\"redacted\\\\\\\"}\\\"}\"}")},
    {"secrets in names", BODY,
     TEXT("{\"ghp_0123456789abcdef01234567\":1,\"a\":{\"s:\\/\\/u:x@h\":2},\"token\":{\"" JWT
          "\":\"x\"}}"),
     TEXT("{\"redacted\":1,\"a\":{\"s:\\/\\/u:redacted@h\":2},\"token\":{\"redacted\":"
          "\"redacted\"}}")},
    {"a name that says less once it is replaced", BODY,
     TEXT("{\"{\\\"token\\\":\\\"id\\\"}\":\"x\",\"a password: name\":\"y\"}"),
     TEXT("{\"{\\\"token\\\":\\\"redacted\\\"}\":\"x\",\"a password: name\":\"y\"}")},
    {"names in brackets", QUERY, TEXT("{\"[token]\":\"x\",\"{token}\":\"y\"}"),
     TEXT("{\"[token]\":\"redacted\",\"{token}\":\"redacted\"}")},
    {"keys in brackets", URL, TEXT("/?[token]=x&%7Btoken%7D=y"),
     TEXT("/?[token]=redacted&%7Btoken%7D=redacted")},
    {"JSON as a name", QUERY, TEXT("{\"{\\\"password\\\":\\\"x\\\"}\":\"\",\"sid\":\"y\"}"),
     TEXT("{\"{\\\"password\\\":\\\"redacted\\\"}\":\"\",\"sid\":\"redacted\"}")},
    {"cut in a value", BODY, TEXT("{\"a\":1,\"password\":\"hun"),
     TEXT("{\"a\":1,\"password\":\"redacted")},
    {"cut behind one", HEAD, TEXT("{\"token\":\"a\",\"b\":{\"c\":\"d"),
     TEXT("{\"token\":\"redacted\",\"b\":{\"c\":\"d")},
    {"cut in a Secret", HEAD, TEXT("{\"kind\":\"Secret\",\"data\":{\"a\":\"eA"),
     TEXT("{\"kind\":\"Secret\",\"data\":{\"a\":\"redacted")},
    {"several values", BODY, TEXT("{\"a\":1}\n{\"password\":\"b\"}\n"),
     TEXT("{\"a\":1}\n{\"password\":\"redacted\"}\n")},
    {"arguments", BODY, TEXT("[\"run\",\"--password\",\"a b\",\"-v\"]"),
     TEXT("[\"run\",\"--password\",\"redacted\",\"-v\"]")},
    {"an environment", BODY, TEXT("{\"env\":[\"DB_PASSWORD=a b\",\"HOST=c\"]}"),
     TEXT("{\"env\":[\"DB_PASSWORD=redacted\",\"HOST=c\"]}")},
    {"harmless names",
     BODY,
     TEXT("{\"token_type\":\"bearer\",\"max_tokens\":512,\"tokens_used\":\"3\",\"next_page_token\":"
          "\"a\","
          "\"pageToken\":\"b\",\"secretName\":\"c\",\"password_policy\":\"d\","
          "\"passwordChangedAt\":\"e\","
          "\"author\":\"f\",\"tokenizer\":\"g\",\"secretary\":\"h\",\"public_key\":\"i\","
          "\"idempotency-key\":\"j\","
          "\"has_password\":\"k\",\"monkey\":\"l\",\"pinned\":\"m\",\"compass\":\"n\"}"),
     {NULL, 0}},
    {"what is allowed",
     BODY,
     TEXT("{\"permissions\":{\"secrets\":\"read\",\"organization_secrets\":\"write\"}}"),
     {NULL, 0}},
    {"a resource's name",
     BODY,
     TEXT("{\"a\":\"arn:aws:secretsmanager:r:1:secret:b/c\"}"),
     {NULL, 0}},
    {"a script", BODY, TEXT("{\"a\":\"document.cookie = '(.*?)'\"}"), {NULL, 0}},
    {"secret names", BODY,
     TEXT("{\"apiKey\":\"a\",\"API-KEY\":\"a\",\"apikey\":\"a\",\"clientsecret\":\"a\",\"secret_"
          "id\":\"a\","
          "\"AWS_SECRET_ACCESS_KEY\":\"a\",\"passwordConfirmation\":\"a\",\"csrf-token\":\"a\","
          "\"password2\":\"a\"}"),
     TEXT("{\"apiKey\":\"redacted\",\"API-KEY\":\"redacted\",\"apikey\":\"redacted\","
          "\"clientsecret\":\"redacted\",\"secret_id\":\"redacted\","
          "\"AWS_SECRET_ACCESS_KEY\":\"redacted\",\"passwordConfirmation\":\"redacted\",\"csrf-"
          "token\":\"redacted\",\"password2\":\"redacted\"}")},
    {"a session in JSON stays",
     BODY,
     TEXT("{\"session_id\":\"a\",\"sid\":\"b\",\"signature\":\"c\"}"),
     {NULL, 0}},
    {"slashes with escapes", BODY, TEXT("{\"u\":\"https:\\/\\/a:b@c\\/d\"}"),
     TEXT("{\"u\":\"https:\\/\\/a:redacted@c\\/d\"}")},
    {"a mark stays",
     BODY,
     TEXT("{\"password\":\"redacted:0123456789abcdef\",\"token\":\"redacted\"}"),
     {NULL, 0}},
    {"nearly a mark", BODY, TEXT("{\"password\":\"redacted:0123456789abcdeF\"}"),
     TEXT("{\"password\":\"redacted\"}")},
    {"a template's place",
     BODY,
     TEXT("{\"password\":\"${{PASSWORD}}\",\"token\":\"****\"}"),
     {NULL, 0}},
    {"extra", EXTRA, TEXT("{\"a\":{\"token\":\"b\"}}"), TEXT("{\"a\":{\"token\":\"redacted\"}}")},
    /* Queries, forms, URLs */
    {"a query", URL, TEXT("/p?a=1&token=x&%74oken=y&b[password]=z&c"),
     TEXT("/p?a=1&token=redacted&%74oken=redacted&b[password]=redacted&c")},
    {"semicolons", URL, TEXT("/p?a=1;sid=x;y;b=2"), TEXT("/p?a=1;sid=redacted;b=2")},
    {"a signature", URL, TEXT("/p?X-Amz-Signature=x&sig=y&page=2"),
     TEXT("/p?X-Amz-Signature=redacted&sig=redacted&page=2")},
    {"a fragment", URL, TEXT("/p#access_token=x&state=1"),
     TEXT("/p#access_token=redacted&state=1")},
    {"a user", URL, TEXT("https://ann:x@h/p"), TEXT("https://ann:redacted@h/p")},
    {"a token for a user", URL, TEXT("https://0a1b2c3d4e5f6a7b8c9d@h:443/p"),
     TEXT("https://redacted@h:443/p")},
    {"a user alone", URL, TEXT("https://ann@h/p"), {NULL, 0}},
    {"a long user", URL, TEXT("ssh://bartholomew-fortescue-smythe@h/p"), {NULL, 0}},
    {"a Go data source", BODY, TEXT("dsn: ann:x:y/@z@tcp(h:3306)/d?a=b, b:p@unix(/s)"),
     TEXT("dsn: ann:redacted@tcp(h:3306)/d?a=b, b:redacted@unix(/s)")},
    {"such a one in a URL", BODY, TEXT("mysql://ann:x@tcp(h:3306)/d"),
     TEXT("mysql://ann:redacted@tcp(h:3306)/d")},
    {"no login before it", BODY, TEXT("x@tcp(h) @tcp(h)"), {NULL, 0}},
    {"a port is no password", URL, TEXT("https://h:80/a@b"), {NULL, 0}},
    {"a matrix", URL, TEXT("/p;jsessionid=x/q"), TEXT("/p;jsessionid=redacted/q")},
    {"a verb is no secret", URL, TEXT("/v1/token:refresh/secret/x"), {NULL, 0}},
    {"a URL in a query", URL, TEXT("/p?next=%2Fq%3Ftoken%3Dx%26a%3D1"),
     TEXT("/p?next=%2Fq%3Ftoken%3Dredacted%26a%3D1")},
    {"query as JSON", QUERY, TEXT("{\"sid\":\"x\",\"a\":[\"b\"],\"token\":[\"y\",\"z\"]}"),
     TEXT("{\"sid\":\"redacted\",\"a\":[\"b\"],\"token\":[\"redacted\",\"redacted\"]}")},
    {"query as pairs", QUERY, TEXT("[[\"token\",\"x\"],[\"a\",\"b\"]]"),
     TEXT("[[\"token\",\"redacted\"],[\"a\",\"b\"]]")},
    {"query as text", QUERY, TEXT("token=x&a=b"), TEXT("token=redacted&a=b")},
    {"params", PARAMS, TEXT("{\"token\":\"x\",\"id\":\"5\"}"),
     TEXT("{\"token\":\"redacted\",\"id\":\"5\"}")},
    {"a form", BODY, TEXT("user=ann&password=a%26b&x=1"), TEXT("user=ann&password=redacted&x=1")},
    {"JSON in a form", BODY, TEXT("payload=%7B%22token%22%3A%22x%22%2C%22pin%22%3A12%7D"),
     TEXT("payload=%7B%22token%22%3A%22redacted%22%2C%22pin%22%3A%22redacted%22%7D")},
    {"parts", BODY,
     TEXT("--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nx\ny\r\n--b\r\n"
          "Content-Disposition: form-data; name=\"a\"; filename=\"token\"\r\n\r\nz\r\n--b--\r\n"),
     TEXT("--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nredacted\r\n--b\r\n"
          "Content-Disposition: form-data; name=\"a\"; filename=\"token\"\r\n\r\nz\r\n--b--\r\n")},
    /* Any other text */
    {"YAML", BODY,
     TEXT("user: ann\npassword: correct horse # c\nkeys:\n  - api_key: 'a b'\nsecret: |\n  l1\n  "
          "l2\nb: c\n"),
     TEXT("user: ann\npassword: redacted # c\nkeys:\n  - api_key: 'redacted'\nsecret: |\n  "
          "redacted\nb: c\n")},
    {"XML", BODY, TEXT("<a><password>x y</password><w:Token t=\"1\">z</w:Token><c pwd='q'/></a>"),
     TEXT("<a><password>redacted</password><w:Token t=\"1\">redacted</w:Token><c "
          "pwd='redacted'/></a>")},
    {"CDATA", BODY, TEXT("<password><![CDATA[a<b]]></password>"),
     TEXT("<password><![CDATA[redacted]]></password>")},
    {"settings in XML", BODY, TEXT("<add key=\"ApiKey\" value=\"x\"/>"),
     TEXT("<add key=\"ApiKey\" value=\"redacted\"/>")},
    {"a log line", BODY, TEXT("12:00 login user=ann password=x, ok\n"),
     TEXT("12:00 login user=ann password=redacted, ok\n")},
    {"a command", BODY,
     TEXT("curl -H \"Authorization: Bearer ab1\" --token x -d \"{\\\"password\\\":\\\"y\\\"}\""),
     TEXT("curl -H \"Authorization: Bearer redacted\" --token redacted -d "
          "\"{\\\"password\\\":\\\"redacted\\\"}\"")},
    {"backslashes", BODY, TEXT("x {\\\\\\\"token\\\\\\\":\\\\\\\"y\\\\\\\"}"),
     TEXT("x {\\\\\\\"token\\\\\\\":\\\\\\\"redacted\\\\\\\"}")},
    {"broken JSON", BODY, TEXT("{'password': 'x', \"token\": \"y\", }"),
     TEXT("{'password': 'redacted', \"token\": \"redacted\", }")},
    {"a connection string", BODY, TEXT("Server=s;User Id=u;Password=p;q;Encrypt=1"),
     TEXT("Server=s;User Id=u;Password=redacted;Encrypt=1")},
    {"an account key", BODY, TEXT("Name=a;AccountKey=ab+/cd==;Suffix=b"),
     TEXT("Name=a;AccountKey=redacted;Suffix=b")},
    {"two words", BODY, TEXT("the API key: abc\n"), TEXT("the API key: redacted\n")},
    {"prose",
     BODY,
     TEXT("A bearer of secrets, basic knowledge of tokens and keys; password protected."),
     {NULL, 0}},
    /* Patterns */
    {"a JWT", USER, TEXT("x " JWT " y"), TEXT("x redacted y")},
    {"a key id and its key", AGENT,
     TEXT("AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
     TEXT("redacted:redacted")},
    {"GitHub", URL, TEXT("/p/ghp_0123456789abcdefghijABCDEFGHIJ012345/q"), TEXT("/p/redacted/q")},
    {"a private key", BODY, TEXT("a\n" PEM_BEGIN "\nMIIE\nabc=\n" PEM_END "\nb"),
     TEXT("a\nredacted\nb")},
    {"one in JSON", BODY, TEXT("{\"a\":\"" PEM_BEGIN "\\nMIIE\\n" PEM_END "\\n\",\"b\":1}"),
     TEXT("{\"a\":\"redacted\\n\",\"b\":1}")},
    {"one that is cut", BODY, TEXT(PEM_BEGIN "\nMIIEabc"), TEXT("redacted")},
    {"a certificate",
     BODY,
     TEXT("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n"),
     {NULL, 0}},
    {"Slack", BODY,
     TEXT(
         "[\"xoxb-1234567890-abc\",\"https://hooks.slack.com/services/T00/B00/abcdefghijklmnop\"]"),
     TEXT("[\"redacted\",\"https://hooks.slack.com/services/redacted\"]")},
    {"a login in prose", BODY, TEXT("sent Bearer abc.def-123 and Basic YW5uOnB3"),
     TEXT("sent Bearer redacted and Basic redacted")},
    {"Daybook's own", BODY,
     TEXT("[\"dbk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"]"),
     TEXT("[\"redacted\"]")},
    {"nearly one",
     BODY,
     TEXT("[\"task_live_0123456789abcdef\",\"AKIA\",\"eyJ\",\"xghp_0123456789abcdefghij0123\"]"),
     {NULL, 0}},
};

static void test_rows(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str in = exact_copy(rows[i].in);
        struct str expected = rows[i].out.ptr ? rows[i].out : rows[i].in;
        struct str out = redact(NULL, arena, rows[i].place, in);

        if (!str_equal(out, expected))
            fail_msg("%s: %.*s", rows[i].label, STR_ARG(out));
        EXPECT(rows[i].label, rows[i].out.ptr || out.ptr == in.ptr);
        EXPECT(rows[i].label, str_equal(redact(NULL, arena, rows[i].place, out), out));
        free_copy(in);
    }
    arena_free(arena);
}

/* With a key, and cut at every byte: no part of the secret that is long enough to be one stays. */
static void test_cut_anywhere(void **state)
{
    static const struct str text = TEXT(
        "{\"a\":[1,{\"pass\\u0077ord\":\"Zq7-secret\",\"b\":\"c\"}],\"token\":\"Zq7-secret\"}");
    static const unsigned char key[DIGEST_BYTES] = {1};
    struct redactor *redactor = redactor_new(key, 1, NULL, 0);
    struct arena *arena = arena_new();

    (void)state;
    for (size_t len = 0; len <= text.len; len++) {
        struct str in = exact_copy(str_slice(text, 0, len));
        struct str out = redact(redactor, arena, BODY, in);

        assert_null(out.len ? memmem(out.ptr, out.len, "Zq", 2) : NULL);
        free_copy(in);
    }
    redactor_free(redactor);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cut_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
