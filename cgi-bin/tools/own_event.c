/* SPDX-License-Identifier: MIT */
/* Which commands are events, and of which account, stands in one table. */
#define _GNU_SOURCE
#include "tools/own_event.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "intake/capture_parts.h"
#include "store/account_store.h"

/* Numbers are places in argv; 0: none. */
static const struct {
    const char *command, *word;
    unsigned word_at, account_at, entity_at;
    const char *action;
} changes[] = {
    {"account", "add", 1, 2, 2, "addAccount"},
    {"account", "set-plan", 1, 2, 3, "setPlan"},
    {"account", "hold", 1, 2, 3, "setHold"},
    {"plan", "add", 1, 0, 2, "addPlan"},
    {"plan", "change", 1, 0, 2, "changePlan"},
    {"member", "add", 1, 2, 3, "addMember"},
    {"member", "remove", 1, 2, 3, "removeMember"},
    {"operator", "add", 1, 0, 2, "addOperator"},
    {"operator", "remove", 1, 0, 2, "removeOperator"},
    {"hook", "add", 1, 2, 3, "addHook"},
    {"hook", "remove", 1, 2, 3, "removeHook"},
    {"redaction", "add", 2, 1, 3, "addRedaction"},
    {"redaction", "keep", 2, 1, 3, "keepName"},
    {"redaction", "remove", 2, 1, 3, "removeRedaction"},
    {"redaction", "patterns", 2, 1, 3, "setPatterns"},
    {"redaction", "on", 2, 1, 2, "setRedaction"},
    {"redaction", "off", 2, 1, 2, "setRedaction"},
    {"maintain", "purge", 1, 2, 4, "purge"},
    {"status", "--acknowledge", 1, 0, 2, "acknowledge"},
    {"find-secret", NULL, 0, 1, 0, "findSecret"},
    {"import-openapi", NULL, 0, 0, 0, "importOperations"},
};

enum { ROLE_AT = 4 }; /* of `member add` */

/* Who runs the command: before sudo, if it was that. */
static struct str user_of(struct arena *arena)
{
    const char *sudo = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
    const struct passwd *passwd = sudo && sudo[0] ? NULL : getpwuid(getuid());

    if (sudo && sudo[0])
        return arena_copy(arena, str_from(sudo));
    return passwd ? arena_copy(arena, str_from(passwd->pw_name))
                  : arena_printf(arena, "uid %lu", (unsigned long)getuid());
}

/* What stands in a column is text, and no longer than that takes. */
static struct str as_text(struct str text)
{
    struct str valid = str_slice(text, 0, utf8_valid_prefix(text));

    return utf8_cut(valid, EVENT_NAME_MAX);
}

static int store(struct recording *recording, struct arena *arena, const struct own_event *own)
{
    struct event event = {
        .kind = EVENT_KIND_EVENT,
        .source = EVENT_SOURCE_CLI,
        .entity_type = STR(EVENT_TYPE_OWN),
        .action = str_from(own->action),
        .user = as_text(user_of(arena)),
        .entity_id = capture_name(arena, own->entity_id),
        .entity_name = capture_name(arena, own->entity_name),
        .url = as_text(own->line),
        .extra = own->extra,
        .idempotency_key = own->key,
    };
    struct intake_complaint complaint;
    struct account account;
    struct intake intake;
    int found = db_connect(recording_db(recording)) < 0
                    ? -1
                    : account_by_slug(recording_db(recording), arena,
                                      own->account.len ? own->account : STR(OWN_ACCOUNT), &account);

    if (found != 1)
        return found;
    if (recording_intake(recording, arena, account.id, &intake) < 0 ||
        !intake_complete(&intake, &event, &complaint))
        return -1;
    return recorder_store(recording_recorder(recording), account.id, &event, 1, NULL);
}

int own_event_store(struct recording *recording, const struct own_event *event)
{
    struct arena *arena = arena_new();
    int result = store(recording, arena, event);

    arena_free(arena);
    return result;
}

void own_event_record(const struct config *config, const struct own_event *event)
{
    struct recording *recording;

    if (config->record_commands == 0)
        return;
    recording = recording_open(config);
    if (!recording || own_event_store(recording, event) < 0)
        fputs("daybook: this is done, but could not be recorded in the log.\n", stderr);
    recording_close(recording);
}

/* "daybook member add acme ann admin" */
static struct str line_of(struct strbuf *line, int argc, char **argv)
{
    strbuf_add_cstr(line, "daybook");
    for (int i = 0; i < argc; i++)
        strbuf_printf(line, " %s", argv[i]);
    return strbuf_str(line);
}

void own_event_record_command(const struct config *config, const struct own_event *event, int argc,
                              char **argv)
{
    struct own_event copy = *event;
    struct strbuf line;

    strbuf_init(&line);
    copy.line = line_of(&line, argc, argv);
    own_event_record(config, &copy);
    strbuf_release(&line);
}

static struct str argument(int argc, char **argv, unsigned at)
{
    return at && at < (unsigned)argc ? str_from(argv[at]) : (struct str){NULL, 0};
}

/* `import-openapi` takes its words in any order.  False: nothing was stored. */
static bool read_import(struct own_event *event, int argc, char **argv)
{
    bool is_dry = false;

    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' || !argv[i][1])
            event->entity_id = str_from(argv[i]);
        else if (strcmp(argv[i], "--dry-run") == 0)
            is_dry = true;
        else if (strcmp(argv[i], "--drop-reads") != 0 && ++i < argc &&
                 strcmp(argv[i - 1], "--account") == 0)
            event->account = str_from(argv[i]);
    }
    return !is_dry;
}

void own_event_of_command(const struct config *config, int argc, char **argv)
{
    struct own_event event = {.action = NULL};
    struct strbuf extra;

    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct str word = argument(argc, argv, changes[i].word_at);

        if (strcmp(argv[0], changes[i].command) != 0 ||
            (changes[i].word && !str_equal(word, str_from(changes[i].word))))
            continue;
        event.action = changes[i].action;
        event.account = argument(argc, argv, changes[i].account_at);
        event.entity_id = argument(argc, argv, changes[i].entity_at);
    }
    if (!event.action ||
        (strcmp(argv[0], "import-openapi") == 0 && !read_import(&event, argc, argv)))
        return;
    strbuf_init(&extra);
    if (strcmp(event.action, "addMember") == 0) {
        strbuf_add_char(&extra, '{');
        json_write_text(&extra, "role", argument(argc, argv, ROLE_AT));
        strbuf_add_char(&extra, '}');
        event.extra = strbuf_str(&extra);
    }
    own_event_record_command(config, &event, argc, argv);
    strbuf_release(&extra);
}
