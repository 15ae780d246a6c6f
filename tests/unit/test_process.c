/* SPDX-License-Identifier: MIT */
/* What a process meets outside itself: its configuration, its log lines, the end of memory. */
#define _GNU_SOURCE
#include "base/config.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/strbuf.h"
#include "capture.h"
#include "check.h"

/* A file of this content; its name, to be unlinked, in `path`. */
static void write_file(char *path, struct str content)
{
    static const char name[] = "/tmp/daybook-test-XXXXXX";
    int fd;

    memcpy(path, name, sizeof(name));
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content.ptr, content.len), content.len);
    close(fd);
}

enum { PATH_BYTES = 64 };

static void test_config_defaults(void **state)
{
    struct config config;
    char path[PATH_BYTES];

    (void)state;
    write_file(path, STR(""));
    assert_int_equal(config_load(&config, path), 0);
    assert_string_equal(config.database_socket, "");
    assert_string_equal(config.database_host, "");
    assert_int_equal(config.database_port, 3306);
    assert_string_equal(config.database_name, "daybook");
    assert_string_equal(config.user[CONFIG_READER], "reader");
    assert_string_equal(config.user[CONFIG_RECORDER], "recorder");
    assert_string_equal(config.user[CONFIG_MAINTAINER], "maintainer");
    assert_string_equal(config.user[CONFIG_MANAGER], "manager");
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        assert_string_equal(config.password_file[role], "");
    assert_string_equal(config.templates_dir, "templates");
    assert_int_equal(config.body_max_bytes, 1048576);
    assert_int_equal(config.body_head_max_bytes, 4096);
    config_release(&config);
    unlink(path);
}

static void test_config_values(void **state)
{
    struct config config;
    char path[PATH_BYTES];

    (void)state;
    write_file(path,
               STR("# a comment = not a key\n"
                   "\n"
                   "  database_socket = /run/a socket.sock \t\n"
                   "database_host=::1\n"
                   "database_port =0\n"
                   "database_name = a=b#c\n"
                   "reader_user = r\nrecorder_user = c\nmaintainer_user = m\nmanager_user = g\n"
                   "reader_password_file = /r\nrecorder_password_file = /c\n"
                   "maintainer_password_file = /m\nmanager_password_file = /g\n"
                   "templates_dir =\n"
                   "body_max_bytes = 16777215\n"
                   "   # another\n"
                   "body_head_max_bytes = 65535"));
    assert_int_equal(config_load(&config, path), 0);
    assert_string_equal(config.database_socket, "/run/a socket.sock");
    assert_string_equal(config.database_host, "::1");
    assert_int_equal(config.database_port, 0);
    assert_string_equal(config.database_name, "a=b#c");
    assert_string_equal(config.user[CONFIG_READER], "r");
    assert_string_equal(config.user[CONFIG_RECORDER], "c");
    assert_string_equal(config.user[CONFIG_MAINTAINER], "m");
    assert_string_equal(config.user[CONFIG_MANAGER], "g");
    assert_string_equal(config.password_file[CONFIG_READER], "/r");
    assert_string_equal(config.password_file[CONFIG_RECORDER], "/c");
    assert_string_equal(config.password_file[CONFIG_MAINTAINER], "/m");
    assert_string_equal(config.password_file[CONFIG_MANAGER], "/g");
    assert_string_equal(config.templates_dir, "");
    assert_int_equal(config.body_max_bytes, 16777215);
    assert_int_equal(config.body_head_max_bytes, 65535);
    config_release(&config);
    unlink(path);
}

