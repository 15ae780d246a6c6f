/* SPDX-License-Identifier: MIT */
/*
 * daybook.conf: lines `key = value`, `#` begins a comment line, blank lines are skipped.  Every key
 * is explained in deploy/daybook.conf.example.
 */
#ifndef DAYBOOK_BASE_CONFIG_H
#define DAYBOOK_BASE_CONFIG_H

#include "base/str.h"

#include <stdint.h>

/* The database users; each has the rights of one task (schema/grants.sql). */
enum config_role {
    CONFIG_READER,
    CONFIG_RECORDER,
    CONFIG_MAINTAINER,
    CONFIG_MANAGER,
    CONFIG_ROLE_COUNT
};

struct config {
    char *database_socket; /* unix socket; empty: host and port are used */
    char *database_host;
    uint64_t database_port;
    char *database_name;
    char *user[CONFIG_ROLE_COUNT];
    char *password_file[CONFIG_ROLE_COUNT];
    char *templates_dir;
    char *redaction_key_file;
    char *cache_dir;          /* files that all processes map; empty: there are none */
    uint64_t cache_max_bytes; /* 0: a quarter of the memory */
    uint64_t segment_events;  /* how many events a segment is filled with */
    uint64_t
        text_index_percent; /* of the disk that holds cache_dir, at most; 0: texts are not indexed */
    uint64_t search_ms;     /* how long a page looks through texts */
    uint64_t kept_pages_bytes;    /* what a process may keep of pages that it has made; 0: none */
    uint64_t record_commands;     /* 1: what the command changes is an event too */
    uint64_t body_max_bytes;      /* a longer request body is cut, its true length kept */
    uint64_t body_head_max_bytes; /* of a response body */
};

/* The bytes of a key that is read from a file. */
enum { CONFIG_KEY_BYTES = 32 };

/*
 * Reads `path` into `config`.  0; or -1 after one line on stderr that names file, line and what is
 * wrong (missing file, unknown or repeated key, bad number).  On success config_release() is due.
 */
int config_load(struct config *config, const char *path);
void config_release(struct config *config);

/*
 * The password of `role`: the first line of its file, in `out` (at most `size` - 1 bytes and a NUL).
 * An empty file name gives an empty password.  -1 after one line on stderr.
 */
int config_password(const struct config *config, enum config_role role, char *out, size_t size);

/*
 * The key of the marks that stand where secrets were: the SHA-256 of the first line of its file, which must not be empty.
 * 1; 0 when no file is named, so there is no key; -1 after one line on stderr.
 */
int config_redaction_key(const struct config *config, unsigned char key[CONFIG_KEY_BYTES]);

#endif
