/* SPDX-License-Identifier: MIT */
/*
 * JSON, also where it is cut: goes from token to token with one frame for each open container, and knows the shapes in which a secret is
 * not named by its own member: {"name": "PASSWORD", "value": …}, {"value": …, "encrypted": true}, a Kubernetes Secret, a
 * context of type "secret".  What is not JSON it leaves to redact_text().
 */
#include "intake/redact_private.h"

#include "base/json.h"

/* A value that was passed by, and may turn out to be secret when the rest of its object is known. */
struct passed {
    size_t begin, end;
};

enum role {
    ROLE_NONE,
    ROLE_VALUE,
    ROLE_DATA,
    ROLE_STRING_DATA,
    ROLE_ITEMS,
    ROLE_PASSED_COUNT, /* values of those above are noted */
    ROLE_NAME,
    ROLE_MASK,
    ROLE_KIND,
};

struct redact_frame {
    bool object;
    bool secret_data;  /* members `data` and `stringData` are secret */
    bool names_secret; /* a member `name` names a secret */
    bool is_masked;    /* a member says that `value` is secret */
    bool is_secret;    /* a member `kind` or `type` says that `data` and `value` are secret */
    bool is_list;      /* kind: SecretList */
    enum redact_class inside;                /* of all values in it */
    enum redact_class next;                  /* of the next element of an array: --password, x */
    size_t index;                            /* of an array's next element */
    struct passed passed[ROLE_PASSED_COUNT]; /* by the role of the member */
    enum role target;                        /* of the present member; ROLE_NONE: it is not noted */
};

static const struct {
    struct str name;
    enum role role;
} roles[] = {
    {STR("name"), ROLE_NAME},      {STR("key"), ROLE_NAME},
    {STR("variable"), ROLE_NAME},  {STR("header"), ROLE_NAME},
    {STR("value"), ROLE_VALUE},    {STR("values"), ROLE_VALUE},
    {STR("default"), ROLE_VALUE},  {STR("defaultvalue"), ROLE_VALUE},
    {STR("encrypted"), ROLE_MASK}, {STR("secret"), ROLE_MASK},
    {STR("sensitive"), ROLE_MASK}, {STR("masked"), ROLE_MASK},
    {STR("issecret"), ROLE_MASK},  {STR("is_secret"), ROLE_MASK},
    {STR("kind"), ROLE_KIND},      {STR("type"), ROLE_KIND},
    {STR("data"), ROLE_DATA},      {STR("stringdata"), ROLE_STRING_DATA},
    {STR("items"), ROLE_ITEMS},
};
enum { MEMBER_COUNT = sizeof(roles) / sizeof(roles[0]) };

enum { FIRST_FRAMES = 16 };

struct walk {
    struct redact_job *job;
    const struct redact_view *view;
    size_t at, end;
    enum redact_place place;
    size_t base;           /* the frames of this walk are those of the job from here on */
    struct redact_hit hit; /* the next one at or behind `at`, when has_hit */
    bool has_hit, looked;
    bool whole;     /* a value was read to its end */
    size_t resume;  /* where a reader of text would begin: at the member whose value is no JSON */
    enum role role; /* of the present member */
};

static enum role role_of(struct str name)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (name.len == roles[i].name.len && str_equal_folded(name, roles[i].name))
            return roles[i].role;
    return ROLE_NONE;
}

/* Is there a stem in [begin, end)?  Called with ever later ranges, so that no byte is looked at twice. */
static bool has_hit(struct walk *walk, size_t begin, size_t end)
{
    if (!walk->looked || (walk->has_hit && walk->hit.at < begin)) {
        walk->has_hit = redact_next_hit(walk->job->redactor->stems, walk->view->text, begin,
                                        walk->end, &walk->hit);
        walk->looked = true;
    }
    return walk->has_hit && walk->hit.at < end;
}

static int peek(const struct walk *walk)
{
    return walk->at < walk->end ? (unsigned char)walk->view->text.ptr[walk->at] : -1;
}

static void skip_space(struct walk *walk)
{
    int c = peek(walk);

    while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        walk->at++;
        c = peek(walk);
    }
}

/* Over the string at `at`: its inside.  Without a closing quote it goes to the end. */
static void take_string(struct walk *walk, size_t *begin, size_t *end)
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
static struct redact_frame *top(struct walk *walk)
{
    const struct redact_job *job = walk->job;

