/* SPDX-License-Identifier: MIT */
/* Parse, and say what is wrong.  Never touches the database. */
#include "list_request.h"

#include "base/clock.h"
#include "pages_frame.h"

/* Refuses a menu of values that events of this kind do not have.  True: the answer has been sent. */
static bool refuse_menu(const struct params *params, enum event_kind kind,
                        struct response *response)
{
    if (!params->has_menu || filter_has_dimension(kind, params->menu))
        return false;
    response_error(response, 400,
                   STR("Parameter \"menu\" names what only triggers have: the log of events has no "
                       "such values."));
    return true;
}

bool list_request_read(struct request *request, enum params_set set, enum event_kind kind,
                       struct pages_list *list, struct response *response)
{
    struct params *params = &list->params;
    struct str complaint;
    bool fine;

    list->now_ms = clock_now_ms();
    fine = params_parse(request->arena, request->query, set, list->now_ms, params, &complaint);
    params->filter.kind = kind;
    if (!fine && params->mistake.sentence.len == 0) {
        response_error(response, 400, complaint);
        return false;
    }
    params_remember_zone(request->arena, params, request_cookie(request, STR(PARAMS_ZONE_COOKIE)));
    return !refuse_menu(params, kind, response);
}

bool list_request_leads_on(const struct pages_list *list)
{
    return list->params.query.len > 0 || list->params.chosen_zone.len > 0;
}

/* A cookie of no weight: it decides how times are shown, and is read by nothing but params_remember_zone(). */
static void remember_zone(struct arena *arena, struct response *response, struct str zone)
{
    response_header(response, "Set-Cookie",
                    arena_printf(arena,
                                 PARAMS_ZONE_COOKIE
                                 "=%.*s; Path=/; Max-Age=34560000; SameSite=Lax; HttpOnly",
                                 STR_ARG(zone)));
}

void list_request_lead_on(const struct pages_list *list, struct request *request,
                          struct response *response)
{
    struct params params = list->params;
    struct arena *arena = request->arena;
    struct strbuf link;

    if (params.mistake.sentence.len) {
        pages_send_mistake(list, request, response);
        return;
    }
    if (params.chosen_zone.len) {
        if (!str_equal(params.chosen_zone, str_from(params.zone)))
            remember_zone(arena, response, params.chosen_zone);
        params.zone = arena_cstr(arena, params.chosen_zone);
        params.names_zone = true;
    }
    strbuf_init(&link);
    strbuf_add(&link, params.chosen_zone.len ? pages_view_link(arena, list->account.slug, &params)
                                             : pages_list_link(arena, list, &params));
    if (params.has_menu)
        params_append_menu(&link, params.menu);
    if (params.histogram_table)
        params_append_histogram_table(&link);
    response_redirect(response, arena_copy(arena, strbuf_str(&link)));
    strbuf_release(&link);
}
