/* SPDX-License-Identifier: MIT */
/*
 * JSON, also where it is cut: goes from token to token with one frame for each open container.  What is not JSON it leaves to
 * redact_text().
 */
#include "redaction/redact_json_private.h"

#include "base/json.h"

enum { FIRST_FRAMES = 16 };

bool redact_json_has_hit(struct redact_walk *walk, size_t begin, size_t end)
{
    struct redact_ahead *ahead = walk->ahead;

    if (ahead->has_hit && ahead->hit.at < begin)
        redact_look_ahead(walk->job, walk->view, begin, walk->end, ahead);
    return ahead->has_hit && ahead->hit.at < end;
}

static int peek(const struct redact_walk *walk)
{
    return walk->at < walk->end ? (unsigned char)walk->view->text.ptr[walk->at] : -1;
}

static void skip_space(struct redact_walk *walk)
{
    int c = peek(walk);

    while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        walk->at++;
        c = peek(walk);
    }
}

/* Over the string at `at`: its inside.  Without a closing quote it goes to the end. */
static void take_string(struct redact_walk *walk, size_t *begin, size_t *end)
{
    const char *text = walk->view->text.ptr;
    size_t at = walk->at + 1;

    *begin = at;
    for (;;) {
        const char *quote = at < walk->end ? memchr(text + at, '"', walk->end - at) : NULL;
        size_t backslashes = 0;

        if (!quote) {
            *end = walk->at = walk->end;
            return;
        }
        at = (size_t)(quote - text);
        while (at - backslashes > *begin && text[at - backslashes - 1] == '\\')
            backslashes++;
        if (backslashes % 2 == 0) {
            *end = at;
            walk->at = at + 1;
            return;
        }
        at++;
    }
}

/* The innermost container, NULL outside; until the next one is opened. */
static struct redact_frame *top(struct redact_walk *walk)
{
    const struct redact_job *job = walk->job;

    return job->frame_count > walk->base ? &job->frames[job->frame_count - 1] : NULL;
}

/* ---- Values ---- */

/* Most escapes hide nothing, and a view of each would take many times its length. */
static bool has_decoded_hit(struct redact_walk *walk, size_t begin, size_t end)
{
    struct str text = redact_decode_json(walk->job, redact_range(walk->view, begin, end));

    return redact_has_hit(walk->job, &(struct redact_view){.text = text}, 0, text.len);
}

/* The inside of a string. */
static void take_leaf(struct redact_walk *walk, size_t begin, size_t end, enum redact_class class)
{
    const struct redact_view *view = walk->view;
    bool escaped;

    if (begin >= end || (class == CLASS_NONE && !redact_json_has_hit(walk, begin, end)))
        return;
    escaped = memchr(view->text.ptr + begin, '\\', end - begin) != NULL;
    if (escaped && class == CLASS_NONE && !has_decoded_hit(walk, begin, end))
        return;
    if (escaped && view->depth < REDACT_DEPTH_MAX) {
        view = redact_view_json(walk->job, view, begin, end);
        begin = 0;
        end = view->text.len;
    }
    if (class == CLASS_NONE)
        redact_any(walk->job, view, begin, end, PLACE_TEXT);
    else
        redact_value(walk->job, view, begin, end, class);
}

static void string_value(struct redact_walk *walk, enum redact_class class)
{
    struct redact_frame *frame = top(walk);
    size_t begin, end, quote = walk->at;

    take_string(walk, &begin, &end);
    redact_json_note_value(walk, frame, quote, walk->at);
    if (class == CLASS_NONE && frame)
        redact_json_note_string(walk, frame, begin, end);
    take_leaf(walk, begin, end, redact_class_quoted(class));
}

static bool is_number_byte(int c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/* A number or one of the three words.  False when it is neither. */
static bool bare_value(struct redact_walk *walk, enum redact_class class)
{
    static const struct str words[] = {STR("true"), STR("false"), STR("null")};
    struct redact_frame *frame = top(walk);
    struct str rest = redact_range(walk->view, walk->at, walk->end);
    size_t begin = walk->at;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!str_starts(rest, words[i]))
            continue;
        walk->at += words[i].len;
        if (i == 0 && frame && walk->role == ROLE_MASK)
            frame->is_masked = true;
        return true;
    }
    while (is_number_byte(peek(walk)))
        walk->at++;
    if (walk->at == begin)
        return false;
    redact_json_note_value(walk, frame, begin, walk->at);
    if (class != CLASS_NONE && class != CLASS_WORDS && class != CLASS_COUNT &&
        class != CLASS_SCALAR)
        redact_replace(walk->job, walk->view, begin, walk->at,
                       redact_range(walk->view, begin, walk->at), true);
    return true;
}

