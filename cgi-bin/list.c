/* SPDX-License-Identifier: MIT */
/* Parse, look up, query, fill, send: in that order, nothing is sent early. */
#include "list.h"

#include "access.h"
#include "base/clock.h"
#include "pages.h"
#include "params.h"
#include "store/event_store.h"

/* Values offered in one filter menu; a text box beside them takes any other. */
enum { MENU_VALUES_MAX = 500 };

/* Everything that the page shows, read in one snapshot.  0 or -1. */
static int read_list(struct reader *reader, struct arena *arena, struct pages_list *list)
{
    const struct filter *filter = &list->params.filter;
    uint64_t offset = (list->params.page - 1) * list->params.show;

    if (event_list_read(reader, arena, filter, offset, list->params.show, &list->found) < 0)
        return -1;
    if (filter->kind == EVENT_KIND_TRIGGER &&
        link_number_attempts(reader->db, arena, filter->account_id, list->found.rows,
                             list->found.count, &list->attempts) < 0)
        return -1;
    if (list->params.has_menu && event_facets_read(reader, arena, filter, list->params.menu,
                                                   MENU_VALUES_MAX, &list->facets) < 0)
        return -1;
    return 0;
}

static void send_past_end(const struct pages_list *list, struct request *request,
                          struct response *response)
{
    struct params last = list->params;
    struct str sentence;

    last.page = pages_last(list);
    sentence = arena_printf(request->arena, "Page %llu does not exist: the last one is %llu.",
                            (unsigned long long)list->params.page, (unsigned long long)last.page);
    response_error_link(response, 404, sentence, pages_list_link(request->arena, list, &last),
                        STR("Go to the last page"));
}

void list_serve(struct reader *reader, enum event_kind kind, struct request *request,
                struct response *response)
{
    struct pages_list list = {.person = request->remote_user};
    struct str complaint;

    if (!params_parse(request->arena, request->query, PARAMS_LIST, clock_now_ms(), &list.params,
                      &complaint)) {
        response_error(response, 400, complaint);
        return;
    }
    if (list.params.has_menu && !filter_has_dimension(kind, list.params.menu)) {
        response_error(response, 400,
                       STR("Parameter \"menu\" names what only triggers have: the log of events "
                           "has no such values."));
        return;
    }
    if (!access_begin(reader->db, request, response, &list.account))
        return;
    list.params.filter.account_id = list.account.id;
    list.params.filter.kind = kind;
    if (read_list(reader, request->arena, &list) < 0 || db_commit(reader->db) < 0) {
        access_database_down(reader->db, response);
        return;
    }
    response_count_rows(response, list.found.count);
    if (list.params.page > pages_last(&list) && !list.found.at_least)
        send_past_end(&list, request, response);
    else
        pages_send_list(&list, request, response);
}