static void test_config_refused(void **state)
{
    static const struct {
        const char *content, *complaint; /* behind the file's name */
    } cases[] = {
        {"database_name = a\ndatabse_name = b\n", ":2: unknown key"},
        {"Database_name = a\n", ":1: unknown key"},
        {" = a\n", ":1: unknown key"},
        {"\n# x\ndatabase_name\n", ":3: expected key = value"},
        {"database_name = a\ndatabase_name = a\n", ":2: repeated key"},
        {"database_port = 65536\n", ":1: number out of range"},
        {"database_port = -1\n", ":1: number out of range"},
        {"database_port =\n", ":1: number out of range"},
        {"body_max_bytes = 1M\n", ":1: number out of range"},
        {"body_max_bytes = 16777216\n", ":1: number out of range"},
        {"body_head_max_bytes = 65536", ":1: number out of range"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char path[PATH_BYTES], expected[256];
        struct capture capture;
        struct config config;
        int result;

        write_file(path, str_from(cases[i].content));
        capture_begin(&capture);
        result = config_load(&config, path);
        snprintf(expected, sizeof(expected), "%s%s\n", path, cases[i].complaint);
        capture_end(&capture);
        assert_string_equal(capture.text, expected);
        EXPECT(cases[i].content, result == -1);
        unlink(path);
    }
}

static void test_config_unreadable(void **state)
{
    static const struct {
        const char *path, *complaint;
    } cases[] = {
        {"/nonexistent/daybook.conf", "/nonexistent/daybook.conf: No such file or directory\n"},
        {"/tmp", "/tmp: Is a directory\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct capture capture;
        struct config config;
        int result;

        capture_begin(&capture);
        result = config_load(&config, cases[i].path);
        capture_end(&capture);
        assert_string_equal(capture.text, cases[i].complaint);
        EXPECT(cases[i].path, result == -1);
    }
}

static void test_config_password(void **state)
{
    static const struct {
        const char *content, *password; /* NULL: refused */
    } cases[] = {
        {"secret\n", "secret"},    {"secret", "secret"}, {"a b \r\nsecond\n", "a b "}, {"\n", ""},
        {"0123456789", "0123456"}, {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char path[PATH_BYTES], password[8], expected[256] = "";
        struct config config = {.password_file = {[CONFIG_RECORDER] = path}};
        struct capture capture;
        int result;

        write_file(path, str_from(cases[i].content));
        capture_begin(&capture);
        result = config_password(&config, CONFIG_RECORDER, password, sizeof(password));
        if (!cases[i].password)
            snprintf(expected, sizeof(expected), "%s: is empty\n", path);
        capture_end(&capture);
        assert_string_equal(capture.text, expected);
        EXPECT(cases[i].content, result == (cases[i].password ? 0 : -1));
        assert_string_equal(password, cases[i].password ? cases[i].password : "");
        unlink(path);
    }
}

static void test_config_password_files(void **state)
{
    char none[] = "", missing[] = "/nonexistent/password", password[8] = "stale";
    struct config config = {
        .password_file = {[CONFIG_READER] = none, [CONFIG_MAINTAINER] = missing}};
    struct capture capture;
    int result;

    (void)state;
    assert_int_equal(config_password(&config, CONFIG_READER, password, sizeof(password)), 0);
    assert_string_equal(password, "");
    capture_begin(&capture);
    result = config_password(&config, CONFIG_MAINTAINER, password, sizeof(password));
    capture_end(&capture);
    assert_string_equal(capture.text, "/nonexistent/password: No such file or directory\n");
    assert_int_equal(result, -1);
}

/* The line without its time and process, which differ each run; both are checked here. */
static const char *log_tail(const char *line)
{
    struct str rest = str_from(line), word;
    uint64_t number;
    int64_t ms;

    EXPECT(line, str_next(&rest, ' ', &word) && str_starts(word, STR("time=")));
    EXPECT(line, clock_parse_rfc3339(str_slice(word, 5, word.len), &ms));
    EXPECT(line, str_next(&rest, ' ', &word) && str_starts(word, STR("level=")));
    EXPECT(line, str_next(&rest, ' ', &word) && str_starts(word, STR("program=")));
    EXPECT(line, str_equal(str_slice(word, 8, word.len), str_from(program_invocation_short_name)));
    EXPECT(line, str_next(&rest, ' ', &word) && str_starts(word, STR("pid=")));
    EXPECT(line, parse_u64(str_slice(word, 4, word.len), 1, UINT64_MAX, &number));
    EXPECT(line, number == (uint64_t)getpid());
    return rest.ptr;
}

static void test_log_values(void **state)
{
    static const struct {
        struct str value;
        const char *written;
    } cases[] = {
        {TEXT("plain/value:1~"), "plain/value:1~"},
        {TEXT(""), "\"\""},
        {{NULL, 0}, "\"\""},
        {TEXT("two words"), "\"two words\""},
        {TEXT("a=b"), "\"a=b\""},
        {TEXT("say \"x\\y\""), "\"say \\\"x\\\\y\\\"\""},
        {TEXT("line\nlevel=error\r"), "\"line\\x0alevel=error\\x0d\""},
        {TEXT("nul\0\x7f"), "\"nul\\x00\\x7f\""},
        {TEXT("\xc3\xa9"), "\"\\xc3\\xa9\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct capture capture;
        char expected[256];

        capture_begin(&capture);
        log_event(LOG_LEVEL_WARNING, "tested", {"value", cases[i].value}, {"more", STR("1")});
        snprintf(expected, sizeof(expected), "event=tested value=%s more=1\n", cases[i].written);
        capture_end(&capture);
        assert_string_equal(log_tail(capture.text), expected);
    }
}

static void test_log_levels(void **state)
{
    static const char *const names[] = {
        [LOG_LEVEL_INFO] = " level=info ",
        [LOG_LEVEL_WARNING] = " level=warning ",
        [LOG_LEVEL_ERROR] = " level=error ",
    };

    (void)state;
    assert_int_equal(COUNT(names), LOG_LEVEL_COUNT);
    for (int level = 0; level < LOG_LEVEL_COUNT; level++) {
        struct capture capture;

        capture_begin(&capture);
        log_fields((enum log_level)level, "bare", NULL, 0);
        capture_end(&capture);
        EXPECT(names[level], strstr(capture.text, names[level]) != NULL);
        assert_string_equal(log_tail(capture.text), "event=bare\n");
    }
}

static void test_log_request(void **state)
{
    char long_id[100], expected[128];
    struct capture capture;

    (void)state;
    memset(long_id, 'x', sizeof(long_id));
    capture_begin(&capture);
    log_set_request((struct str){long_id, sizeof(long_id)});
    log_fields(LOG_LEVEL_INFO, "bare", NULL, 0);
    snprintf(expected, sizeof(expected), "request=%.63s event=bare\n", long_id);
    capture_end(&capture);
    assert_string_equal(log_tail(capture.text), expected);

    capture_begin(&capture);
    log_set_request(STR("a b"));
    log_fields(LOG_LEVEL_INFO, "bare", NULL, 0);
    capture_end(&capture);
    assert_string_equal(log_tail(capture.text), "request=\"a b\" event=bare\n");

    capture_begin(&capture);
    log_set_request((struct str){NULL, 0});
    log_fields(LOG_LEVEL_INFO, "bare", NULL, 0);
    capture_end(&capture);
    assert_string_equal(log_tail(capture.text), "event=bare\n");
}

static void test_memory(void **state)
{
    unsigned char *block = memory_new(3);

    (void)state;
    assert_memory_equal(block, "\0\0\0", 3);
    memcpy(block, "ab", 3);
    block = memory_resize(block, 1000, 8);
    assert_string_equal((char *)block, "ab");
    block[7999] = 1;
    free(block);
    free(memory_new(0));
    free(memory_resize(NULL, 0, 8));
}

/* A product that overflows must not become a small block: the process ends, and says so in one line. */
static void test_out_of_memory(void **state)
{
    struct capture capture;
    int status;
    pid_t child;

    (void)state;
    capture_begin(&capture);
    child = fork();
    if (child == 0) {
        free(memory_resize(NULL, SIZE_MAX / 2 + 1, 2));
        _exit(0);
    }
    waitpid(child, &status, 0);
    capture_end(&capture);
    assert_string_equal(capture.text, "level=fatal event=out_of_memory\n");
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EX_OSERR);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config_defaults), cmocka_unit_test(test_config_values),
        cmocka_unit_test(test_config_refused),  cmocka_unit_test(test_config_unreadable),
        cmocka_unit_test(test_config_password), cmocka_unit_test(test_config_password_files),
        cmocka_unit_test(test_log_values),      cmocka_unit_test(test_log_levels),
        cmocka_unit_test(test_log_request),     cmocka_unit_test(test_memory),
        cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
