/* SPDX-License-Identifier: MIT */
/*
 * /{account}/events/{id} and /{account}/triggers/{id}: one call, with everything that was sent.
 * Parameters: `part=body` gives the stored bytes of the body as a file, `part=curl` a command that sends the call again,
 * `part=json` all of it in the form in which it is recorded; `view=raw` shows texts without indenting; those of the list it was opened from make the way back.
 */
#include "access.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/parse.h"
#include "pages/curl_command.h"
#include "intake/native_write.h"
#include "query/params.h"
#include "pages/pages.h"
#include "pages/saved_views.h"
#include "store/schema_version.h"
#include "web/handler.h"

static void *start(const struct config *config)
{
    return schema_version_open(config, CONFIG_READER);
}

static void stop(void *context)
{
    db_free(context);
}

/* Kind and id from the path; an id that is none is the same as one that does not exist. */
static bool read_path(const struct request *request, enum event_kind *kind, uint64_t *id)
{
    struct str segments[3];

    if (request_segments(request, segments, 3) != 3)
        return false;
    if (str_equal(segments[1], STR("events")))
        *kind = EVENT_KIND_EVENT;
    else if (str_equal(segments[1], STR("triggers")))
        *kind = EVENT_KIND_TRIGGER;
    else
        return false;
    return parse_hex16(segments[2], id);
}

/* What the page shows besides the event.  0 or -1. */
static int read_others(struct db *db, struct arena *arena, const struct link_scope *scope,
                       struct pages_details *details)
{
    const struct event *event = &details->event;
    struct json_value body;
    struct json_error error;
    enum history_body wanted = json_read(event->body, &body, &error) ? HISTORY_BODY_COMPARED
                               : event->body_bytes == 0              ? HISTORY_BODY_LAST
                                                                     : HISTORY_BODY_NONE;

    if (event->kind == EVENT_KIND_TRIGGER &&
        link_read_attempts(db, arena, scope, event, &details->attempts) < 0)
        return -1;
    if (link_read_events(db, arena, scope, event, &details->linked) < 0 ||
        history_read(db, arena, scope, event, wanted, &details->history) < 0)
        return -1;
    return around_read(db, arena, scope, event, &details->around);
}

/* The event and what belongs to it, from one snapshot; nothing that the plan does not keep.  1 found, 0 not, -1. */
static int read_event(struct db *db, struct arena *arena, enum event_kind kind, uint64_t id,
                      struct pages_details *details)
{
    const struct link_scope scope = {details->account.id,
                                     event_id_first(details->account.kept_from_ms)};
    int found = id < scope.first_id
                    ? 0
                    : event_read(db, arena, scope.account_id, kind, id, &details->event);

    if (found != 1 || details->params.part != PARAMS_PART_PAGE)
        return found;
    return read_others(db, arena, &scope, details) < 0 ? -1 : 1;
}

static void send_body(const struct event *event, struct request *request, struct response *response)
{
    response_header(response, "Content-Disposition",
                    arena_printf(request->arena, "attachment; filename=\"%016llx-body.bin\"",
                                 (unsigned long long)event->id));
    response_send(response, "application/octet-stream", event->body);
}

static void send_json(const struct event *event, struct response *response)
{
    struct strbuf line;

    strbuf_init(&line);
    native_write(&line, event, NATIVE_EXPORTED);
    response_send(response, "application/json", strbuf_str(&line));
    strbuf_release(&line);
}

static void serve(void *context, struct request *request, struct response *response)
{
    struct pages_details details = {.person = request->remote_user};
    struct db *db = context;
    struct str complaint;
    enum event_kind kind;
    uint64_t id;
    int found = 0;

    if (!params_parse(request->arena, request->query, PARAMS_DETAILS, clock_now_ms(),
                      &details.params, &complaint)) {
        response_error_parameters(response, complaint);
        return;
    }
    params_remember_zone(request->arena, &details.params,
                         request_cookie(request, STR(PARAMS_ZONE_COOKIE)));
    if (!access_begin(db, request, response, &details.account))
        return;
    if (read_path(request, &kind, &id)) {
        details.params.says_none =
            !details.params.all_accounts && saved_views_has_default(&details.account, kind);
        found = read_event(db, request->arena, kind, id, &details);
    }
    if (found < 0 || db_commit(db) < 0)
        access_database_down(db, response);
    else if (found == 0)
        response_error_link(
            response, 404,
            STR("There is no such call in this log. It may be older than what is kept."), STR("/"),
            STR("Go to your log"));
    else if (details.params.part == PARAMS_PART_BODY)
        send_body(&details.event, request, response);
    else if (details.params.part == PARAMS_PART_CURL)
        response_send(response, "text/plain; charset=utf-8",
                      curl_command(request->arena, &details.event));
    else if (details.params.part == PARAMS_PART_JSON)
        send_json(&details.event, response);
    else
        pages_send_details(&details, request, response);
}

static const char *const templates[] = {"layout.tpl", "details.tpl", NULL};

const struct page_handler page_handler = {
    .name = "details",
    .methods = METHOD_GET,
    .templates = templates,
    .start = start,
    .serve = serve,
    .stop = stop,
};
