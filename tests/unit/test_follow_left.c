/* SPDX-License-Identifier: MIT */
/* Files that a follower has put away: the same for as long as nothing changes them, and forgotten when they are gone. */
#include "tools/follow_left.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char folder[] = "/tmp/daybook-test-left-XXXXXX";
static char path[sizeof(folder) + 8];

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/log", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

/* Writes `text` with a given time of the last change. */
static void write_at(const char *text, long nanoseconds)
{
    const struct timespec times[2] = {{1, 0}, {1700000000, nanoseconds}};
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(0, utimensat(AT_FDCWD, path, times, 0));
}

static void test_same_until_it_changes(void **state)
{
    struct follow_left left = {0};
    struct follow_file file;

    (void)state;
    write_at("abc", 1);
    assert_int_equal(0, follow_file_open(&file, path));
    assert_false(follow_left_has(&left, &file));
    follow_left_add(&left, &file, false);
    assert_true(follow_left_has(&left, &file));
    write_at("abc", 2); /* as another file under the same inode */
    assert_false(follow_left_has(&left, &file));
    write_at("abcd", 1);
    assert_false(follow_left_has(&left, &file));
    follow_left_add(&left, &file, false);
    assert_true(follow_left_has(&left, &file));
    assert_int_equal(1, left.count);
    follow_file_close(&file);
    follow_left_release(&left);
}

static void test_unreadable_until_it_is_gone(void **state)
{
    struct follow_left left = {0};
    struct follow_file file;

    (void)state;
    write_at("abc", 1);
    assert_int_equal(0, follow_file_open(&file, path));
    follow_left_add(&left, &file, true);
    write_at("abcdef", 2);
    assert_true(follow_left_is_unreadable(&left, &file));
    follow_left_add(&left, &file, true);
    follow_left_look_begins(&left);
    assert_true(follow_left_has(&left, &file));
    follow_left_look_ends(&left);
    assert_true(follow_left_is_unreadable(&left, &file));
    follow_left_look_begins(&left);
    follow_left_look_ends(&left);
    assert_int_equal(0, left.count);
    assert_false(follow_left_is_unreadable(&left, &file));
    follow_file_close(&file);
    follow_left_release(&left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_until_it_changes),
        cmocka_unit_test(test_unreadable_until_it_is_gone),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