    return job->frame_count > walk->base ? &job->frames[job->frame_count - 1] : NULL;
}

/* ---- Values ---- */

static void read_again(struct walk *walk, struct passed range, enum redact_class inside,
                       bool secret_data);

static void note_value(struct redact_frame *frame, size_t begin, size_t end)
{
    if (frame && frame->target)
        frame->passed[frame->target] = (struct passed){begin, end};
}

/* The inside of a string. */
static void take_leaf(struct walk *walk, size_t begin, size_t end, enum redact_class class)
{
    const struct redact_view *view = walk->view;
    bool escaped;

    if (begin >= end || (class == CLASS_NONE && !has_hit(walk, begin, end)))
        return;
    escaped = memchr(view->text.ptr + begin, '\\', end - begin) != NULL;
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

static void note_kind(struct redact_frame *frame, struct str kind)
{
    frame->is_secret = frame->is_secret || str_equal_folded(kind, STR("secret")) ||
                       str_equal_folded(kind, STR("secret-yaml"));
    frame->is_list = frame->is_list || str_equal(kind, STR("SecretList"));
    frame->secret_data = frame->secret_data || frame->is_secret || frame->is_list;
}

/* A string that may say what another value is: of which kind, or by which name. */
static void note_string(struct walk *walk, struct redact_frame *frame, size_t begin, size_t end)
{
    struct str text = redact_range(walk->view, begin, end);
    enum redact_class class;

    if (frame->object && walk->role == ROLE_KIND)
        note_kind(frame, text);
    if (text.len > REDACT_NAME_MAX || (frame->object && walk->role != ROLE_NAME) ||
        !has_hit(walk, begin, end))
        return;
    text = redact_decode_json(walk->job, text);
    class = redact_name_class(walk->job->redactor, text, walk->place);
    if (frame->object)
        frame->names_secret = frame->names_secret || class != CLASS_NONE;
    else if (str_starts(text, STR("-")) || (walk->place == PLACE_QUERY && frame->index % 2 == 0))
        frame->next = class;
}

static void string_value(struct walk *walk, enum redact_class class)
{
    struct redact_frame *frame = top(walk);
    size_t begin, end, quote = walk->at;

    take_string(walk, &begin, &end);
    note_value(frame, quote, walk->at);
    if (class == CLASS_NONE && frame)
        note_string(walk, frame, begin, end);
    take_leaf(walk, begin, end, class);
}

static bool is_number_byte(int c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/* A number or one of the three words.  False when it is neither. */
static bool bare_value(struct walk *walk, enum redact_class class)
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
    note_value(frame, begin, walk->at);
    if (class != CLASS_NONE && class != CLASS_WORDS && class != CLASS_SCALAR)
        redact_replace(walk->job, walk->view, begin, walk->at,
                       redact_range(walk->view, begin, walk->at), true);
    return true;
}

static struct redact_frame *add_frame(struct redact_job *job)
{
    if (job->frame_count == job->frame_capacity) {
        size_t capacity = job->frame_capacity ? job->frame_capacity * 4 : FIRST_FRAMES;
        struct redact_frame *grown = arena_array(job->arena, capacity, sizeof(*grown));

        if (job->frame_count)
            memcpy(grown, job->frames, job->frame_count * sizeof(*grown));
        job->frames = grown;
        job->frame_capacity = capacity;
    }
    return &job->frames[job->frame_count++];
}

static bool open_container(struct walk *walk, bool object, enum redact_class inside)
{
    struct redact_frame *outer = top(walk);
    bool secret_data = outer && outer->secret_data;

    if (walk->job->frame_count - walk->base == JSON_MAX_DEPTH)
        return false;
    note_value(outer, walk->at, walk->end);
    *add_frame(walk->job) = (struct redact_frame){
        .object = object,
        .inside = inside == CLASS_SCALAR ? CLASS_NONE : inside,
        .secret_data = secret_data,
    };
    walk->at++;
    return true;
}

/* What the whole object says about values that were passed by. */
static void look_back(struct walk *walk, const struct redact_frame *frame)
{
    if (!frame->object || frame->inside != CLASS_NONE)
        return;
    if (frame->names_secret || frame->is_masked || frame->is_secret)
        read_again(walk, frame->passed[ROLE_VALUE], CLASS_SECRET, false);
    if (frame->is_secret) {
        read_again(walk, frame->passed[ROLE_DATA], CLASS_SECRET, false);
        read_again(walk, frame->passed[ROLE_STRING_DATA], CLASS_SECRET, false);
    }
    if (frame->is_list)
        read_again(walk, frame->passed[ROLE_ITEMS], CLASS_NONE, true);
}

static void close_container(struct walk *walk)
{
    struct redact_frame frame = *top(walk);
    struct redact_frame *outer;

    walk->job->frame_count--;
    outer = top(walk);
    if (outer && outer->target)
        outer->passed[outer->target].end = walk->at;
    look_back(walk, &frame);
}

/* ---- Members ---- */

static enum redact_class member_class(struct walk *walk, struct redact_frame *frame, size_t begin,
                                      size_t end)
{
    struct str name = redact_range(walk->view, begin, end);
    enum redact_class class = CLASS_NONE;
    bool hit = has_hit(walk, begin, end);

    if (hit)
        name = redact_decode_json(walk->job, name);
    walk->role = role_of(name);
    if (frame->inside != CLASS_NONE)
        return frame->inside;
    if (hit)
        class = redact_name_class(walk->job->redactor, name, walk->place);
    if (class == CLASS_NONE && frame->secret_data &&
        (walk->role == ROLE_DATA || walk->role == ROLE_STRING_DATA))
        class = CLASS_SECRET;
    return class;
}

/* Reads name and colon; false when they are none. */
static bool take_name(struct walk *walk, enum redact_class *class)
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
    skip_space(walk);
    if (peek(walk) != ':')
        return false;
    walk->at++;
    return true;
}

