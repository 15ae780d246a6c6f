/* SPDX-License-Identifier: MIT */
/*
 * daybook hook: the places where webhooks arrive.  The address of a hook is printed once, and a secret is asked for, never an
 * argument and never printed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/utf8.h"
#include "intake/path_template.h"
#include "intake/webhook.h"
#include "recording/hook_secret.h"
#include "store/hook_store.h"
#include "tools/accounts.h"
#include "tools/ask.h"
#include "tools/command.h"
#include "tools/print.h"

/* What `add` was told. */
struct adding {
    struct hook hook;
    const char *secret_file;
    bool asks_secret;
    unsigned char key[CONFIG_KEY_BYTES];
    char secret[HOOK_SECRET_MAX + 2]; /* with a line break, or one byte too many */
};

/* ---- Arguments --------------------------------------------------------------------------------- */

/* Behind `add SLUG LABEL`.  False: wrong use. */
static bool read_options(int argc, char **argv, struct adding *adding)
{
    const char *path = NULL, *provider = NULL, *trigger = NULL;
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--path", &path},
                   {"--provider", &provider},
                   {"--trigger", &trigger},
                   {"--secret-file", &adding->secret_file}};

    for (int i = 4; i < argc; i++) {
        const char **value = NULL;

        if (strcmp(argv[i], "--secret") == 0 && !adding->asks_secret) {
            adding->asks_secret = true;
            continue;
        }
        for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++)
            if (strcmp(argv[i], options[k].name) == 0)
                value = options[k].value;
        if (!value || *value || i + 1 == argc)
            return false;
        *value = argv[++i];
    }
    adding->hook.path = str_from(path);
    adding->hook.provider = str_from(provider);
    adding->hook.trigger_id = str_from(trigger);
    return !(adding->asks_secret && adding->secret_file) && (!path || path[0]) &&
           (!provider || provider[0]) && (!trigger || trigger[0]);
}

static bool is_line(struct str text, size_t max)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return false;
    return text.len <= max && utf8_is_text(text);
}

static bool path_is_usable(struct str path)
{
    struct path_template template;
    const char *reason = "it has more than 1024 bytes, or other than visible characters in UTF-8";

    if (is_line(path, HOOK_PATH_MAX) && path_template_parse(path, &template, &reason))
        return true;
    fprintf(
        stderr,
        "daybook: --path must be the path of the API's own calls, such as /webhooks/{provider}: "
        "%s.\n",
        reason);
    return false;
}

/* False after one line on stderr. */
static bool is_usable(const struct hook *hook)
{
    if (!hook_label_valid(hook->label)) {
        fprintf(stderr,
                "daybook: \"%.*s\" cannot be the label of a hook: 1 to %d of a-z, 0-9 and -, not - "
                "first.\n",
                STR_ARG(hook->label), HOOK_LABEL_MAX);
        return false;
    }
    if (hook->path.len && !path_is_usable(hook->path))
        return false;
    if (hook->provider.len && !webhook_is_provider(hook->provider)) {
        fprintf(
            stderr,
            "daybook: the provider \"%.*s\" is not known; known are %s. Without --provider it is "
            "recognised by what each webhook says of itself.\n",
            STR_ARG(hook->provider), webhook_providers());
        return false;
    }
    if (!is_line(hook->trigger_id, HOOK_TRIGGER_MAX)) {
        fprintf(stderr, "daybook: --trigger must be at most %d bytes of UTF-8 on one line.\n",
                HOOK_TRIGGER_MAX);
        return false;
    }
    return true;
}

/* ---- The secret -------------------------------------------------------------------------------- */

static ssize_t read_secret_file(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t len;

    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    len = fread(out, 1, size, file);
    fclose(file);
    if (len && out[len - 1] == '\n')
        len--;
    if (len && out[len - 1] == '\r')
        len--;
    return (ssize_t)len;
}

/* False after one line on stderr. */
static bool read_secret(const struct config *config, struct adding *adding)
{
    ssize_t len;
    int has_key;

    if (!adding->asks_secret && !adding->secret_file)
        return true;
    has_key = config_redaction_key(config, adding->key);
    if (has_key == 0)
        fputs("daybook: a secret is kept encrypted, and that needs a key: name its file as "
              "redaction_key_file in the configuration.\n",
              stderr);
    if (has_key != 1)
        return false;
    len = adding->asks_secret
              ? ask_secret("Secret of the signatures: ", adding->secret, HOOK_SECRET_MAX + 1)
              : read_secret_file(adding->secret_file, adding->secret, sizeof(adding->secret));
    if (len < 1 || len > HOOK_SECRET_MAX ||
        memchr(adding->secret, '\n', (size_t)(len < 0 ? 0 : len))) {
        fprintf(stderr, "daybook: a secret must be 1 to %d bytes on one line.\n", HOOK_SECRET_MAX);
        return false;
    }
    adding->hook.secret = (struct str){adding->secret, (size_t)len};
    return true;
}

/* ---- add --------------------------------------------------------------------------------------- */

static struct str make_name(struct arena *arena, struct str label)
{
    unsigned char random[HOOK_KEY_BYTES];
    struct strbuf text;
    struct str name;

    digest_random(random, sizeof(random));
    strbuf_init(&text);
    strbuf_add(&text, label);
    strbuf_add_char(&text, '-');
    digest_append_hex(&text, (struct str){(const char *)random, sizeof(random)});
    name = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return name;
}

/* Of two hooks with one path the second would never get anything. */
static bool path_is_free(struct db *db, struct arena *arena, const struct hook *hook)
{
    struct hook *hooks;
    size_t count;

    if (hook->path.len == 0)
        return true;
    if (hooks_all(db, arena, hook->account_id, &hooks, &count) < 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(hooks[i].path, hook->path))
            continue;
        fprintf(stderr, "daybook: the path %.*s is that of the hook \"%.*s\" already.\n",
                STR_ARG(hook->path), STR_ARG(hooks[i].label));
        return false;
    }
    return true;
}

