/* SPDX-License-Identifier: MIT */
/*
 * Writes an invented log as the files that LOAD DATA reads straight into the tables (made_log.py loads them): the rows that
 * Daybook itself would store for the same calls, but for table event_link.  The files may be pipes.
 *
 *   make_events TABLE FOLDER [key=value]...
 *
 * TABLE      event, event_request: files FOLDER/TABLE.0 and following, of batch=100000 rows
 *            names: FOLDER/account.0 and so on, one of each dictionary; prints how many files the other tables have
 *            ndjson: the calls to the standard output in the wire format, those of the big account alone
 * events=1000000  of the account `big`
 * accounts=0 others=0  small accounts, and events of all of these together
 * seed=1 body=1000     bytes of a body, about; below 300 everything else is short too
 * from=0 to=…          batches to write: so several can write at once
 * limit=…              calls of ndjson
 */
#include "make_out.h"
#include "make_texts.h"
#include "make_wire.h"

#include "base/digest.h"
#include "base/event.h"
#include "base/memory.h"
#include "base/parse.h"

#include <errno.h>
#include <unistd.h>

enum { FIRST_ACCOUNT_ID = 101 };

struct options {
    struct log_plan plan;
    uint64_t body, batch, from, to, limit;
};

static uint32_t user_row(const struct call *call)
{
    return call->user ? call->account * USERS + call->user : 0;
}

/* ---- Rows, with the columns that made_log.py names ------------------------------------------------ */

static void add_key(struct out *out, const struct call *call)
{
    out_number(out, FIRST_ACCOUNT_ID + call->account, '\t');
    out_number(out, call->kind, '\t');
    out_number(out, call->id, '\t');
}

static void add_event(struct out *out, const struct call *call)
{
    add_key(out, call);
    out_number(out, call->type, '\t');
    out_number(out, call->action, '\t');
    out_number(out, user_row(call), '\t');
    out_number(out, call->entity_row, '\t');
    out_number(out, call->status, '\t');
    out_number(out, call->source, '\t');
    out_number(out, event_method_of(texts_method(call)), '\t');
    out_number(out, call->provider, '\t');
    out_number(out, call->signature, '\n');
}

static void add_request(struct out *out, const struct call *call, const struct texts *texts)
{
    unsigned char digest[DIGEST_BYTES];

    digest_sha256(strbuf_str(&texts->body), digest);
    add_key(out, call);
    out_hex(out, call->key_hash, sizeof(call->key_hash), '\t');
    out_text(out, str_from(call->key), '\t');
    out_number(out, call->time_ms + texts->response_ms + call->seed % 1000, '\t');
    out_text(out, texts->method, '\t');
    out_text(out, strbuf_str(&texts->url), '\t');
    out_text(out, strbuf_str(&texts->params), '\t');
    out_text(out, strbuf_str(&texts->query), '\t');
    out_text(out, strbuf_str(&texts->headers), '\t');
    out_text(out, strbuf_str(&texts->body), '\t');
    out_number(out, texts->body.len, '\t');
    out_hex(out, digest, sizeof(digest), '\t');
    out_number(out, texts->response_ms, '\t');
    out_number(out, texts->response_bytes, '\t');
    out_text(out, texts->request_id, '\t');
    out_text(out, strbuf_str(&texts->trace_id), '\t');
    out_text(out, strbuf_str(&texts->address), '\t');
    out_text(out, texts->agent, '\t');
    out_text(out, texts->provider, '\t');
    out_text(out, texts->webhook, '\t');
    out_text(out, strbuf_str(&texts->delivery_id), '\t');
    out_number(out, call->signature, '\n');
}

/* ---- Dictionaries: what occurs in the log --------------------------------------------------------- */

/* Of each account: which users and entities it has. */
struct seen {
    bool users[USERS + 1];
    bool *entities;
};

static void write_dictionaries(void)
{
    struct out types = {-1, {0}}, actions = {-1, {0}}, providers = {-1, {0}}, words = {-1, {0}};

    out_open(&types, "entity_type", 0);
    out_open(&actions, "action", 0);
    out_open(&providers, "provider", 0);
    out_open(&words, "words", 0);
    for (unsigned i = 1; i <= ACTIONS; i++) {
        if (i <= TYPES) {
            out_number(&types, i, '\t');
            out_text(&types, texts_type((uint8_t)i), '\n');
        }
        if (i <= PROVIDERS) {
            out_number(&providers, i, '\t');
            out_text(&providers, texts_provider((uint8_t)i), '\n');
        }
        if (i <= RARE_WORDS) {
            texts_rare_word(&words.text, (uint8_t)i);
            strbuf_add_char(&words.text, '\n');
        }
        out_number(&actions, i, '\t');
        texts_action(&actions.text, (uint8_t)i);
        strbuf_add_char(&actions.text, '\n');
    }
    out_close(&types);
    out_close(&actions);
    out_close(&providers);
    out_close(&words);
}

static void write_users(struct out *out, uint32_t account, const struct seen *seen)
{
    for (uint32_t user = 1; user <= USERS; user++) {
        if (!seen->users[user])
            continue;
        out_number(out, account * USERS + user, '\t');
        out_number(out, FIRST_ACCOUNT_ID + account, '\t');
        texts_user(&out->text, account, user);
        strbuf_add_char(&out->text, '\n');
    }
}