static enum redact_class element_class(struct walk *walk)
{
    struct redact_frame *frame = top(walk);
    enum redact_class class = frame->inside != CLASS_NONE ? frame->inside : frame->next;

    walk->role = ROLE_NONE;
    walk->resume = walk->at;
    frame->next = CLASS_NONE;
    return class;
}

/* To the next value: closes what ends, reads a member's name.  False at the end, or where it is no JSON. */
static bool next_value(struct walk *walk, bool opened, enum redact_class *class)
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

static void walk_values(struct walk *walk, enum redact_class class)
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
static void end_walk(struct walk *walk)
{
    walk->whole = !top(walk) && walk->resume == walk->at;
    while (top(walk)) {
        struct redact_frame frame = *top(walk);

        walk->job->frame_count--;
        look_back(walk, &frame);
    }
    if (walk->at >= walk->end)
        walk->resume = walk->end;
}

static size_t run_walk(struct walk *walk, enum redact_class class, bool secret_data)
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

/* Once more over a value, for another reason.  Where that would come to more than twice the text, all of it goes. */
static void read_again(struct walk *walk, struct passed range, enum redact_class inside,
                       bool secret_data)
{
    struct redact_job *job = walk->job;
    struct walk again = {.job = job,
                         .view = walk->view,
                         .at = range.begin,
                         .end = range.end,
                         .place = walk->place,
                         .base = job->frame_count};

    if (range.begin >= range.end)
        return;
    if (range.end - range.begin > job->reread) {
        redact_replace(job, walk->view, range.begin, range.end,
                       STR("more than can be looked at twice"), true);
        return;
    }
    job->reread -= range.end - range.begin;
    run_walk(&again, inside, secret_data);
}

size_t redact_json(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                   enum redact_place place, bool *whole)
{
    struct walk walk = {.job = job,
                        .view = view,
                        .at = begin,
                        .end = end,
                        .place = place,
                        .base = job->frame_count,
                        .resume = begin};
    size_t rest = run_walk(&walk, CLASS_NONE, job->secret_data && view->depth == 0);

    *whole = walk.whole;
    return rest;
}

/* Nothing is walked where there is no stem, unless the URL says that what has none is secret too. */
void redact_any(struct redact_job *job, const struct redact_view *view, size_t begin, size_t end,
                enum redact_place place)
{
    bool whole = true;

    if (!redact_has_hit(job, view, begin, end) && !(job->secret_data && view->depth == 0))
        return;
    while (whole && begin < end) {
        size_t at = begin;

        while (at < end && view->text.ptr[at] &&
               strchr(" \t\r\n\x1e\xef\xbb\xbf", view->text.ptr[at]))
            at++;
        if (at == end || !strchr("{[\"", view->text.ptr[at]) || !view->text.ptr[at])
            break;
        begin = redact_json(job, view, at, end, place, &whole);
    }
    redact_text(job, view, begin, end);
}