static int add_to(struct db *db, struct arena *arena, const struct account *account,
                  struct adding *adding)
{
    struct hook *hook = &adding->hook;
    struct str name = {NULL, 0};
    int result;

    hook->account_id = account->id;
    if (!path_is_free(db, arena, hook))
        return 1;
    if (hook->secret.len)
        hook_secret_keep(adding->key, arena, hook);
    if (hook->path.len == 0)
        name = make_name(arena, hook->label);
    result = hook_add(db, hook, name);
    if (result == 1)
        fprintf(stderr, "daybook: there is a hook \"%.*s\" already.\n", STR_ARG(hook->label));
    else if (result < 0)
        fputs("daybook: the hook could not be stored.\n", stderr);
    else if (name.len)
        printf("/hooks/%.*s/%.*s\n", STR_ARG(account->slug), STR_ARG(name));
    return result == 0 ? 0 : 1;
}

static int add_hook(const struct config *config, int argc, char **argv)
{
    struct adding adding = {.hook = {.label = str_from(argv[3])}};
    struct arena *arena;
    struct account account;
    struct db *db;
    int status = 1;

    if (!read_options(argc, argv, &adding))
        return COMMAND_USAGE;
    if (!is_usable(&adding.hook))
        return 1;
    db = accounts_open(config, CONFIG_MAINTAINER);
    arena = arena_new();
    if (db && accounts_find(db, arena, argv[2], &account) == 0 && read_secret(config, &adding))
        status = add_to(db, arena, &account, &adding);
    explicit_bzero(&adding, sizeof(adding));
    arena_free(arena);
    db_free(db);
    return status;
}

/* ---- list, remove, refused --------------------------------------------------------------------- */

/* One line: label, path (or where it is received), provider, trigger, whether it has a secret, and what became of its webhooks. */
static void print_hook(const struct hook *hook)
{
    const struct str texts[] = {hook->label, hook->path.len ? hook->path : STR("received here"),
                                hook->provider, hook->trigger_id,
                                hook->kept_secret.len ? STR("signed") : STR("unsigned")};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        print_text(texts[i]);
        putchar('\t');
    }
    printf("%llu\t", (unsigned long long)hook->received);
    print_time(hook->last_received_ms);
    printf("\t%llu\t", (unsigned long long)hook->refused);
    print_time(hook->last_refused_ms);
    putchar('\n');
}

static int print_hooks(struct db *db, struct arena *arena, const struct account *account,
                       struct str label)
{
    struct hook *hooks;
    size_t count;

    (void)label;
    if (hooks_all(db, arena, account->id, &hooks, &count) < 0)
        return 1;
    for (size_t i = 0; i < count; i++)
        print_hook(&hooks[i]);
    return 0;
}

static int remove_hook(struct db *db, struct arena *arena, const struct account *account,
                       struct str label)
{
    int result = hook_remove(db, account->id, label);

    (void)arena;
    if (result == 1)
        fprintf(stderr, "daybook: there is no hook \"%.*s\".\n", STR_ARG(label));
    else if (result < 0)
        fputs("daybook: the hook could not be removed.\n", stderr);
    return result == 0 ? 0 : 1;
}

static void print_refusal(const struct hook_refusal *refusal)
{
    const struct str texts[] = {refusal->client_address, refusal->user_agent, refusal->provider,
                                refusal->event, refusal->delivery_id};
    struct strbuf sha256;

    print_time(refusal->at_ms);
    printf("\t%.*s", STR_ARG(hook_reason_words(refusal->reason)));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        putchar('\t');
        print_text(texts[i]);
    }
    strbuf_init(&sha256);
    digest_append_hex(&sha256, refusal->body_sha256);
    printf("\t%llu\t%s\n", (unsigned long long)refusal->body_bytes, sha256.ptr);
    strbuf_release(&sha256);
}

static int print_refusals(struct db *db, struct arena *arena, const struct account *account,
                          struct str label)
{
    struct hook_refusal *refusals;
    struct hook hook;
    size_t count;
    int found = hook_by_label(db, arena, account->id, label, &hook);

    if (found == 0)
        fprintf(stderr, "daybook: there is no hook \"%.*s\".\n", STR_ARG(label));
    if (found != 1 || hook_refusals(db, arena, hook.id, &refusals, &count) < 0)
        return 1;
    for (size_t i = 0; i < count; i++)
        print_refusal(&refusals[i]);
    return 0;
}

static const struct action {
    const char *word;
    int argc;
    enum config_role role;
    int (*run)(struct db *db, struct arena *arena, const struct account *account, struct str label);
} actions[] = {
    {"list", 3, CONFIG_READER, print_hooks},
    {"remove", 4, CONFIG_MAINTAINER, remove_hook},
    {"refused", 4, CONFIG_READER, print_refusals},
};

static int run_action(const struct config *config, const struct action *action, char **argv)
{
    struct db *db = accounts_open(config, action->role);
    struct arena *arena = arena_new();
    struct account account;
    int status = 1;

    if (db && accounts_find(db, arena, argv[2], &account) == 0)
        status = action->run(db, arena, &account, str_from(action->argc > 3 ? argv[3] : NULL));
    arena_free(arena);
    db_free(db);
    return status;
}

int hook_run(const struct config *config, int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "add") == 0)
        return add_hook(config, argc, argv);
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (argc == actions[i].argc && strcmp(argv[1], actions[i].word) == 0)
            return run_action(config, &actions[i], argv);
    return COMMAND_USAGE;
}