static struct redact_frame *add_frame(struct redact_job *job)
{
    if (job->frame_count == job->frame_capacity) {
        size_t capacity = job->frame_capacity ? job->frame_capacity * 4 : FIRST_FRAMES;
        struct redact_frame *grown = arena_array(job->arena, capacity, sizeof(*grown));

        if (job->frames)
            memcpy(grown, job->frames, job->frame_count * sizeof(*grown));
        job->frames = grown;
        job->frame_capacity = capacity;
    }
    return &job->frames[job->frame_count++];
}

static bool open_container(struct redact_walk *walk, bool object, enum redact_class inside)
{
    struct redact_frame *outer = top(walk);
    bool secret_data = outer && outer->secret_data;
    bool outer_is_object = outer && outer->object;

    if (walk->job->frame_count - walk->base == JSON_MAX_DEPTH)
        return false;
    redact_json_note_value(walk, outer, walk->at, walk->end);
    *add_frame(walk->job) = (struct redact_frame){
        .object = object,
        .inside = inside == CLASS_SCALAR   ? CLASS_NONE
                  : inside == CLASS_RIGHTS ? CLASS_SECRET
                                           : inside,
        .secret_data = secret_data,
        .is_place = outer_is_object && !object && walk->role == ROLE_PLACE,
    };
    walk->at++;
    return true;
}

static void close_container(struct redact_walk *walk)
{
    struct redact_frame frame = *top(walk);
    struct redact_frame *outer;

    walk->job->frame_count--;
    outer = top(walk);
    if (outer && outer->target)
        outer->passed[outer->target]->end = walk->at;
    redact_json_look_back(walk, &frame);
}

/* ---- Members ---- */

static enum redact_class member_class(struct redact_walk *walk, struct redact_frame *frame,
                                      size_t begin, size_t end)
{
    struct str name = redact_range(walk->view, begin, end);
    enum redact_class class = CLASS_NONE;
    bool hit = redact_json_has_hit(walk, begin, end);

    if (hit)
        name = redact_decode_json(walk->job, name);
    walk->role = redact_json_role(name);
    if (frame->inside != CLASS_NONE)
        return frame->inside;
    if (hit && !redact_begins_json(name))
        class = redact_name_class(walk->job->redactor, name, walk->place);
    if (class == CLASS_NONE && frame->secret_data &&
        (walk->role == ROLE_DATA || walk->role == ROLE_STRING_DATA))
        class = CLASS_SECRET;
    return class;
}

/* JSON, or what has a form of its own?  Words do not count: a name is no sentence, and names of words are many. */
static bool holds_secrets(const struct redact_job *job, struct str name)
{
    struct redact_hit hit;
    size_t at = 0;

    if (redact_begins_json(name))
        return true;
    for (; redact_next_hit(job->redactor->stems, name, at, name.len, &hit); at = hit.at + hit.len)
        if (hit.stem->kind != STEM_NAME && hit.stem->kind != STEM_ESCAPE)
            return true;
    return false;
}

/* Whatever a name holds, it names nothing by that: read like any text, what it says would change with what was replaced in it. */
static void take_key(struct redact_walk *walk, size_t begin, size_t end)
{
    const struct redact_view *view = walk->view;
    struct redact_job *job = walk->job;

    if (!redact_json_has_hit(walk, begin, end) ||
        !holds_secrets(job, redact_decode_json(job, redact_range(view, begin, end))))
        return;
    if (memchr(view->text.ptr + begin, '\\', end - begin) && view->depth < REDACT_DEPTH_MAX) {
        view = redact_view_json(job, view, begin, end);
        begin = 0;
        end = view->text.len;
    }
    if (redact_begins_json(redact_range(view, begin, end)))
        redact_any(job, view, begin, end, PLACE_TEXT);
    else
        redact_patterns(job, view, begin, end);
}

