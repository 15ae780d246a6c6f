/* SPDX-License-Identifier: MIT */
/* One buffer a file, as LOAD DATA reads it with its own defaults. */
#include "make_out.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 20 };

const char *out_folder;

void out_die(const char *what)
{
    fprintf(stderr, "make_events: %s: %s\n", what, strerror(errno));
    exit(1);
}

void out_flush(struct out *out)
{
    size_t done = 0;

    while (done < out->text.len) {
        ssize_t count = write(out->fd, out->text.ptr + done, out->text.len - done);

        if (count < 0)
            out_die("write");
        done += (size_t)count;
    }
    out->text.len = 0;
}

void out_flush_full(struct out *out)
{
    if (out->text.len > BUFFER_BYTES)
        out_flush(out);
}

void out_close(struct out *out)
{
    if (out->fd < 0)
        return;
    out_flush(out);
    if (close(out->fd) < 0)
        out_die("close");
    out->fd = -1;
}

void out_open(struct out *out, const char *table, uint64_t number)
{
    struct strbuf path;

    strbuf_init(&path);
    strbuf_printf(&path, "%s/%s.%llu", out_folder, table, (unsigned long long)number);
    out->fd = open(path.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out->fd < 0)
        out_die(path.ptr);
    strbuf_release(&path);
}

void out_number(struct out *out, uint64_t number, char end)
{
    char digits[21];
    size_t at = sizeof(digits);

    digits[--at] = end;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    strbuf_add(&out->text, (struct str){digits + at, sizeof(digits) - at});
}

/* Only a backslash has to be marked. */
void out_text(struct out *out, struct str text, char end)
{
    const char *slash;

    while (text.len && (slash = memchr(text.ptr, '\\', text.len))) {
        size_t len = (size_t)(slash - text.ptr) + 1;

        strbuf_add(&out->text, str_slice(text, 0, len));
        strbuf_add_char(&out->text, '\\');
        text = str_slice(text, len, text.len);
    }
    strbuf_add(&out->text, text);
    strbuf_add_char(&out->text, end);
}

void out_hex(struct out *out, const unsigned char *bytes, size_t count, char end)
{
    char *to = strbuf_reserve(&out->text, count * 2 + 1);

    for (size_t i = 0; i < count; i++) {
        to[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        to[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    to[2 * count] = end;
    out->text.len += count * 2 + 1;
}
