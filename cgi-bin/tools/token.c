/* SPDX-License-Identifier: MIT */
/* daybook token: which programs may record in an account or read it.  Writes its own events, since only it knows the number of a token. */
#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json_write.h"
#include "base/parse.h"
#include "store/token_store.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/own_event.h"
#include "tools/print.h"

/* Of `token add`, behind its first four arguments.  False when they are wrong. */
static bool read_options(int argc, char **argv, struct token_new *options)
{
    *options = (struct token_new){0};
    if (argc % 2 != 0)
        return false;
    for (int i = 4; i < argc; i += 2) {
        const char *value = argv[i + 1];

        if (strcmp(argv[i], "--label") == 0 && strlen(value) <= TOKEN_LABEL_MAX)
            options->label = str_from(value);
        else if (strcmp(argv[i], "--expires") != 0 ||
                 !parse_u64(str_from(value), 1, TOKEN_DAYS_MAX, &options->days))
            return false;
    }
    return true;
}

/* What the event of a change says of the token; its number stays 0 where it is not known. */
struct changed {
    const char *action;
    struct token token;
    uint64_t days;
};

static int add(struct db *db, struct arena *arena, const struct account *account, int argc,
               char **argv, struct changed *changed)
{
    unsigned char hash[DIGEST_BYTES];
    struct token_new token;
    struct str secret;

    read_options(argc, argv, &token);
    token.account_id = account->id;
    token.scope = strcmp(argv[3], token_scope_names[TOKEN_RECORD]) == 0 ? TOKEN_RECORD : TOKEN_READ;
    if (token_add(db, arena, &token, &secret) != 0) {
        fprintf(stderr, "daybook: the token for %s could not be stored.\n", argv[2]);
        return 1;
    }
    printf("%.*s\n", STR_ARG(secret));
    digest_sha256(secret, hash);
    *changed = (struct changed){.action = "addToken", .days = token.days};
    token_by_hash(db, arena, account->id, hash, &changed->token);
    return 0;
}

static int list(struct db *db, struct arena *arena, const struct account *account, int argc,
                char **argv)
{
    struct token *tokens;
    size_t count;

    (void)argc;
    (void)argv;
    if (tokens_of_account(db, arena, account->id, TOKEN_BEFORE_ALL, UINT64_MAX, &tokens, &count) <
        0)
        return 1;
    while (count--) { /* in the order in which they were made */
        const struct token *token = &tokens[count];

        printf("%u\t%.*s\t%s\t%s\t", token->id, STR_ARG(token->prefix),
               token_scope_names[token->scope],
               token_state_names[token_state(token, clock_now_ms())]);
        print_time(token->created_ms);
        putchar('\t');
        print_time(token->revoked_ms ? token->revoked_ms : token->expires_ms);
        putchar('\t');
        print_text(token->label);
        putchar('\t');
        print_time(token->used_ms);
        putchar('\t');
        print_time(token->refused_ms);
        printf("\t%llu", (unsigned long long)token->refused);
        putchar('\n');
    }
    return 0;
}

static int revoke(struct db *db, struct arena *arena, const struct account *account, int argc,
                  char **argv, struct changed *changed)
{
    uint64_t id = 0;
    int result;

    (void)argc;
    parse_u64(str_from(argv[3]), 1, UINT32_MAX, &id);
    result = token_revoke(db, account->id, (uint32_t)id);
    if (result == 1)
        fprintf(stderr, "daybook: %s has no token number %s that is still good.\n", argv[2],
                argv[3]);
    else if (result < 0)
        fprintf(stderr, "daybook: token %s could not be revoked.\n", argv[3]);
    *changed = (struct changed){.action = "revokeToken", .token.id = (uint32_t)id};
    if (result == 0)
        token_by_id(db, arena, account->id, (uint32_t)id, &changed->token);
    return result == 0 ? 0 : 1;
}

/* As the page of tokens tells it (tokens.c), so that all about a token is found by its number. */
static void record(const struct config *config, struct arena *arena, const struct changed *changed,
                   int argc, char **argv)
{
    struct strbuf extra;

    strbuf_init(&extra);
    if (strcmp(changed->action, "addToken") == 0) {
        strbuf_add_char(&extra, '{');
        json_write_text(&extra, "scope", str_from(argv[3]));
        if (changed->days)
            json_write_text(&extra, "days",
                            arena_printf(arena, "%llu", (unsigned long long)changed->days));
        strbuf_add_char(&extra, '}');
    }
    own_event_record_command(
        config,
        &(struct own_event){
            .account = str_from(argv[2]),
            .action = changed->action,
            .entity_id = changed->token.id ? arena_printf(arena, "%u", changed->token.id) : STR(""),
            .entity_name = changed->token.label,
            .extra = strbuf_str(&extra)},
        argc, argv);
    strbuf_release(&extra);
}

/* Makes a change to the account argv[2], and its event. */
static int change(const struct config *config, int argc, char **argv,
                  int (*run)(struct db *db, struct arena *arena, const struct account *account,
                             int argc, char **argv, struct changed *changed))
{
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    struct arena *arena = arena_new();
    struct account account;
    struct changed changed = {.action = NULL};
    int status = 1;

    if (db && accounts_find(db, arena, argv[2], &account) == 0)
        status = run(db, arena, &account, argc, argv, &changed);
    if (status == 0)
        record(config, arena, &changed, argc, argv);
    arena_free(arena);
    db_free(db);
    return status;
}

static bool is_scope(const char *name)
{
    return strcmp(name, token_scope_names[TOKEN_RECORD]) == 0 ||
           strcmp(name, token_scope_names[TOKEN_READ]) == 0;
}

int token_run(const struct config *config, int argc, char **argv)
{
    struct token_new options;
    uint64_t id;

    if (argc >= 4 && strcmp(argv[1], "add") == 0 && is_scope(argv[3]) &&
        read_options(argc, argv, &options))
        return change(config, argc, argv, add);
    if (argc == 3 && strcmp(argv[1], "list") == 0)
        return accounts_with(config, CONFIG_READER, argc, argv, list);
    if (argc == 4 && strcmp(argv[1], "revoke") == 0 &&
        parse_u64(str_from(argv[3]), 1, UINT32_MAX, &id))
        return change(config, argc, argv, revoke);
    return COMMAND_USAGE;
}