/* Reads name and colon; false when they are none. */
static bool take_name(struct redact_walk *walk, enum redact_class *class)
{
    struct redact_frame *frame = top(walk);
    size_t begin, end;

    skip_space(walk);
    walk->resume = walk->at;
    if (peek(walk) != '"')
        return false;
    take_string(walk, &begin, &end);
    *class = member_class(walk, frame, begin, end);
    frame->target = walk->role < ROLE_PASSED_COUNT ? walk->role : ROLE_NONE;
    take_key(walk, begin, end); /* last: frames may move */
    skip_space(walk);
    if (peek(walk) != ':')
        return false;
    walk->at++;
    return true;
}

static enum redact_class element_class(struct redact_walk *walk)
{
    struct redact_frame *frame = top(walk);
    enum redact_class class = frame->inside != CLASS_NONE ? frame->inside : frame->next;

    walk->role = ROLE_NONE;
    walk->resume = walk->at;
    frame->next = CLASS_NONE;
    return class;
}

/* To the next value: closes what ends, reads a member's name.  False at the end, or where it is no JSON. */
static bool next_value(struct redact_walk *walk, bool opened, enum redact_class *class)
{
    for (;;) {
        struct redact_frame *frame = top(walk);
        int close = frame && frame->object ? '}' : ']';

        if (!frame)
            return false;
        skip_space(walk);
        walk->resume = walk->at;
        if (peek(walk) == close) {
            walk->at++;
            close_container(walk);
            walk->resume = walk->at;
            opened = false;
            continue;
        }
        if (!opened) {
            if (peek(walk) != ',')
                return false;
            walk->at++;
            frame->index++;
        }
        if (frame->object)
            return take_name(walk, class);
        *class = element_class(walk);
        return true;
    }
}

static void walk_values(struct redact_walk *walk, enum redact_class class)
{
    bool opened;

    do {
        int c;

        skip_space(walk);
        c = peek(walk);
        opened = c == '{' || c == '[';
        if (opened) {
            if (!open_container(walk, c == '{', class))
                return;
        } else if (c == '"') {
            string_value(walk, class);
        } else if (!bare_value(walk, class)) {
            return;
        }
        if (!top(walk))
            walk->resume = walk->at;
    } while (next_value(walk, opened, &class));
}

/* What is still open at the end was cut, or is no JSON from there on: what is known of it counts. */
static void end_walk(struct redact_walk *walk)
{
    walk->whole = !top(walk) && walk->resume == walk->at;
    while (top(walk)) {
        struct redact_frame frame = *top(walk);

        walk->job->frame_count--;
        redact_json_look_back(walk, &frame);
    }
    if (walk->at >= walk->end)
        walk->resume = walk->end;
}

static size_t run_walk(struct redact_walk *walk, enum redact_class class, bool secret_data)
{
    if (secret_data) {
        skip_space(walk);
        if (peek(walk) == '{' || peek(walk) == '[') {
            bool opened = open_container(walk, peek(walk) == '{', class);
            enum redact_class first = CLASS_NONE;

            top(walk)->secret_data = true;
            if (opened && next_value(walk, true, &first))
                walk_values(walk, first);
            end_walk(walk);
            return walk->resume;
        }
    }
    walk_values(walk, class);
    end_walk(walk);
    return walk->resume;
}

void redact_json_again(struct redact_walk *walk, const struct redact_passed *range,
                       enum redact_class inside, bool secret_data)
{
    struct redact_job *job = walk->job;
    struct redact_ahead ahead;
    struct redact_walk again = {.job = job,
                                .view = walk->view,
                                .at = range->begin,
                                .end = range->end,
                                .place = walk->place,
                                .base = job->frame_count,
                                .ahead = &ahead};

    if (range->begin >= range->end)
        return;
    if (range->end - range->begin > job->reread) {
        redact_replace(job, walk->view, range->begin, range->end,
                       STR("more than can be looked at twice"), true);
        return;
    }
    job->reread -= range->end - range->begin;
    redact_look_ahead(job, walk->view, range->begin, range->end, &ahead);
    run_walk(&again, inside, secret_data);
}

size_t redact_json(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                   enum redact_place place, struct redact_ahead *ahead, bool *whole)
{
    struct redact_walk walk = {.job = job,
                               .view = view,
                               .at = begin,
                               .end = end,
                               .place = place,
                               .base = job->frame_count,
                               .ahead = ahead,
                               .resume = begin};
    size_t rest = run_walk(&walk, CLASS_NONE, job->secret_data && view->depth == 0);

    *whole = walk.whole;
    return rest;
}
