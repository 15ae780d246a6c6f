/* SPDX-License-Identifier: MIT */
/* The redactor of an account, and which reader each text of an event gets. */
#include "redaction/redact_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum { URL_MAX = 65535 };

/* As built in, without a key. */
const struct redactor *redactor_builtin(void)
{
    static struct redactor redactor;

    redactor.names = redactor.patterns = true;
    redactor.stems = redact_stems_builtin();
    return &redactor;
}

static void copy_rules(struct redactor *redactor, const struct redaction_rule *rules, size_t count)
{
    redactor->rules = memory_new((count + 1) * sizeof(*redactor->rules));
    for (size_t i = 0; i < count; i++) {
        char folded[REDACT_NAME_MAX];
        size_t len = redact_fold_name(rules[i].value, folded, sizeof(folded));
        char *value;

        if (rules[i].kind == REDACTION_PATTERNS_OFF)
            redactor->patterns = false;
        else if (rules[i].kind == REDACTION_OFF)
            redactor->patterns = redactor->names = false;
        if ((rules[i].kind != REDACTION_ADD && rules[i].kind != REDACTION_KEEP) || len == 0)
            continue;
        value = memory_new(len);
        memcpy(value, folded, len);
        redactor->rules[redactor->rule_count++] =
            (struct redaction_rule){rules[i].kind, {value, len}};
    }
}

struct redactor *redactor_new(const unsigned char *key, uint32_t account_id,
                              const struct redaction_rule *rules, size_t count)
{
    struct redactor *redactor = memory_new(sizeof(*redactor));
    unsigned char account[DIGEST_BYTES];
    char name[32];

    *redactor = *redactor_builtin();
    redactor->has_key = key != NULL;
    snprintf(name, sizeof(name), "account:%lu", (unsigned long)account_id);
    if (key) {
        digest_hmac_sha256((struct str){(const char *)key, DIGEST_BYTES}, str_from(name), account);
        digest_key_init(&redactor->key, (struct str){(const char *)account, sizeof(account)});
    }
    copy_rules(redactor, rules, count);
    if (redactor->rule_count)
        redactor->stems = redactor->own_stems = redact_stems_new(rules, count);
    return redactor;
}

void redactor_free(struct redactor *redactor)
{
    if (!redactor)
        return;
    for (size_t i = 0; i < redactor->rule_count; i++)
        free((void *)(uintptr_t)redactor->rules[i].value.ptr);
    free(redactor->rules);
    redact_stems_free(redactor->own_stems);
    free(redactor);
}

uint64_t redact_keyed(const struct redactor *redactor, const unsigned char hash[DIGEST_BYTES])
{
    unsigned char mac[DIGEST_BYTES];
    uint64_t digits = 0;

    if (!redactor->has_key)
        return 0;
    digest_keyed(&redactor->key, (struct str){(const char *)hash, DIGEST_BYTES}, mac);
    for (size_t i = 0; i < sizeof(digits); i++)
        digits = digits << 8 | mac[i];
    return digits;
}

struct str redactor_fingerprint(const struct redactor *redactor, struct arena *arena,
                                struct str secret)
{
    unsigned char hash[DIGEST_BYTES];

    if (!redactor || !redactor->has_key)
        return STR(REDACTED);
    redact_hash(arena, secret, hash);
    return arena_printf(arena, REDACTED ":%016llx",
                        (unsigned long long)redact_keyed(redactor, hash));
}

bool redactor_is_secret_name(const struct redactor *redactor, struct str name)
{
    redactor = redactor ? redactor : redactor_builtin();
    for (enum redact_place place = PLACE_TEXT; place < PLACE_ANY; place <<= 1)
        if (redact_name_class(redactor, name, place) != CLASS_NONE)
            return true;
    return false;
}

typedef void reader(struct redact_job *job, struct str headers);

