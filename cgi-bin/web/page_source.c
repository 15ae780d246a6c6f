/* SPDX-License-Identifier: MIT */
/* Text in, text out: nothing here knows what a template means. */
#define _GNU_SOURCE
#include "web/page_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Appends the whole file.  0 or -1 with errno. */
static int read_all(const char *path, struct strbuf *out)
{
    FILE *file = fopen(path, "re");
    int result = 0;
    size_t bytes;

    if (!file)
        return -1;
    do {
        bytes = fread(strbuf_reserve(out, BUFSIZ), 1, BUFSIZ, file);
        out->len += bytes;
    } while (bytes);
    if (ferror(file))
        result = -1;
    fclose(file);
    return result;
}

/* Where the text of a line begins. */
static struct str without_indentation(struct str line)
{
    size_t blanks = 0;

    while (blanks < line.len && (line.ptr[blanks] == ' ' || line.ptr[blanks] == '\t'))
        blanks++;
    return str_slice(line, blanks, line.len);
}

int page_source_read(const char *path, struct strbuf *out)
{
    struct strbuf whole;
    struct str rest;
    int result = -1;

    strbuf_init(&whole);
    if (read_all(path, &whole) < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    } else if (!str_starts(strbuf_str(&whole), STR(PAGE_SOURCE_PRAGMA))) {
        fprintf(stderr, "%s: does not begin with %s\n", path, PAGE_SOURCE_PRAGMA);
    } else {
        result = 0;
        rest = strbuf_str(&whole);
        while (rest.len) {
            const char *feed = memchr(rest.ptr, '\n', rest.len);
            size_t len = feed ? (size_t)(feed - rest.ptr) + 1 : rest.len;

            strbuf_add(out, without_indentation(str_slice(rest, 0, len)));
            rest = str_slice(rest, len, rest.len);
        }
    }
    strbuf_release(&whole);
    return result;
}

static bool is_the_same_everywhere(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '/' || c == '_' || c == '-'))
            return false;
    }
    return value.len > 0;
}

void page_source_fill(struct strbuf *text, struct str name, struct str value)
{
    struct strbuf filled, marker;
    struct str rest = strbuf_str(text);
    const char *at;

    if (!is_the_same_everywhere(value))
        return;
    strbuf_init(&filled);
    strbuf_init(&marker);
    strbuf_printf(&marker, "{{%.*s}}", STR_ARG(name));
    while (rest.len && (at = memmem(rest.ptr, rest.len, marker.ptr, marker.len))) {
        size_t before = (size_t)(at - rest.ptr);

        strbuf_add(&filled, str_slice(rest, 0, before));
        strbuf_add(&filled, value);
        rest = str_slice(rest, before + marker.len, rest.len);
    }
    strbuf_add(&filled, rest);
    strbuf_release(&marker);
    strbuf_release(text);
    *text = filled;
}
