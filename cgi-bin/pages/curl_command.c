/* SPDX-License-Identifier: MIT */
/* What stands in quotes is a stranger's: shell_append_word() is the only way into the command. */
#include "pages/curl_command.h"

#include "base/shell.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "redaction/redact.h"
#include "pages/sent_headers.h"

/* A longer argument is refused by Linux (128 KiB); escapes make four bytes of one. */
enum { ARGUMENT_BYTES_MAX = 30 * 1024 };

/* Set by curl for the connection that it makes. */
static const struct str of_connection[] = {
    STR("host"),
    STR("content-length"),
    STR("transfer-encoding"),
    STR("connection"),
    STR("expect"),
    STR("keep-alive"),
    STR("proxy-connection"),
    STR("upgrade"),
    STR("trailer"),
    STR("te"),
};

/* Sent by curl unless it is told not to. */
static const struct str by_itself[] = {STR("Accept"), STR("User-Agent"), STR("Content-Type")};

/* curl would encode other bytes than these, and cannot append what is no path. */
static void append_url(struct strbuf *out, struct str url)
{
    bool can_be_appended =
        url.len == 0 || (shell_is_plain(url) && url.ptr[0] == '/' &&
                         !memchr(url.ptr, ' ', url.len) && !memchr(url.ptr, '#', url.len));

    if (!can_be_appended) {
        strbuf_add_cstr(out, " --request-target ");
        shell_append_word(out, url);
    }
    strbuf_add_cstr(out, " \"$URL\"");
    if (can_be_appended && url.len)
        shell_append_word(out, url);
}

static bool is_among(struct str name, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_folded(name, names[i]))
            return true;
    return false;
}

/* Behind a header's value curl takes a file for "@", and a line end would begin another header. */
static bool can_be_sent(const struct sent_header *header)
{
    return !memchr(header->name.ptr, '\0', header->name.len) && header->name.ptr[0] != '@' &&
           (header->value.len == 0 || (!memchr(header->value.ptr, '\n', header->value.len) &&
                                       !memchr(header->value.ptr, '\r', header->value.len) &&
                                       !memchr(header->value.ptr, '\0', header->value.len)));
}

static void append_headers(struct strbuf *out, struct arena *arena, struct str text)
{
    size_t count;
    const struct sent_header *headers = sent_headers_read(arena, text, &count);

    for (size_t i = 0; i < count; i++) {
        struct str name = headers[i].name, value = headers[i].value;

        if (!can_be_sent(&headers[i]) ||
            is_among(name, of_connection, sizeof(of_connection) / sizeof(of_connection[0])))
            continue;
        strbuf_add_cstr(out, " \\\n  -H ");
        shell_append_word(
            out, value.len ? arena_printf(arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(value))
                           : arena_printf(arena, "%.*s;", STR_ARG(name)));
    }
    for (size_t i = 0; i < sizeof(by_itself) / sizeof(by_itself[0]); i++) {
        bool is_sent = false;

        for (size_t k = 0; k < count; k++)
            is_sent = is_sent || str_equal_folded(headers[k].name, by_itself[i]);
        if (!is_sent)
            strbuf_printf(out, " \\\n  -H '%.*s:'", STR_ARG(by_itself[i]));
    }
}

static bool is_in_file(const struct event *event)
{
    return !utf8_is_text(event->body) || event->body.len > ARGUMENT_BYTES_MAX;
}

static bool has_mark(const struct event *event)
{
    const struct str texts[] = {event->url, event->headers, event->body};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t at = 0, len;

        if (redact_find_mark(texts[i], &at, &len))
            return true;
    }
    return false;
}

static void append_comments(struct strbuf *out, const struct event *event)
{
    strbuf_add_cstr(out, "# For bash, zsh or ksh. URL is the server to send it to: "
                         "URL=http://127.0.0.1:3000\n");
    if (has_mark(event))
        strbuf_add_cstr(
            out,
            "# Secrets are not kept: put yours where redacted stands, alone or with digits.\n");
    if (event->body_bytes > event->body.len)
        strbuf_printf(out, "# Of %llu bytes of the body only the first %zu were kept.\n",
                      (unsigned long long)event->body_bytes, event->body.len);
    if (is_in_file(event))
        strbuf_printf(
            out,
            "# The body is not part of the command: download it from the page of the call as "
            "%016llx-body.bin\n",
            (unsigned long long)event->id);
}

struct str curl_command(struct arena *arena, const struct event *event)
{
    struct str method = event->method.len ? event->method : STR("GET");
    struct strbuf out;
    struct str text;

    strbuf_init(&out);
    append_comments(&out, event);
    strbuf_add_cstr(&out, "curl --globoff --path-as-is ");
    if (str_equal(method, STR("HEAD")) && event->body.len == 0) {
        strbuf_add_cstr(&out, "--head");
    } else {
        strbuf_add_cstr(&out, "-X ");
        shell_append_word(&out, method);
    }
    append_url(&out, event->url);
    append_headers(&out, arena, event->headers);
    if (event->body.len && is_in_file(event)) {
        strbuf_printf(&out, " \\\n  --data-binary @%016llx-body.bin",
                      (unsigned long long)event->id);
    } else if (event->body.len) {
        strbuf_add_cstr(&out, " \\\n  --data-raw ");
        shell_append_word(&out, event->body);
    }
    strbuf_add_char(&out, '\n');
    text = arena_copy(arena, strbuf_str(&out));
    strbuf_release(&out);
    return text;
}