static void read_any(struct redact_job *job, struct str headers)
{
    (void)headers;
    redact_any(job, &job->view, 0, job->view.text.len, PLACE_TEXT);
}

static void read_url(struct redact_job *job, struct str headers)
{
    (void)headers;
    redact_url(job, &job->view, 0, job->view.text.len);
}

static void read_query(struct redact_job *job, struct str headers)
{
    (void)headers;
    redact_query(job, &job->view, 0, job->view.text.len);
}

static void read_patterns(struct redact_job *job, struct str headers)
{
    (void)headers;
    redact_patterns(job, &job->view, 0, job->view.text.len);
}

#define FIELD(name) offsetof(struct event, name)

/* The texts of an event that need nothing else of it, and how they are read. */
static const struct {
    size_t offset;
    size_t max; /* bytes that the store takes: marks may have made it longer */
    reader *read;
} texts[] = {
    {FIELD(idempotency_key), EVENT_KEY_MAX, read_patterns},
    {FIELD(entity_type), EVENT_NAME_MAX, read_patterns},
    {FIELD(entity_id), EVENT_NAME_MAX, read_patterns},
    {FIELD(entity_name), EVENT_NAME_MAX, read_patterns},
    {FIELD(action), EVENT_NAME_MAX, read_patterns},
    {FIELD(user), EVENT_NAME_MAX, read_patterns},
    {FIELD(method), 32, read_patterns},
    {FIELD(request_id), 255, read_patterns},
    {FIELD(trace_id), 255, read_patterns},
    {FIELD(client_address), 255, read_patterns},
    {FIELD(forwarded_for), 4096, read_patterns},
    {FIELD(user_agent), URL_MAX, read_patterns},
    {FIELD(trigger_provider), 255, read_patterns},
    {FIELD(trigger_event), 255, read_patterns},
    {FIELD(trigger_delivery_id), 255, read_patterns},
    {FIELD(query), SIZE_MAX, read_query},
    {FIELD(extra), SIZE_MAX, read_any},
};

/* What the reading of one event needs everywhere. */
struct reading {
    const struct redactor *redactor;
    struct arena *arena;
    struct str headers;
    bool secret_data; /* the URL names secrets */
};

static void read_one(const struct reading *reading, struct str *text, size_t max, reader *read)
{
    struct redact_job job;

    if (text->len == 0)
        return;
    redact_start(&job, reading->redactor, reading->arena, *text);
    job.secret_data = reading->secret_data;
    read(&job, reading->headers);
    if (job.edit_count)
        *text = redact_cut(redact_finish(&job), max);
    else
        redact_finish(&job);
}

/* What is a secret in the parameters of the path stands in the path itself as well, and may be the id of the entity. */
static void read_params_and_url(const struct reading *reading, struct event *event)
{
    struct redact_job job;

    if (event->params.len) {
        redact_start(&job, reading->redactor, reading->arena, event->params);
        redact_query(&job, &job.view, 0, job.view.text.len);
        redact_path(&job, &event->url);
        redact_same(&job, &event->entity_id);
        redact_same(&job, &event->entity_name);
        event->params = redact_finish(&job);
    }
    read_one(reading, &event->url, URL_MAX, read_url);
}

bool redactor_event(const struct redactor *redactor, struct arena *arena, struct event *event)
{
    struct reading reading = {.redactor = redactor ? redactor : redactor_builtin(),
                              .arena = arena,
                              .headers = event->headers};

    if (!redact_headers(reading.redactor, arena, event->headers, &event->headers))
        return false;
    if (!reading.redactor->names)
        return true;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        read_one(&reading, (struct str *)(void *)((char *)event + texts[i].offset), texts[i].max,
                 texts[i].read);
    reading.secret_data = redact_is_secret_path(event->url);
    read_one(&reading, &event->body, SIZE_MAX, redact_body);
    read_one(&reading, &event->response_body_head, SIZE_MAX, read_any);
    read_params_and_url(&reading, event);
    return true;
}
