/* SPDX-License-Identifier: MIT */
/* Bodies of requests whose headers or URL say what they are. */
#include "check.h"

#include "redaction/redact.h"

#define FORM "Content-Type: application/x-www-form-urlencoded"
#define SECRETS "/api/v1/namespaces/shop/secrets/db"

static const struct row {
    const char *label, *headers, *url;
    struct str in, out; /* where `out` is NULL, nothing may change */
} rows[] = {
    /* JSON Patch (RFC 6902) and what is like it */
    {"a path that names the value", "", "",
     TEXT("[{\"op\":\"replace\",\"path\":\"/spec/password\",\"value\":\"x\"},"
          "{\"value\":\"y\",\"path\":\"/spec/replicas\",\"op\":\"add\"}]"),
     TEXT("[{\"op\":\"replace\",\"path\":\"/spec/password\",\"value\":\"redacted\"},"
          "{\"value\":\"y\",\"path\":\"/spec/replicas\",\"op\":\"add\"}]")},
    {"a path behind the value", "", "",
     TEXT("{\"Operations\":[{\"op\":\"Replace\",\"value\":\"x\",\"path\":\"password\"}]}"),
     TEXT("{\"Operations\":[{\"op\":\"Replace\",\"value\":\"redacted\",\"path\":\"password\"}]}")},
    {"data of a path of secrets", "", SECRETS,
     TEXT("[{\"op\":\"add\",\"path\":\"/data/a\",\"value\":\"x\"},"
          "{\"op\":\"add\",\"path\":\"/stringData\",\"value\":{\"a\":\"y\"}},"
          "{\"op\":\"add\",\"path\":\"/database\",\"value\":\"z\"}]"),
     TEXT("[{\"op\":\"add\",\"path\":\"/data/a\",\"value\":\"redacted\"},"
          "{\"op\":\"add\",\"path\":\"/stringData\",\"value\":{\"a\":\"redacted\"}},"
          "{\"op\":\"add\",\"path\":\"/database\",\"value\":\"z\"}]")},
    {"data of another path",
     "",
     "/api/v1/namespaces/shop/configmaps/db",
     TEXT("[{\"op\":\"add\",\"path\":\"/data/a\",\"value\":\"x\"}]"),
     {NULL, 0}},

    {"data of Vault", "", "/v1/secret/data/app?version=1",
     TEXT("{\"data\":{\"a\":\"x\"},\"b\":\"c\"}"),
     TEXT("{\"data\":{\"a\":\"redacted\"},\"b\":\"c\"}")},
    {"a segment behind one that begins so", "", "/secrets-of/secrets", TEXT("{\"data\":\"x\"}"),
     TEXT("{\"data\":\"redacted\"}")},
    {"no such segment", "", "/secretary/a?b=/secrets", TEXT("{\"data\":{\"a\":\"x\"}}"), {NULL, 0}},

    /* Forms in parts */
    {"a line break in front of the first part", "", "",
     TEXT("\r\n--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nx\r\n--b--\r\n"),
     TEXT("\r\n--b\r\nContent-Disposition: form-data; "
          "name=\"password\"\r\n\r\nredacted\r\n--b--\r\n")},
    {"a preamble", "", "",
     TEXT("token=y\n-- \n--b\ncontent-type: text/plain\nContent-Disposition: form-data; "
          "name=pin\n\n12\n--b--"),
     TEXT("token=redacted\n-- \n--b\ncontent-type: text/plain\nContent-Disposition: form-data; "
          "name=pin\n\nredacted\n--b--")},
    {"a parameter in capital letters", "", "",
     TEXT("--b\r\nContent-Disposition: form-data; fileName=\"n\"; "
          "NAME=\"password\"\r\n\r\nx\r\n--b--\r\n"),
     TEXT("--b\r\nContent-Disposition: form-data; fileName=\"n\"; "
          "NAME=\"password\"\r\n\r\nredacted\r\n--b--\r\n")},

    /* A name and its value in two fields */
    {"in a form", FORM, "", TEXT("value=x+y&key=DB_PASSWORD&default=z&a=b"),
     TEXT("value=redacted&key=DB_PASSWORD&default=redacted&a=b")},
    {"of no secret", FORM, "", TEXT("key=REPLICAS&value=3"), {NULL, 0}},
    {"in parts", "", "",
     TEXT("--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nx\r\n--b\r\n"
          "Content-Disposition: form-data; name=\"key\"\r\n\r\nDB_PASSWORD\r\n--b--\r\n"),
     TEXT("--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nredacted\r\n--b\r\n"
          "Content-Disposition: form-data; name=\"key\"\r\n\r\nDB_PASSWORD\r\n--b--\r\n")},
    {"of no secret in parts",
     "",
     "",
     TEXT("--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nx\r\n--b\r\n"
          "Content-Disposition: form-data; name=\"key\"\r\n\r\nHOST\r\n--b--\r\n"),
     {NULL, 0}},

    /* JSON that is sent as a form */
    {"as the name of a field", FORM, "", TEXT("%7B%22password%22%3A%22x%22%2C%22a%22%3A1%7D="),
     TEXT("%7B%22password%22%3A%22redacted%22%2C%22a%22%3A1%7D=")},
    {"as a name and the value behind it", FORM, "", TEXT("a=1&{\"password\":\"x=y\"}"),
     TEXT("a=1&{\"password\":\"redacted\"}")},
    {"behind white space", FORM, "", TEXT("\r\n {\"a\":\"b=c\",\"password\":\"x=y&z\"}"),
     TEXT("\r\n {\"a\":\"b=c\",\"password\":\"redacted\"}")},
    {"a token as the name of a field", FORM, "", TEXT("ghp_0123456789abcdef01234567=&a=b"),
     TEXT("redacted=&a=b")},
    {"with a space behind a colon", FORM, "", TEXT("a={\"password\":+\"x\"}"),
     TEXT("a={\"password\":+\"redacted\"}")},
};

static void test_rows(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str in = exact_copy(rows[i].in);
        struct str expected = rows[i].out.ptr ? rows[i].out : rows[i].in;
        struct event event = {
            .headers = str_from(rows[i].headers), .url = str_from(rows[i].url), .body = in};

        EXPECT(rows[i].label, redactor_event(NULL, arena, &event));
        if (!str_equal(event.body, expected))
            fail_msg("%s: %.*s", rows[i].label, STR_ARG(event.body));
        EXPECT(rows[i].label, rows[i].out.ptr || event.body.ptr == in.ptr);
        EXPECT(rows[i].label, redactor_event(NULL, arena, &event));
        EXPECT(rows[i].label, str_equal(event.body, expected));
        free_copy(in);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
