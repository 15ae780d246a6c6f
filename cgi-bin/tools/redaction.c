/* SPDX-License-Identifier: MIT */
/* daybook redaction: which secrets are taken out of an account's events, where that is not as built in. */
#include <stdio.h>

#include "base/utf8.h"
#include "store/redaction_store.h"
#include "tools/accounts.h"
#include "tools/command.h"

/* What can be said: the words behind the slug, and the rule that they make or remove. */
struct action {
    const char *word, *argument; /* an argument of NULL is a name, an empty one is none */
    enum redaction_kind kind;
    bool makes;
};

static const struct action actions[] = {
    {"add", NULL, REDACTION_ADD, true},
    {"keep", NULL, REDACTION_KEEP, true},
    {"remove", NULL, REDACTION_NONE, false},
    {"patterns", "on", REDACTION_PATTERNS_OFF, false},
    {"patterns", "off", REDACTION_PATTERNS_OFF, true},
    {"on", "", REDACTION_OFF, false},
    {"off", "", REDACTION_OFF, true},
};

/* As `list` prints them: what has a name is followed by it. */
static const char *const rule_words[REDACTION_KIND_COUNT] = {
    [REDACTION_ADD] = "add",
    [REDACTION_KEEP] = "keep",
    [REDACTION_PATTERNS_OFF] = "patterns off",
    [REDACTION_OFF] = "off",
};

static const struct action *find_action(int argc, char **argv)
{
    const char *argument = argc == 4 ? argv[3] : "";

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        const struct action *action = &actions[i];

        if (strcmp(action->word, argv[2]) != 0)
            continue;
        if (action->argument ? strcmp(action->argument, argument) == 0 : argc == 4)
            return action;
    }
    return NULL;
}

static int list_rules(const struct config *config, char **argv)
{
    struct db *db = accounts_open(config, CONFIG_READER);
    struct arena *arena = arena_new();
    struct account account;
    struct redaction_rule *rules;
    size_t count = 0;
    int status = 1;

    if (db && accounts_find(db, arena, argv[1], &account) == 0 &&
        redaction_rules(db, arena, account.id, &rules, &count) == 0)
        status = 0;
    for (size_t i = 0; i < count; i++)
        printf("%s%s%.*s\n", rule_words[rules[i].kind], rules[i].value.len ? " " : "",
               STR_ARG(rules[i].value));
    arena_free(arena);
    db_free(db);
    return status;
}

/* At least two letters or digits, or bytes above ASCII, so that it can be looked for; on one line. */
static bool is_name(struct str name)
{
    size_t letters = 0;

    if (name.len > REDACTION_NAME_MAX || !utf8_is_text(name))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];

        if (c < ' ')
            return false;
        letters +=
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
    }
    return letters >= 2;
}

static int change(struct db *db, uint32_t account_id, const struct action *action, struct str name)
{
    struct redaction_rule rule = {action->kind, name};

    if (action->kind == REDACTION_NONE)
        return redaction_remove_name(db, account_id, name);
    return action->makes ? redaction_add(db, account_id, rule)
                         : redaction_remove(db, account_id, rule);
}

static int change_rules(const struct config *config, const struct action *action, int argc,
                        char **argv)
{
    struct str name = str_from(argc == 4 && !action->argument ? argv[3] : "");
    struct arena *arena;
    struct account account;
    struct db *db;
    int status = 1;

    if (!action->argument && !is_name(name)) {
        fprintf(stderr,
                "daybook: \"%s\" cannot be a name: at most %d bytes on one line, with two letters "
                "or digits.\n",
                argv[3], REDACTION_NAME_MAX);
        return 1;
    }
    db = accounts_open(config, CONFIG_MAINTAINER);
    arena = arena_new();
    if (db && accounts_find(db, arena, argv[1], &account) == 0) {
        int result = change(db, account.id, action, name);

        if (result < 0)
            fputs("daybook: the rule could not be stored.\n", stderr);
        else if (result > 0)
            fputs("daybook: that is how it was already.\n", stderr);
        status = result < 0 ? 1 : 0;
    }
    arena_free(arena);
    db_free(db);
    return status;
}

int redaction_run(const struct config *config, int argc, char **argv)
{
    const struct action *action = argc == 3 || argc == 4 ? find_action(argc, argv) : NULL;

    if (argc == 3 && strcmp(argv[2], "list") == 0)
        return list_rules(config, argv);
    return action ? change_rules(config, action, argc, argv) : COMMAND_USAGE;
}
