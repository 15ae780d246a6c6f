/* SPDX-License-Identifier: MIT */
/* One table of keys; whatever is not in it is refused by name. */
#define _GNU_SOURCE
#include "base/config.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/parse.h"

enum { KEY_LINE_BYTES = 1024 };

enum key_kind { KEY_TEXT, KEY_NUMBER };

struct key {
    const char *name;
    enum key_kind kind;
    size_t offset;
    const char *initial;
    uint64_t max;
};

static const struct key keys[] = {
    {"database_socket", KEY_TEXT, offsetof(struct config, database_socket), "", 0},
    {"database_host", KEY_TEXT, offsetof(struct config, database_host), "", 0},
    {"database_port", KEY_NUMBER, offsetof(struct config, database_port), "3306", 65535},
    {"database_name", KEY_TEXT, offsetof(struct config, database_name), "daybook", 0},
    {"reader_user", KEY_TEXT, offsetof(struct config, user[CONFIG_READER]), "reader", 0},
    {"recorder_user", KEY_TEXT, offsetof(struct config, user[CONFIG_RECORDER]), "recorder", 0},
    {"maintainer_user", KEY_TEXT, offsetof(struct config, user[CONFIG_MAINTAINER]), "maintainer",
     0},
    {"manager_user", KEY_TEXT, offsetof(struct config, user[CONFIG_MANAGER]), "manager", 0},
    {"reader_password_file", KEY_TEXT, offsetof(struct config, password_file[CONFIG_READER]), "",
     0},
    {"recorder_password_file", KEY_TEXT, offsetof(struct config, password_file[CONFIG_RECORDER]),
     "", 0},
    {"maintainer_password_file", KEY_TEXT,
     offsetof(struct config, password_file[CONFIG_MAINTAINER]), "", 0},
    {"manager_password_file", KEY_TEXT, offsetof(struct config, password_file[CONFIG_MANAGER]), "",
     0},
    {"templates_dir", KEY_TEXT, offsetof(struct config, templates_dir), "templates", 0},
    {"redaction_key_file", KEY_TEXT, offsetof(struct config, redaction_key_file), "", 0},
    {"cache_dir", KEY_TEXT, offsetof(struct config, cache_dir), "", 0},
    {"cache_max_bytes", KEY_NUMBER, offsetof(struct config, cache_max_bytes), "0", 1099511627776},
    {"segment_events", KEY_NUMBER, offsetof(struct config, segment_events), "60000", 60000},
    {"text_index_percent", KEY_NUMBER, offsetof(struct config, text_index_percent), "20", 100},
    {"search_ms", KEY_NUMBER, offsetof(struct config, search_ms), "2000", 60000},
    {"kept_pages_bytes", KEY_NUMBER, offsetof(struct config, kept_pages_bytes), "1048576",
     1073741824},
    {"record_commands", KEY_NUMBER, offsetof(struct config, record_commands), "1", 1},
    {"body_max_bytes", KEY_NUMBER, offsetof(struct config, body_max_bytes), "1048576", 16777215},
    {"body_head_max_bytes", KEY_NUMBER, offsetof(struct config, body_head_max_bytes), "4096",
     65535},
};
enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

static int set_key(struct config *config, const struct key *key, struct str value)
{
    char *field = (char *)config + key->offset;
    uint64_t number;

    if (key->kind == KEY_TEXT) {
        char *text = memory_new(value.len + 1);

        if (value.len)
            memcpy(text, value.ptr, value.len);
        free(*(char **)(void *)field);
        *(char **)(void *)field = text;
        return 0;
    }
    if (!parse_u64(value, 0, key->max, &number))
        return -1;
    *(uint64_t *)(void *)field = number;
    return 0;
}

static int key_index(struct str name)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (str_equal(name, str_from(keys[i].name)))
            return i;
    return -1;
}

/* NULL, or what is wrong with the line. */
static const char *read_line(struct config *config, struct str line, bool seen[KEY_COUNT])
{
    const char *equals;
    int index;

    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return NULL;
    equals = memchr(line.ptr, '=', line.len);
    if (!equals)
        return "expected key = value";
    index = key_index(str_trim(str_slice(line, 0, (size_t)(equals - line.ptr))));
    if (index < 0)
        return "unknown key";
    if (seen[index])
        return "repeated key";
    seen[index] = true;
    if (set_key(config, &keys[index],
                str_trim(str_slice(line, (size_t)(equals - line.ptr) + 1, line.len))) < 0)
        return "number out of range";
    return NULL;
}

int config_load(struct config *config, const char *path)
{
    bool seen[KEY_COUNT] = {false};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    int number = 0, result = 0;
    FILE *file;

    *config = (struct config){0};
    for (int i = 0; i < KEY_COUNT; i++)
        set_key(config, &keys[i], str_from(keys[i].initial));
    file = fopen(path, "re");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        config_release(config);
        return -1;
    }
    while (result == 0 && (len = getline(&line, &capacity, file)) >= 0) {
        const char *wrong;

        number++;
        if (len > 0 && line[len - 1] == '\n')
            len--;
        wrong = read_line(config, (struct str){line, (size_t)len}, seen);
        if (wrong) {
            fprintf(stderr, "%s:%d: %s\n", path, number, wrong);
            result = -1;
        }
    }
    if (ferror(file)) { /* a directory opens, but cannot be read */
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        result = -1;
    }
    free(line);
    fclose(file);
    if (result < 0)
        config_release(config);
    return result;
}

void config_release(struct config *config)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (keys[i].kind == KEY_TEXT)
            free(*(char **)(void *)((char *)config + keys[i].offset));
    *config = (struct config){0};
}

/* The first line of a file into `out`, without its end.  -1 after one line on stderr. */
static int read_first_line(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "re");

    if (!file || !fgets(out, (int)size, file)) {
        fprintf(stderr, "%s: %s\n", path, file ? "is empty" : strerror(errno));
        if (file)
            fclose(file);
        return -1;
    }
    out[strcspn(out, "\r\n")] = '\0';
    fclose(file);
    return 0;
}

int config_password(const struct config *config, enum config_role role, char *out, size_t size)
{
    const char *path = config->password_file[role];

    out[0] = '\0';
    return path[0] == '\0' ? 0 : read_first_line(path, out, size);
}

int config_redaction_key(const struct config *config, unsigned char key[CONFIG_KEY_BYTES])
{
    const char *path = config->redaction_key_file;
    char line[KEY_LINE_BYTES];

    static_assert((int)CONFIG_KEY_BYTES == (int)DIGEST_BYTES, "a key is a digest");
    if (path[0] == '\0')
        return 0;
    if (read_first_line(path, line, sizeof(line)) < 0)
        return -1;
    if (line[0] == '\0') {
        fprintf(stderr, "%s: the first line is empty\n", path);
        return -1;
    }
    digest_sha256(str_from(line), key);
    return 1;
}
