/* SPDX-License-Identifier: MIT */
/* Parse, and say what is wrong.  Never touches the database. */
#include "pages/list_request.h"

#include "base/clock.h"
#include "pages/pages_frame.h"

/* A menu of values that events of this kind do not have. */
static void check_menu(struct arena *arena, struct pages_list *list)
{
    struct params *params = &list->params;

    if (!params->has_menu || filter_has_dimension(params->filter.kind, params->menu))
        return;
    params->has_menu = false;
    list->wrong = arena_alloc(arena, sizeof(*list->wrong));
    list->wrong_count = 1;
    *list->wrong = (struct params_wrong){
        STR("menu"), STR(""),
        STR("Parameter \"menu\" names what only triggers have: the log of events has no such "
            "values.")};
}

void list_request_read(struct request *request, enum params_set set, enum event_kind kind,
                       struct pages_list *list)
{
    struct arena *arena = request->arena;
    struct params *params = &list->params;
    struct str complaint;

    list->now_ms = clock_now_ms();
    if (!params_parse(arena, request->query, set, list->now_ms, params, &complaint) &&
        params->mistake.sentence.len == 0)
        list->wrong =
            params_take(arena, request->query, set, list->now_ms, params, &list->wrong_count);
    params->filter.kind = kind;
    params_remember_zone(arena, params, request_cookie(request, STR(PARAMS_ZONE_COOKIE)));
    if (list->wrong_count == 0)
        check_menu(arena, list);
}

bool list_request_leads_on(const struct pages_list *list)
{
    return list->wrong_count > 0 || list->params.query.len > 0 || list->params.chosen_zone.len > 0;
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
    struct pages_list shown = *list;
    struct params *params = &shown.params;
    struct arena *arena = request->arena;
    struct strbuf link;

    if (params->mistake.sentence.len) {
        pages_send_mistake(list, request, response);
        return;
    }
    if (params->chosen_zone.len) {
        if (!str_equal(params->chosen_zone, str_from(params->zone)))
            remember_zone(arena, response, params->chosen_zone);
        params_choose_zone(arena, params);
    }
    if (list->wrong_count) {
        pages_send_refused(&shown, request, response);
        return;
    }
    strbuf_init(&link);
    strbuf_add(&link, params->chosen_zone.len ? pages_view_link(arena, list->account.slug, params)
                                              : pages_list_link(arena, list, params));
    params_append_asked(&link, params);
    response_redirect(response, arena_copy(arena, strbuf_str(&link)));
    strbuf_release(&link);
}
