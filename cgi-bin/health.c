/* SPDX-License-Identifier: MIT */
/*
 * /{account}/-/health: how capturing goes for this account (base/health.h), its newest event and trigger, what became of the
 * webhooks of its hooks (base/hook.h), and why the last ones were refused.
 * Parameters: none.
 */
#include "access.h"
#include "base/clock.h"
#include "pages/pages.h"
#include "store/schema_version.h"
#include "web/fields.h"
#include "web/handler.h"

static void *start(const struct config *config)
{
    return schema_version_open(config, CONFIG_READER);
}

static void stop(void *context)
{
    db_free(context);
}

static int read_health(struct db *db, struct arena *arena, struct pages_health *health)
{
    struct health_source *sources;
    struct hook_refusal *refusals;
    struct hook *hooks;

    for (int kind = EVENT_KIND_EVENT; kind < EVENT_KIND_COUNT; kind++) {
        if (event_newest(db, health->account.id, (enum event_kind)kind, &health->newest[kind]) < 0)
            return -1;
        if (event_id_ms(health->newest[kind]) < health->account.kept_from_ms)
            health->newest[kind] = 0; /* its plan does not show it */
    }
    if (health_of_account(db, arena, health->account.id, &sources) < 0 ||
        hooks_all(db, arena, health->account.id, &hooks, &health->hook_count) < 0 ||
        hook_refusals_of_account(db, arena, health->account.id, PAGES_REFUSALS_MAX, &refusals,
                                 &health->refusal_count) < 0)
        return -1;
    health->sources = sources;
    health->hooks = hooks;
    health->refusals = refusals;
    return 0;
}

static void serve(void *context, struct request *request, struct response *response)
{
    struct pages_health health = {.person = request->remote_user, .now_ms = clock_now_ms()};
    struct db *db = context;
    struct str complaint;
    struct fields fields;

    if (!fields_parse(request->arena, request->query, NULL, 0, &fields, &complaint)) {
        response_error(response, 400, complaint);
        return;
    }
    if (!access_begin_about(db, "health", request, response, &health.account))
        return;
    if (read_health(db, request->arena, &health) < 0 || db_commit(db) < 0)
        access_database_down(db, response);
    else
        pages_send_health(&health, request, response);
}

static const char *const templates[] = {"layout.tpl", "health.tpl", NULL};

const struct page_handler page_handler = {
    .name = "health",
    .methods = METHOD_GET,
    .templates = templates,
    .start = start,
    .serve = serve,
    .stop = stop,
};
