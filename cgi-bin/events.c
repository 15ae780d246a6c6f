/* SPDX-License-Identifier: MIT */
/*
 * /{account}/events   the tab All Audit (pages/list.h)
 * /-/events           the same of all accounts, for operators (pages/list_all.h)
 * /                   on to the only log, or a chooser; 403 for a person with none
 * /{account}, and an address of a tab with a slash behind it: on to that list
 * /healthz            200 while the database answers, else 503
 * Every other page that no location names ends here too, as a 404.
 */
#include "access.h"
#include "base/http_text.h"
#include "base/shell.h"
#include "base/strbuf.h"
#include "pages/list_all.h"
#include "pages/pages.h"
#include "store/operator_store.h"
#include "store/reader.h"
#include "web/handler.h"

static void *start(const struct config *config)
{
    return list_open(config);
}

static void stop(void *context)
{
    list_close(context);
}

static void serve_health(struct db *db, struct response *response)
{
    if (db_begin(db, DB_READ) < 0 || db_commit(db) < 0) {
        access_database_down(db, response);
        return;
    }
    response_send(response, "text/plain; charset=utf-8", STR("ok\n"));
}

static void refuse_stranger(struct request *request, struct response *response)
{
    struct strbuf command;

    strbuf_init(&command);
    strbuf_add_cstr(&command, "daybook member add ACCOUNT ");
    shell_append_word(&command, request->remote_user);
    strbuf_add_cstr(&command, " auditor");
    response_error_command(
        response, 403,
        arena_printf(request->arena,
                     "You are signed in as \"%.*s\", who is not a member of any account. Ask the "
                     "administrator of this installation to run:",
                     STR_ARG(request->remote_user)),
        strbuf_str(&command), request->sign_out, STR("Sign out"));
    strbuf_release(&command);
}

static void serve_root(struct db *db, struct request *request, struct response *response)
{
    struct account *accounts;
    int reads_all = -1;
    size_t count;

    if (db_begin(db, DB_READ) < 0 ||
        accounts_of_person(db, request->arena, request->remote_user, &accounts, &count) < 0 ||
        (reads_all = operator_is(db, request->remote_user)) < 0 || db_commit(db) < 0) {
        access_database_down(db, response);
        return;
    }
    if (reads_all && count == 0)
        response_redirect(response, STR("/-/events"));
    else if (count == 0)
        refuse_stranger(request, response);
    else if (count == 1 && !reads_all)
        response_redirect(response,
                          arena_printf(request->arena, "/%.*s/events", STR_ARG(accounts[0].slug)));
    else
        pages_send_accounts(request->remote_user, accounts, count, reads_all, request, response);
}

/* The list that somebody means who leaves out its name, or writes a slash behind it; empty: none. */
static struct str meant_tab(const struct str *segments, size_t count)
{
    static const struct str events = STR("events"), triggers = STR("triggers");

    if (count == 0 || count > 3 || segments[0].len == 0 || (count > 1 && segments[count - 1].len))
        return STR("");
    if (count < 3)
        return events;
    return str_equal(segments[1], events) || str_equal(segments[1], triggers) ? segments[1]
                                                                              : STR("");
}

/* Leads on to it, for who may see it.  False: nothing was sent. */
static bool lead_to_tab(struct db *db, struct request *request, struct response *response)
{
    struct str segments[3] = {{NULL, 0}};
    size_t count = request_segments(request, segments, 3);
    struct str tab = meant_tab(segments, count);
    struct account account = {.slug = STR("-")};
    int found;

    if (tab.len == 0 || !http_is_one_line(request->query))
        return false;
    found = db_begin(db, DB_READ);
    if (found == 0)
        found = !str_equal(segments[0], account.slug) ? access_find(db, request, &account)
                : request->remote_user.len            ? operator_is(db, request->remote_user)
                                                      : 0;
    if (found < 0) {
        access_database_down(db, response);
        return true;
    }
    db_rollback(db);
    if (found)
        response_redirect(response,
                          arena_printf(request->arena, "/%.*s/%.*s%s%.*s", STR_ARG(account.slug),
                                       STR_ARG(tab), request->query.len ? "?" : "",
                                       STR_ARG(request->query)));
    return found == 1;
}

static void serve(void *context, struct request *request, struct response *response)
{
    struct db *db = list_reader(context)->db;
    struct str segments[2];
    size_t count = request_segments(request, segments, 2);

    if (str_equal(request->path, STR("/healthz")))
        serve_health(db, response);
    else if (str_equal(request->path, STR("/")))
        serve_root(db, request, response);
    else if (count == 2 && str_equal(segments[0], STR("-")) &&
             str_equal(segments[1], STR("events")))
        list_all_serve(context, EVENT_KIND_EVENT, request, response);
    else if (count == 2 && str_equal(segments[1], STR("events")))
        list_serve(context, EVENT_KIND_EVENT, request, response);
    else if (!lead_to_tab(db, request, response))
        response_error_link(response, 404, STR("There is no such page."), STR("/"),
                            STR("Go to your log"));
}

static const char *const templates[] = {"layout.tpl",  "list.tpl",    "accounts.tpl",
                                        "_ticks.tpl",  "_text.tpl",   "_dates.tpl",
                                        "_search.tpl", "mistake.tpl", NULL};

const struct page_handler page_handler = {
    .name = "events",
    .methods = METHOD_GET,
    .templates = templates,
    .start = start,
    .serve = serve,
    .stop = stop,
};
