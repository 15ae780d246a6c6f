/* SPDX-License-Identifier: MIT */
/* Passwords in statements of SQL, alone and in the string of a JSON record. */
#include "redact_event.h"

static const struct row {
    const char *label, *in, *out; /* where `out` is NULL, nothing may change */
} rows[] = {
    {"MySQL", "CREATE USER 'a'@'%' IDENTIFIED BY 'x y', b IDENTIFIED BY 'z' PASSWORD EXPIRE",
     "CREATE USER 'a'@'%' IDENTIFIED BY 'redacted', b IDENTIFIED BY 'redacted' PASSWORD EXPIRE"},
    {"small letters", "alter user a identified by \"x\"",
     "alter user a identified by \"redacted\""},
    {"a plugin", "ALTER USER a IDENTIFIED WITH 'caching_sha2_password' BY 'x' REPLACE 'y'",
     "ALTER USER a IDENTIFIED WITH 'caching_sha2_password' BY 'redacted' REPLACE 'redacted'"},
    {"a hash", "CREATE USER IF NOT EXISTS a IDENTIFIED WITH mysql_native_password AS '*ABC'",
     "CREATE USER IF NOT EXISTS a IDENTIFIED WITH mysql_native_password AS 'redacted'"},
    {"an old hash", "GRANT ALL ON *.* TO a IDENTIFIED BY PASSWORD '*ABC'",
     "GRANT ALL ON *.* TO a IDENTIFIED BY PASSWORD 'redacted'"},
    {"MariaDB",
     "CREATE OR REPLACE USER a IDENTIFIED VIA ed25519 USING PASSWORD('x') OR unix_socket",
     "CREATE OR REPLACE USER a IDENTIFIED VIA ed25519 USING PASSWORD('redacted') OR unix_socket"},
    {"Oracle", "CREATE USER a\r\n  IDENTIFIED BY x\r\n  DEFAULT TABLESPACE users;",
     "CREATE USER a\r\n  IDENTIFIED BY redacted\r\n  DEFAULT TABLESPACE users;"},
    {"its end", "alter user a identified by x; select 1",
     "alter user a identified by redacted; select 1"},
    {"its hash", "ALTER USER a IDENTIFIED BY VALUES 'S:1'",
     "ALTER USER a IDENTIFIED BY VALUES 'redacted'"},
    {"a link", "CREATE DATABASE LINK l CONNECT TO a IDENTIFIED BY x USING 'db'",
     "CREATE DATABASE LINK l CONNECT TO a IDENTIFIED BY redacted USING 'db'"},
    {"PostgreSQL", "ALTER ROLE a WITH LOGIN PASSWORD 'it''s x' VALID UNTIL 'infinity'",
     "ALTER ROLE a WITH LOGIN PASSWORD 'redacted' VALID UNTIL 'infinity'"},
    {"with escapes", "create role a encrypted password E'x'",
     "create role a encrypted password E'redacted'"},
    {"options", "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', password 'x')",
     "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', password 'redacted')"},
    {"SET PASSWORD", "SET PASSWORD FOR 'a'@'%' = PASSWORD('x')",
     "SET PASSWORD FOR 'a'@'%' = PASSWORD('redacted')"},
    {"SET PASSWORD in plain", "set password for a = 'x'", "set password for a = 'redacted'"},
    {"SET PASSWORD of oneself", "SET PASSWORD = PASSWORD(\"x\"); SET PASSWORD = 'y'",
     "SET PASSWORD = PASSWORD(\"redacted\"); SET PASSWORD = 'redacted'"},
    {"a call", "password=SecretStr('x') token = f(\"y\")",
     "password=SecretStr('redacted') token = f(\"redacted\")"},
    {"a server makes it", "ALTER USER a IDENTIFIED BY RANDOM PASSWORD", NULL},
    {"none", "CREATE USER a IDENTIFIED EXTERNALLY; ALTER USER b PASSWORD EXPIRE", NULL},
    {"cut", "CREATE USER a IDENTIFIED BY", NULL},
    {"cut in a plugin", "CREATE USER a IDENTIFIED WITH 'p", NULL},
    {"cut in the quotes", "CREATE USER a IDENTIFIED BY 'x",
     "CREATE USER a IDENTIFIED BY 'redacted"},
    {"words", "The user identified by 'ann' was not found; the grantee is unidentified by 'b'",
     NULL},
    {"words of a form", "Enter your password (at least 8 characters) or a password \"hint\"", NULL},
    {"another name", "PASSWORD_HISTORY 'a', passwords 'b', PASSWORD REQUIRE CURRENT", NULL},
    {"too far",
     "set password for the one who has come to us from another place and who was never here "
     "before, not "
     "even once in all of those long years, as far as anybody could say = 'a'",
     NULL},
};

static void expect(struct arena *arena, const char *label, const char *in, const char *out)
{
    struct str text = exact_copy(str_from(in)), got = redact(NULL, arena, BODY, text);

    if (!str_equal(got, str_from(out)))
        fail_msg("%s: %.*s", label, STR_ARG(got));
    EXPECT(label, str_equal(redact(NULL, arena, BODY, got), str_from(out)));
    free_copy(text);
}

static void test_statements(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        expect(arena, rows[i].label, rows[i].in, rows[i].out ? rows[i].out : rows[i].in);
    arena_free(arena);
}

static void test_in_a_record(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    expect(arena, "a query",
           "{\"event\":\"db.session.query\",\"db_query\":\"CREATE USER a\\n IDENTIFIED BY "
           "\\\"x\\\"\"}",
           "{\"event\":\"db.session.query\",\"db_query\":\"CREATE USER a\\n IDENTIFIED BY "
           "\\\"redacted\\\"\"}");
    expect(arena, "a form", "sql=ALTER+USER+a+PASSWORD+%27x%27",
           "sql=ALTER+USER+a+PASSWORD+%27redacted%27");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_in_a_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
