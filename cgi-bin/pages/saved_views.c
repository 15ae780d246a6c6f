/* SPDX-License-Identifier: MIT */
/*
 * A stored query goes through the parser like one that somebody has typed, and what leads to a list is written anew from what that has
 * understood.  A view that is not the person's is the same as none.
 */
#include "pages/saved_views.h"

#include "access.h"
#include "base/clock.h"
#include "pages/pages_frame.h"

struct str saved_view_query(struct arena *arena, const struct params *params)
{
    struct params plain = *params;
    struct strbuf text;
    struct str query;

    plain.says_none = false;
    strbuf_init(&text);
    params_append(&text, &plain, PARAMS_VIEW);
    query = arena_copy(arena, str_slice(strbuf_str(&text), 1, text.len));
    strbuf_release(&text);
    return query;
}

bool saved_view_params(struct arena *arena, const struct view *view, struct params *params,
                       struct str *complaint)
{
    if (!params_parse(arena, view->query, PARAMS_LIST, clock_now_ms(), params, complaint))
        return false;
    params->filter.kind = view->kind;
    params->view = 0;
    return true;
}

bool saved_views_has_default(const struct account *account, enum event_kind kind)
{
    return (account->default_kinds & VIEW_KIND_BIT(kind)) != 0;
}

bool saved_views_is_meant(const struct account *account, const struct params *params,
                          const struct request *request)
{
    return params->view ||
           (request->query.len == 0 && saved_views_has_default(account, params->filter.kind));
}

/* What the view asks for, as a list of this person asks for it: in the zone that they have chosen, if it names none.  False: it is unknown. */
static bool read_shown(const struct request *request, const struct view *view,
                       struct params *params)
{
    struct str complaint;

    if (!saved_view_params(request->arena, view, params, &complaint))
        return false;
    params_remember_zone(request->arena, params, request_cookie(request, STR(PARAMS_ZONE_COOKIE)));
    return true;
}

/* What a list asks for, however it is shown. */
static struct str asked_of(struct arena *arena, const struct params *params)
{
    struct params plain = *params;

    plain.names_zone = true; /* also UTC: not to name it is the same */
    plain.filter.oldest_first = false;
    plain.filter.has_asof = false;
    plain.show = params_page_sizes[0];
    plain.page = 1;
    return saved_view_query(arena, &plain);
}

int saved_views_shown(struct db *db, const struct account *account, const struct params *params,
                      const struct request *request, struct view *view)
{
    enum event_kind kind = params->filter.kind;
    struct params meant;
    int found = 0;

    if (saved_views_has_default(account, kind))
        found = view_default(db, request->arena, account->id, request->remote_user, kind, view);
    if (found == 1 &&
        (!read_shown(request, view, &meant) ||
         !str_equal(asked_of(request->arena, &meant), asked_of(request->arena, params))))
        found = 0;
    if (found != 1)
        view->id = 0;
    return found < 0 ? -1 : 0;
}

static void send_unknown(const struct account *account, struct request *request,
                         struct response *response)
{
    response_error_link(response, 404, STR("There is no such view among those that you may use."),
                        pages_about_path(request->arena, account->slug, "views"),
                        STR("Go to the saved views"));
}

/* The way to the list without it, since a default would be in the way each time. */
static void send_unreadable(const struct account *account, const struct view *view,
                            struct str complaint, struct request *request,
                            struct response *response)
{
    struct params none = {.zone = "UTC", .show = params_page_sizes[0], .says_none = true};
    struct str tab = pages_tab_path(request->arena, account->slug, view->kind);

    response_error_link(
        response, 409,
        arena_printf(request->arena,
                     "The saved view \"%.*s\" has a filter that this version of Daybook does not "
                     "know: %.*s Delete it and save it again.",
                     STR_ARG(view->name), STR_ARG(complaint)),
        pages_link(request->arena, tab, &none, PARAMS_VIEW), STR("Open the list without it"));
}

/* False: the answer has been sent. */
static bool read_filter(const struct account *account, const struct view *view,
                        struct request *request, struct response *response, struct params *params)
{
    struct str complaint;

    if (saved_view_params(request->arena, view, params, &complaint))
        return true;
    send_unreadable(account, view, complaint, request, response);
    return false;
}

bool saved_views_pass(struct db *db, const struct account *account, const struct params *params,
                      struct request *request, struct response *response)
{
    enum event_kind kind = params->filter.kind;
    struct params filter;
    struct view view;
    int found;

    if (!saved_views_is_meant(account, params, request))
        return true;
    found = params->view
                ? view_find(db, request->arena, account->id, request->remote_user, kind,
                            params->view, &view)
                : view_default(db, request->arena, account->id, request->remote_user, kind, &view);
    if (found == 0 && !params->view)
        return true;
    if (found < 0 || db_commit(db) < 0) {
        access_database_down(db, response);
    } else if (found == 0) {
        send_unknown(account, request, response);
    } else if (read_filter(account, &view, request, response, &filter)) {
        filter.says_none = saved_views_has_default(account, kind);
        response_redirect(response, pages_link(request->arena,
                                               pages_tab_path(request->arena, account->slug, kind),
                                               &filter, PARAMS_VIEW));
    }
    return false;
}

/* What the request says besides the view stays as it is. */
static void take_filter(struct params *params, const struct params *filter)
{
    enum event_kind kind = params->filter.kind;

    params->filter = filter->filter;
    params->filter.kind = kind;
    params->from = filter->from;
    params->to = filter->to;
    params->shows_own = filter->shows_own;
    params->zone = filter->zone;
    params->view = 0;
}

/*
 * The same download with the filter in its address.  Searches in texts have processes of their own, and the server in front knows one by the
 * parameter `q` alone.
 */
static void send_to_search(const struct params *filter, struct request *request,
                           struct response *response)
{
    struct str rest = request->query, part;
    struct strbuf text;

    strbuf_init(&text);
    strbuf_add(&text, request->path);
    params_append(&text, filter, PARAMS_FILTER);
    while (str_next(&rest, '&', &part)) {
        if (str_starts(part, STR("view=")))
            continue;
        strbuf_add_char(&text, '&');
        strbuf_add(&text, part);
    }
    response_redirect(response, strbuf_str(&text));
    strbuf_release(&text);
}

bool saved_views_fill(struct db *db, const struct account *account, struct request *request,
                      struct response *response, struct params *params)
{
    struct params filter;
    struct view view;
    int found;

    if (!params->view)
        return true;
    found = view_find(db, request->arena, account->id, request->remote_user, params->filter.kind,
                      params->view, &view);
    if (found < 0) {
        access_database_down(db, response);
        return false;
    }
    if (found == 0) {
        send_unknown(account, request, response);
    } else if (read_filter(account, &view, request, response, &filter)) {
        if (filter.filter.text.len) {
            send_to_search(&filter, request, response);
        } else if (params->has_after && filter.filter.oldest_first) {
            response_error(response, 400,
                           STR("Parameter \"after\" does not go with this saved view, which has "
                               "the oldest first: the order is that of arrival."));
        } else {
            take_filter(params, &filter);
            return true;
        }
    }
    db_rollback(db);
    return false;
}
