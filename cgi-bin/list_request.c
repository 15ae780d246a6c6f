/* SPDX-License-Identifier: MIT */
/* Parse, and say what is wrong.  Never touches the database. */
#include "list_request.h"

#include "base/clock.h"

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
    bool fine =
        params_parse(request->arena, request->query, set, clock_now_ms(), params, &complaint);

    params->filter.kind = kind;
    if (!fine && params->mistake.sentence.len == 0) {
        response_error(response, 400, complaint);
        return false;
    }
    return !refuse_menu(params, kind, response);
}

bool list_request_is_search(const struct pages_list *list)
{
    return list->params.query.len > 0;
}

void list_request_search(const struct pages_list *list, struct request *request,
                         struct response *response)
{
    struct strbuf link;

    if (list->params.mistake.sentence.len) {
        pages_send_mistake(list, request, response);
        return;
    }
    strbuf_init(&link);
    strbuf_add(&link, pages_list_link(request->arena, list, &list->params));
    if (list->params.has_menu)
        params_append_menu(&link, list->params.menu);
    response_redirect(response, arena_copy(request->arena, strbuf_str(&link)));
    strbuf_release(&link);
}