static void write_entities(struct out *out, const struct log *log, uint32_t account,
                           const struct seen *seen)
{
    for (uint32_t entity = 1; entity <= log_entities(log, account); entity++) {
        if (!seen->entities[entity])
            continue;
        out_number(out, log_first_entity(log, account) + entity - 1, '\t');
        out_number(out, FIRST_ACCOUNT_ID + account, '\t');
        out_number(out, log_entity_type(account, entity), '\t');
        texts_entity_id(&out->text, account, entity);
        strbuf_add_char(&out->text, '\t');
        texts_entity_name(&out->text, account, entity);
        strbuf_add_char(&out->text, '\n');
        out_flush_full(out);
    }
}

static void write_names(struct log *log, const struct options *options)
{
    struct out accounts = {-1, {0}}, users = {-1, {0}}, entities = {-1, {0}};
    struct seen *seen = memory_new((options->plan.accounts + 1) * sizeof(*seen));
    struct call call;

    for (uint32_t i = 0; i <= options->plan.accounts; i++)
        seen[i].entities = memory_new(log_entities(log, i) + 1);
    while (log_next(log, &call))
        seen[call.account].users[call.user] = seen[call.account].entities[call.entity] = true;
    write_dictionaries();
    out_open(&accounts, "account", 0);
    out_open(&users, "user", 0);
    out_open(&entities, "entity", 0);
    for (uint32_t i = 0; i <= options->plan.accounts; i++) {
        out_number(&accounts, FIRST_ACCOUNT_ID + i, '\t');
        texts_account(&accounts.text, i);
        strbuf_add_char(&accounts.text, '\n');
        write_users(&users, i, &seen[i]);
        write_entities(&entities, log, i, &seen[i]);
        free(seen[i].entities);
    }
    out_close(&accounts);
    out_close(&users);
    out_close(&entities);
    free(seen);
    printf("%llu\n", (unsigned long long)((log_events(log) + options->batch - 1) / options->batch));
}

/* ---- The command ---------------------------------------------------------------------------------- */

static void write_rows(struct log *log, const struct options *options, const char *table)
{
    bool with_texts = strcmp(table, "event_request") == 0;
    struct out out = {-1, {0}};
    uint64_t next = options->from;
    struct texts texts;
    struct call call;

    texts_init(&texts);
    while (log_next(log, &call) && call.number / options->batch < options->to) {
        if (call.number / options->batch < options->from)
            continue;
        if (call.number % options->batch == 0) {
            out_close(&out);
            out_open(&out, table, next++);
        }
        if (with_texts) {
            texts_make(&texts, &call, (unsigned)options->body);
            add_request(&out, &call, &texts);
        } else {
            add_event(&out, &call);
        }
        out_flush_full(&out);
    }
    out_close(&out);
    texts_release(&texts);
}

static void write_ndjson(struct log *log, const struct options *options)
{
    struct out out = {STDOUT_FILENO, {0}};
    uint64_t count = 0;
    struct texts texts;
    struct call call;

    texts_init(&texts);
    while (count < options->limit && log_next(log, &call)) {
        if (call.account != 0)
            continue;
        texts_make(&texts, &call, (unsigned)options->body);
        wire_add(&out.text, &call, &texts);
        count++;
    }
    out_flush(&out);
    texts_release(&texts);
}

static void read_option(struct options *options, const char *text)
{
    const struct {
        const char *name;
        uint64_t *wide;
        uint32_t *narrow;
    } names[] = {
        {"events", &options->plan.big_events, NULL},
        {"others", &options->plan.small_events, NULL},
        {"accounts", NULL, &options->plan.accounts},
        {"seed", &options->plan.seed, NULL},
        {"body", &options->body, NULL},
        {"batch", &options->batch, NULL},
        {"from", &options->from, NULL},
        {"to", &options->to, NULL},
        {"limit", &options->limit, NULL},
    };
    const char *value = strchr(text, '=');
    uint64_t number;

    for (size_t i = 0; value && i < sizeof(names) / sizeof(names[0]); i++) {
        if (!str_equal(str_from(names[i].name), (struct str){text, (size_t)(value - text)}) ||
            !parse_u64(str_from(value + 1), 0, UINT32_MAX, &number))
            continue;
        if (names[i].wide)
            *names[i].wide = number;
        else
            *names[i].narrow = (uint32_t)number;
        return;
    }
    errno = EINVAL;
    out_die(text);
}

int main(int argc, char **argv)
{
    struct options options = {.plan = {.seed = 1, .big_events = 1000000},
                              .body = 1000,
                              .batch = 100000,
                              .to = UINT32_MAX,
                              .limit = UINT32_MAX};
    struct log *log;

    if (argc < 3) {
        fputs("usage: make_events TABLE FOLDER [key=value]...\n", stderr);
        return 2;
    }
    out_folder = argv[2];
    for (int i = 3; i < argc; i++)
        read_option(&options, argv[i]);
    log = log_new(&options.plan);
    if (strcmp(argv[1], "names") == 0)
        write_names(log, &options);
    else if (strcmp(argv[1], "ndjson") == 0)
        write_ndjson(log, &options);
    else
        write_rows(log, &options, argv[1]);
    log_free(log);
    return 0;
}
