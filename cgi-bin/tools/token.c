/* SPDX-License-Identifier: MIT */
/* daybook token: which programs may record in an account or read it. */
#include <stdio.h>

#include "base/clock.h"
#include "base/parse.h"
#include "tools/accounts.h"
#include "tools/command.h"
#include "tools/print.h"

enum { LABEL_MAX = 255, DAYS_MAX = 36500 };

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;

static const char *const scope_names[] = {
    [TOKEN_NONE] = "none", [TOKEN_RECORD] = "record", [TOKEN_READ] = "read"};

struct options {
    const char *label;
    int64_t expires_ms; /* 0: never */
};

/* Of `token add`, behind its first four arguments.  False when they are wrong. */
static bool read_options(int argc, char **argv, struct options *options)
{
    *options = (struct options){.label = ""};
    if (argc % 2 != 0)
        return false;
    for (int i = 4; i < argc; i += 2) {
        const char *value = argv[i + 1];
        uint64_t days;

        if (strcmp(argv[i], "--label") == 0 && strlen(value) <= LABEL_MAX)
            options->label = value;
        else if (strcmp(argv[i], "--expires") == 0 &&
                 parse_u64(str_from(value), 1, DAYS_MAX, &days))
            options->expires_ms = clock_now_ms() + (int64_t)days * day_ms;
        else
            return false;
    }
    return true;
}

static int add(struct db *db, struct arena *arena, const struct account *account, int argc,
               char **argv)
{
    enum token_scope scope =
        strcmp(argv[3], scope_names[TOKEN_RECORD]) == 0 ? TOKEN_RECORD : TOKEN_READ;
    struct options options;
    struct str secret;

    read_options(argc, argv, &options);
    if (token_add(db, arena, account->id, scope, str_from(options.label), options.expires_ms,
                  &secret) < 0) {
        fprintf(stderr, "daybook: the token for %s could not be stored.\n", argv[2]);
        return 1;
    }
    printf("%.*s\n", STR_ARG(secret));
    return 0;
}

static const char *state_of(const struct token *token)
{
    if (token->revoked_ms)
        return "revoked";
    return token->expires_ms && token->expires_ms <= clock_now_ms() ? "expired" : "good";
}

static int list(struct db *db, struct arena *arena, const struct account *account, int argc,
                char **argv)
{
    struct token *tokens;
    size_t count;

    (void)argc;
    (void)argv;
    if (tokens_of_account(db, arena, account->id, &tokens, &count) < 0)
        return 1;
    for (size_t i = 0; i < count; i++) {
        const struct token *token = &tokens[i];

        printf("%u\t%.*s\t%s\t%s\t", token->id, STR_ARG(token->prefix), scope_names[token->scope],
               state_of(token));
        print_time(token->created_ms);
        putchar('\t');
        print_time(token->revoked_ms ? token->revoked_ms : token->expires_ms);
        putchar('\t');
        print_text(token->label);
        putchar('\n');
    }
    return 0;
}

static int revoke(struct db *db, struct arena *arena, const struct account *account, int argc,
                  char **argv)
{
    uint64_t id = 0;
    int result;

    (void)arena;
    (void)argc;
    parse_u64(str_from(argv[3]), 1, UINT32_MAX, &id);
    result = token_revoke(db, account->id, (uint32_t)id);
    if (result == 1)
        fprintf(stderr, "daybook: %s has no token number %s that is still good.\n", argv[2],
                argv[3]);
    else if (result < 0)
        fprintf(stderr, "daybook: token %s could not be revoked.\n", argv[3]);
    return result == 0 ? 0 : 1;
}

static bool is_scope(const char *name)
{
    return strcmp(name, scope_names[TOKEN_RECORD]) == 0 ||
           strcmp(name, scope_names[TOKEN_READ]) == 0;
}

int token_run(const struct config *config, int argc, char **argv)
{
    struct options options;
    uint64_t id;

    if (argc >= 4 && strcmp(argv[1], "add") == 0 && is_scope(argv[3]) &&
        read_options(argc, argv, &options))
        return accounts_with(config, CONFIG_MAINTAINER, argc, argv, add);
    if (argc == 3 && strcmp(argv[1], "list") == 0)
        return accounts_with(config, CONFIG_READER, argc, argv, list);
    if (argc == 4 && strcmp(argv[1], "revoke") == 0 &&
        parse_u64(str_from(argv[3]), 1, UINT32_MAX, &id))
        return accounts_with(config, CONFIG_MAINTAINER, argc, argv, revoke);
    return COMMAND_USAGE;
}
