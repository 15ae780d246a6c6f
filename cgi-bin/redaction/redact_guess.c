/* SPDX-License-Identifier: MIT */
/* The pasted text is read as the header that it may be a piece of, by what reads headers when they are recorded. */
#define _GNU_SOURCE
#include "redaction/redact_guess.h"

#include "base/http_text.h"
#include "base/strbuf.h"

struct guessing {
    const struct redactor *redactor;
    struct arena *arena;
    struct redact_guesses *guesses;
};

static void add_mark(struct guessing *guessing, struct str mark, enum redact_guess_of of)
{
    struct redact_guesses *guesses = guessing->guesses;

    for (size_t i = 0; i < guesses->count; i++)
        if (str_equal(guesses->items[i].mark, mark))
            return;
    if (guesses->count == REDACT_GUESSES_MAX)
        guesses->more = true;
    else
        guesses->items[guesses->count++] =
            (struct redact_guess){arena_copy(guessing->arena, mark), of};
}

static void add(struct guessing *guessing, struct str secret, enum redact_guess_of of)
{
    if (secret.len)
        add_mark(guessing, redactor_fingerprint(guessing->redactor, guessing->arena, secret), of);
}

static void add_marks_in(struct guessing *guessing, struct str text)
{
    for (size_t at = 0, len; redact_find_mark(text, &at, &len); at += len)
        if (len == REDACT_MARK_BYTES)
            add_mark(guessing, str_slice(text, at, len), REDACT_GUESS_INSIDE);
}

/* The marks that a header of this name is stored with. */
static void add_inside(struct guessing *guessing, struct str name, struct str value)
{
    struct strbuf line;
    struct str taken;

    if (!http_is_one_line(value))
        return;
    strbuf_init(&line);
    strbuf_add(&line, name);
    strbuf_add_cstr(&line, ": ");
    strbuf_add(&line, value);
    if (redact_headers(guessing->redactor, guessing->arena, strbuf_str(&line), &taken))
        add_marks_in(guessing, taken);
    explicit_bzero(line.ptr, line.len);
    strbuf_release(&line);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str trim(struct str text)
{
    while (text.len && is_blank(text.ptr[0]))
        text = str_slice(text, 1, text.len - 1);
    while (text.len && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* Where the `:` or `=` behind a name stands; 0: there is none.  What base64 ends with is no value. */
static size_t name_end(struct str text)
{
    size_t at = 0;

    while (at < text.len && text.ptr[at] != ':' && text.ptr[at] != '=')
        at++;
    if (at + 1 >= text.len || text.ptr[at + 1] == '=' || !http_is_token(str_slice(text, 0, at)))
        return 0;
    return at;
}

void redact_guess(const struct redactor *redactor, struct arena *arena, struct str pasted,
                  struct redact_guesses *guesses)
{
    struct guessing guessing = {redactor, arena, guesses};
    struct str all = trim(pasted), value = all;
    size_t end = name_end(all);

    *guesses = (struct redact_guesses){.trimmed = all.len != pasted.len};
    add(&guessing, all, REDACT_GUESS_ALL);
    if (end) {
        value = trim(str_slice(all, end + 1, all.len - end - 1));
        add(&guessing, value, REDACT_GUESS_VALUE);
        if (all.ptr[end] == ':')
            add_inside(&guessing, str_slice(all, 0, end), value);
        else
            add_inside(&guessing, STR("Cookie"), all);
    }
    add_inside(&guessing, STR("Authorization"), value);
    add_marks_in(&guessing, all); /* one that a page shows */
    if (guesses->trimmed)
        add(&guessing, pasted, REDACT_GUESS_PASTED);
}
