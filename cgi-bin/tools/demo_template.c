/* SPDX-License-Identifier: MIT */
/* Templates come from our own tables: a word that is not known is our mistake. */
#include "tools/demo_template.h"

#include <assert.h>

const char *const demo_word_names[DEMO_WORD_COUNT] = {
    [DEMO_WORD_NAME] = "name",         [DEMO_WORD_PROJECT] = "project",
    [DEMO_WORD_SHORT] = "short",       [DEMO_WORD_ID] = "id",
    [DEMO_WORD_BUILD_ID] = "buildId",  [DEMO_WORD_REVISION] = "revision",
    [DEMO_WORD_TAG] = "tag",           [DEMO_WORD_BRANCH] = "branch",
    [DEMO_WORD_MEMORY] = "memory",     [DEMO_WORD_MINUTES] = "minutes",
    [DEMO_WORD_REPLICAS] = "replicas", [DEMO_WORD_STEPS] = "steps",
    [DEMO_WORD_USER] = "user",         [DEMO_WORD_MESSAGE] = "message",
    [DEMO_WORD_SHA] = "sha",           [DEMO_WORD_PARENT] = "parent",
    [DEMO_WORD_UUID] = "uuid",         [DEMO_WORD_NUMBER] = "number",
    [DEMO_WORD_OFFSET] = "offset",     [DEMO_WORD_TIME] = "time",
    [DEMO_WORD_SECONDS] = "seconds",   [DEMO_WORD_EVENT] = "event",
    [DEMO_WORD_TRACE] = "trace",       [DEMO_WORD_SPAN] = "span",
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_unreserved(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

static enum demo_word word_of(struct str name)
{
    int word = 0;

    while (word < DEMO_WORD_COUNT && !str_equal(name, str_from(demo_word_names[word])))
        word++;
    assert(word < DEMO_WORD_COUNT);
    return (enum demo_word)word;
}

/* Where the first word's dollar stands, or text.len.  A dollar before anything else is itself. */
static size_t find_word(struct str text)
{
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '$' && is_letter(text.ptr[i + 1]))
            return i;
    return text.len;
}

bool demo_template_next_word(struct str *text, enum demo_word *word)
{
    size_t from = find_word(*text) + 1, to = from;

    if (from > text->len)
        return false;
    while (to < text->len && is_letter(text->ptr[to]))
        to++;
    *word = word_of(str_slice(*text, from, to - from));
    *text = str_slice(*text, to, text->len);
    return true;
}

static void add_literal(struct strbuf *out, struct str literal, enum demo_place place)
{
    for (size_t i = 0; i < literal.len; i++)
        strbuf_add_char(out,
                        place == DEMO_IN_JSON && literal.ptr[i] == '\'' ? '"' : literal.ptr[i]);
}

static void add_encoded(struct strbuf *out, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (is_unreserved(value.ptr[i]))
            strbuf_add_char(out, value.ptr[i]);
        else
            strbuf_printf(out, "%%%02X", (unsigned)(unsigned char)value.ptr[i]);
    }
}

void demo_template_expand(struct strbuf *out, struct str text, const struct demo_words *words,
                          enum demo_place place)
{
    enum demo_word word;

    for (;;) {
        add_literal(out, str_slice(text, 0, find_word(text)), place);
        if (!demo_template_next_word(&text, &word))
            return;
        if (place == DEMO_IN_URL)
            add_encoded(out, words->values[word]);
        else
            strbuf_add(out, words->values[word]);
    }
}
