/* SPDX-License-Identifier: MIT */
/*
 * Whether an operation only reads, told by the words in which it is described.  A GET that changes something and is taken for a
 * read may be left out of the log, so one word of change is enough; one that is a noun as often as a verb ("run") counts where
 * no word of reading stands by.
 */
#include "intake/operation_rules.h"

#include <stdlib.h>

/* Sorted: looked up by bsearch(). */
static const char *const changes[] = {
    "abort",      "accept",    "activate",   "add",         "append",      "apply",
    "approve",    "assign",    "attach",     "authorize",   "ban",         "block",
    "cancel",     "change",    "clear",      "clone",       "close",       "complete",
    "confirm",    "connect",   "consume",    "convert",     "copy",        "create",
    "deactivate", "decline",   "delete",     "deny",        "deprovision", "destroy",
    "detach",     "disable",   "disconnect", "dismiss",     "drop",        "duplicate",
    "edit",       "eject",     "enable",     "enroll",      "erase",       "execute",
    "expire",     "flush",     "freeze",     "generate",    "halt",        "hide",
    "increment",  "insert",    "install",    "invalidate",  "invite",      "invoke",
    "join",       "kick",      "kill",       "launch",      "leave",       "login",
    "logout",     "mark",      "migrate",    "modify",      "move",        "mute",
    "notify",     "overwrite", "pause",      "perform",     "prepare",     "promote",
    "provision",  "publish",   "purge",      "reassign",    "reboot",      "rebuild",
    "recover",    "recreate",  "redeliver",  "redeploy",    "refresh",     "regenerate",
    "register",   "reindex",   "reject",     "reload",      "remove",      "rename",
    "renew",      "reopen",    "reorder",    "replace",     "rerun",       "resend",
    "reset",      "resolve",   "restart",    "restore",     "resume",      "retire",
    "retry",      "revert",    "revoke",     "rollback",    "rotate",      "send",
    "share",      "shutdown",  "signout",    "start",       "stop",        "submit",
    "subscribe",  "suspend",   "swap",       "switch",      "sync",        "synchronize",
    "terminate",  "toggle",    "trigger",    "unarchive",   "unassign",    "unban",
    "unblock",    "uninstall", "unlink",     "unlock",      "unmute",      "unpause",
    "unpin",      "unpublish", "unregister", "unsubscribe", "unsuspend",   "untag",
    "update",     "upgrade",   "upload",     "upsert",      "wake",        "wipe",
    "withdraw",   "write",
};

/* As often nouns. */
static const char *const doubtful[] = {
    "archive", "backup",  "build",  "commit",  "deploy", "fork",     "grant",    "import", "link",
    "lock",    "merge",   "open",   "patch",   "pin",    "post",     "process",  "pull",   "push",
    "put",     "release", "replay", "request", "run",    "save",     "schedule", "set",    "sign",
    "stage",   "star",    "store",  "tag",     "test",   "transfer", "vote",     "watch",
};

static const char *const reads[] = {
    "check",  "compare", "count",    "describe", "diff",     "download", "exists", "export",
    "fetch",  "find",    "get",      "has",      "head",     "info",     "is",     "list",
    "lookup", "preview", "query",    "read",     "retrieve", "search",   "show",   "stat",
    "stats",  "status",  "validate", "verify",   "view",
};

#define HAS_WORD(table, word)                                                                      \
    (bsearch(word, table, sizeof(table) / sizeof((table)[0]), sizeof((table)[0]), compare_words))

enum { WORD_MAX = 32 };

/* What was found so far. */
struct evidence {
    bool change, doubt, read;
};

static int compare_words(const void *word, const void *row)
{
    return strcmp(word, *(const char *const *)row);
}

static void weigh(struct evidence *evidence, const char *word)
{
    evidence->change |= HAS_WORD(changes, word) != NULL;
    evidence->doubt |= HAS_WORD(doubtful, word) != NULL;
    evidence->read |= HAS_WORD(reads, word) != NULL;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

/* A word begins at a capital behind a small letter, and at the last of several capitals: "getAPIKey". */
static bool begins_word(struct str text, size_t at)
{
    if (at == 0 || !is_upper(text.ptr[at]))
        return false;
    return !is_upper(text.ptr[at - 1]) ||
           (at + 1 < text.len && is_letter(text.ptr[at + 1]) && !is_upper(text.ptr[at + 1]));
}

/* Takes the next word off `rest` in small letters; false when there is none.  What is too long is no word of ours. */
static bool take_word(struct str *rest, char word[WORD_MAX])
{
    size_t at = 0, len = 0;

    while (at < rest->len && !is_letter(rest->ptr[at]))
        at++;
    *rest = str_slice(*rest, at, rest->len);
    do
        len++;
    while (len < rest->len && is_letter(rest->ptr[len]) && !begins_word(*rest, len));
    if (rest->len == 0)
        return false;
    word[0] = '\0';
    if (len < WORD_MAX) {
        str_fold(str_slice(*rest, 0, len), word);
        word[len] = '\0';
    }
    *rest = str_slice(*rest, len, rest->len);
    return true;
}

static void weigh_words(struct evidence *evidence, struct str text)
{
    char word[WORD_MAX];

    while (take_word(&text, word))
        weigh(evidence, word);
}

/* A sentence has nouns enough: only its first word counts, "Restart" or "Restarts". */
static void weigh_sentence(struct evidence *evidence, struct str text)
{
    char word[WORD_MAX];
    size_t len;

    if (!take_word(&text, word))
        return;
    weigh(evidence, word);
    len = strlen(word);
    if (len > 1 && word[len - 1] == 's') {
        word[len - 1] = '\0';
        weigh(evidence, word);
    }
    if (len > 2 && word[len - 2] == 'e') {
        word[len - 2] = '\0';
        weigh(evidence, word);
    }
}

bool operation_rules_is_read(const struct operation_facts *facts)
{
    struct evidence evidence = {0};

    if (!str_equal(facts->method, STR("GET")) && !str_equal(facts->method, STR("HEAD")))
        return false;
    weigh_words(&evidence, facts->operation_id);
    weigh_words(&evidence, facts->action);
    weigh_sentence(&evidence, facts->summary);
    for (size_t i = 0; i < facts->path->piece_count; i++)
        if (!facts->path->pieces[i].is_param)
            weigh_words(&evidence, facts->path->pieces[i].text);
    return !evidence.change && (evidence.read || !evidence.doubt);
}
