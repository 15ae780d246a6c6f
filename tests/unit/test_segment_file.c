/* SPDX-License-Identifier: MIT */
/* The cache: what is written is mapped again, what is not ours or looks odd is not, and only what is ours is removed. */
#define _GNU_SOURCE
#include "index/segment_file.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/digest.h"
#include "check.h"

enum { PATH_BYTES = 128, DAY_S = 24 * 3600 };

static char root[] = "/tmp/daybook-cache-XXXXXX";
static char cache[PATH_BYTES];
static struct config config = {.cache_dir = cache};

static int set_up(void **state)
{
    (void)state;
    umask(077);
    if (!mkdtemp(root))
        return -1;
    snprintf(cache, sizeof(cache), "%s/cache", root);
    return 0;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about;
    (void)type;
    (void)place;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *in_cache(const char *name)
{
    static char path[2 * PATH_BYTES];

    snprintf(path, sizeof(path), "%s/%s", cache, name);
    return path;
}

static mode_t mode_of(const char *name)
{
    struct stat about;

    return lstat(in_cache(name), &about) == 0 ? about.st_mode : 0;
}

static void put(const char *name, const char *text, mode_t mode)
{
    int fd = open(in_cache(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void set_age(const char *name, time_t age_s)
{
    const struct timeval times[2] = {{time(NULL) - age_s, 0}, {time(NULL) - age_s, 0}};

    assert_int_equal(utimes(in_cache(name), times), 0);
}

static struct segment_file write_one(uint32_t account_id, unsigned kind, uint32_t number,
                                     const char *text)
{
    struct segment_file file = {account_id, kind, number, segment_file_checksum(str_from(text))};

    assert_int_equal(segment_file_write(&config, &file, str_from(text)), 0);
    return file;
}

static bool holds(const struct segment_file *file, const char *text)
{
    struct str mapped = segment_file_map(&config, file);
    bool same = str_equal(mapped, str_from(text));

    segment_file_unmap(mapped);
    return same;
}

static void test_no_cache(void **state)
{
    struct config none = {.cache_dir = (char[]){""}};
    struct segment_file file = {1, 1, 1, 1};

    (void)state;
    assert_int_equal(segment_file_write(&none, &file, STR("text")), 0);
    assert_int_equal(segment_file_map(&none, &file).len, 0);
    segment_file_used(&none, 1, 1);
    segment_file_remove(&none, &file);
    segment_file_sweep(&none, 1, 1, NULL, 0, 0);
    segment_file_evict(&none);
}

static void test_round_trip(void **state)
{
    struct segment_file file, other;

    (void)state;
    file = write_one(7, 2, 12, "abc");
    /* SHA-256 of "abc" is that of FIPS 180-4, appendix B.1. */
    assert_true(file.checksum == UINT64_C(0xba7816bf8f01cfea));
    assert_true(holds(&file, "abc"));
    assert_int_equal(mode_of("7-2/12-ba7816bf8f01cfea"), S_IFREG | 0640);
    assert_int_equal(mode_of("7-2"), S_IFDIR | 0750);
    assert_int_equal(mode_of(""), S_IFDIR | 0750);
    other = file;
    other.number = 13;
    assert_true(holds(&other, ""));
    segment_file_remove(&config, &file);
    assert_true(holds(&file, ""));
    segment_file_remove(&config, &file);
}

static void test_odd_files(void **state)
{
    static const char name[] = "7-2/12-ba7816bf8f01cfea";
    struct segment_file file = write_one(7, 2, 12, "abc");

    (void)state;
    chmod(in_cache(name), 0666);
    assert_true(holds(&file, ""));
    assert_int_equal(segment_file_write(&config, &file, STR("abc")), 0);
    assert_int_equal(mode_of(name), S_IFREG | 0640);
    assert_true(holds(&file, "abc"));
    put("other", "abc", 0640);
    assert_int_equal(unlink(in_cache(name)), 0);
    assert_int_equal(symlink("../other", in_cache(name)), 0);
    assert_true(holds(&file, ""));
    assert_int_equal(segment_file_write(&config, &file, STR("abc")), 0);
    assert_true(holds(&file, "abc"));
    assert_int_equal(unlink(in_cache(name)), 0);
    assert_int_equal(mkfifo(in_cache(name), 0600), 0);
    assert_true(holds(&file, ""));
    assert_int_equal(unlink(in_cache(name)), 0);
    put(name, "", 0640);
    assert_true(holds(&file, ""));
    assert_int_equal(unlink(in_cache(name)), 0);
    assert_int_equal(unlink(in_cache("other")), 0);
}

static void test_linked_folder(void **state)
{
    struct segment_file file = {8, 1, 1, segment_file_checksum(STR("abc"))};

    (void)state;
    assert_int_equal(symlink("7-2", in_cache("8-1")), 0);
    assert_int_equal(segment_file_write(&config, &file, STR("abc")), -1);
    assert_true(holds(&file, ""));
    assert_int_equal(unlink(in_cache("8-1")), 0);
}

static void test_sweep(void **state)
{
    static const char *const foreign[] = {
        "9-1/1-ba7816bf8f01cfea.text", "9-1/01-ba7816bf8f01cfea",    "9-1/1-ba7816bf8f01cfe",
        "9-1/1-BA7816BF8F01CFEA",      "9-1/1-ba7816bf8f01cfea.new", "9-1/README",
    };
    struct segment_file old = write_one(9, 1, 1, "old"), new = write_one(9, 1, 1, "new");
    struct segment_file young = write_one(9, 1, 2, "young");

    (void)state;
    for (size_t i = 0; i < COUNT(foreign); i++) {
        put(foreign[i], "x", 0640);
        set_age(foreign[i], DAY_S);
    }
    set_age("9-1/1-cba06b5736faf67e", 100); /* printf old | sha256sum */
    segment_file_sweep(&config, 9, 1, &new, 1, 60);
    assert_true(holds(&old, "") && holds(&new, "new") && holds(&young, "young"));
    segment_file_sweep(&config, 9, 1, &new, 1, 0);
    assert_true(holds(&new, "new") && holds(&young, ""));
    segment_file_sweep(&config, 9, 1, NULL, 0, 0);
    assert_true(holds(&new, ""));
    for (size_t i = 0; i < COUNT(foreign); i++)
        EXPECT(foreign[i], mode_of(foreign[i]) != 0);
}

static void test_evict(void **state)
{
    static const char *const foreign[] = {"note", "11-1/1-ba7816bf8f01cfea.text", "11-1/note",
                                          "11-x", "011-1"};
    static const char left[] = "11-1/1-ba7816bf8f01cfea.0123456789abcdef.new";
    struct segment_file first = write_one(11, 1, 1, "0123456789"),
                        second = write_one(12, 1, 1, "abcdefghij"),
                        third = write_one(13, 0, 1, "ABCDEFGHIJ");

    (void)state;
    for (size_t i = 0; i < COUNT(foreign); i++)
        put(foreign[i], "a text that is longer than the limit is", 0640);
    put(left, "x", 0640);
    segment_file_evict(&config);
    assert_true(holds(&first, "0123456789") && mode_of(left));
    set_age(left, DAY_S);
    set_age("11-1", 3 * DAY_S);
    set_age("12-1", 2 * DAY_S);
    set_age("13-0", DAY_S);
    segment_file_used(&config, 12, 1);
    config.cache_max_bytes = 20;
    segment_file_evict(&config);
    assert_true(holds(&first, "") && holds(&second, "abcdefghij") && holds(&third, "ABCDEFGHIJ"));
    assert_false(mode_of(left));
    config.cache_max_bytes = 19;
    segment_file_evict(&config);
    assert_true(holds(&second, "abcdefghij") && holds(&third, ""));
    assert_false(mode_of("13-0"));
    for (size_t i = 0; i < COUNT(foreign); i++)
        EXPECT(foreign[i], mode_of(foreign[i]) != 0);
    config.cache_max_bytes = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_cache),  cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_odd_files), cmocka_unit_test(test_linked_folder),
        cmocka_unit_test(test_sweep),     cmocka_unit_test(test_evict),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
