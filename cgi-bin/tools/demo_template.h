/* SPDX-License-Identifier: MIT */
/* Texts with words in them: "/api/pipelines/$name" becomes "/api/pipelines/demo%2Fbuild". */
#ifndef DAYBOOK_TOOLS_DEMO_TEMPLATE_H
#define DAYBOOK_TOOLS_DEMO_TEMPLATE_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>

enum demo_word {
    DEMO_WORD_NAME,    /* of the entity: "shop/build" … */
    DEMO_WORD_PROJECT, /* … its part before the slash, or all of it … */
    DEMO_WORD_SHORT,   /* … and behind it */
    DEMO_WORD_ID,
    DEMO_WORD_BUILD_ID,
    DEMO_WORD_REVISION, /* how often it was changed; the next six change with it */
    DEMO_WORD_TAG,
    DEMO_WORD_BRANCH,
    DEMO_WORD_MEMORY,
    DEMO_WORD_MINUTES,
    DEMO_WORD_REPLICAS,
    DEMO_WORD_STEPS, /* members of a JSON object */
    DEMO_WORD_USER,
    DEMO_WORD_MESSAGE, /* of a commit */
    DEMO_WORD_SHA,
    DEMO_WORD_PARENT, /* the commit before */
    DEMO_WORD_UUID,
    DEMO_WORD_NUMBER,
    DEMO_WORD_OFFSET,
    DEMO_WORD_TIME,
    DEMO_WORD_SECONDS,
    DEMO_WORD_EVENT,
    DEMO_WORD_TRACE,
    DEMO_WORD_SPAN,
    DEMO_WORD_COUNT
};

/* How `$word` is written in a template, without the dollar. */
extern const char *const demo_word_names[DEMO_WORD_COUNT];

struct demo_words {
    struct str values[DEMO_WORD_COUNT];
};

/* Where the result will stand. */
enum demo_place {
    DEMO_PLAIN,
    DEMO_IN_JSON, /* a ' of the template becomes a quote */
    DEMO_IN_URL,  /* values are percent-encoded, slashes too */
};

/* Appends `text` with the values of its words. */
void demo_template_expand(struct strbuf *out, struct str text, const struct demo_words *words,
                          enum demo_place place);

/* Cuts the next word, and all before it, off the front of `text`; false when none is left. */
bool demo_template_next_word(struct str *text, enum demo_word *word);

#endif
