/* SPDX-License-Identifier: MIT */
/* Parse, look up, query, fill, send: in that order, nothing is sent early. */
#include "list.h"

#include "access.h"
#include "base/clock.h"
#include "pages.h"
#include "params.h"
#include "store/event_store.h"
#include "store/page_state.h"

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

/*
 * The usual case of a log that rests, or whose new events are merged: one statement instead of a transaction.  True: the list is filled.  Whatever
 * is not as expected is for the transaction to find out.
 */
static bool peek_list(struct reader *reader, struct request *request, struct pages_list *list)
{
    struct filter *filter = &list->params.filter;
    uint64_t offset = (list->params.page - 1) * list->params.show;
    struct str segments[2];
    uint64_t generation;
    bool merged = false;

    if (filter->kind != EVENT_KIND_EVENT || filter->text.len || list->params.has_menu ||
        request->remote_user.len == 0 || request_segments(request, segments, 2) != 2 ||
        db_connect(reader->db) < 0 ||
        page_state_read(reader->db, request->arena, request->remote_user, segments[0],
                        (unsigned)filter->kind, &list->account, &generation, &merged) != 1 ||
        !merged)
        return false;
    filter->account_id = list->account.id;
    return event_list_peek(reader, request->arena, filter, generation, offset, list->params.show,
                           &list->found) == 1;
}

/* In a transaction.  False: the answer was sent. */
static bool look_list(struct reader *reader, struct request *request, struct response *response,
                      struct pages_list *list)
{
    if (!access_begin(reader->db, request, response, &list->account))
        return false;
    list->params.filter.account_id = list->account.id;
    if (read_list(reader, request->arena, list) == 0 && db_commit(reader->db) == 0)
        return true;
    access_database_down(reader->db, response);
    return false;
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
    list.params.filter.kind = kind;
    if (!peek_list(reader, request, &list) && !look_list(reader, request, response, &list))
        return;
    response_count_rows(response, list.found.count);
    if (list.params.page > pages_last(&list) && !list.found.at_least)
        send_past_end(&list, request, response);
    else
        pages_send_list(&list, request, response);
}
