/* SPDX-License-Identifier: MIT */
/* As list.c, over many accounts: nothing is kept, since any of them may have changed. */
#include "pages/list_all.h"

#include "access.h"
#include "pages/list_request.h"
#include "store/filter_names.h"
#include "store/merged_log.h"

static bool is_asked_for(const struct filter *filter, struct str slug)
{
    const struct filter_values *include = &filter->include[FILTER_ACCOUNT];

    return (include->count == 0 || filter_values_have(include, slug)) &&
           !filter_values_have(&filter->exclude[FILTER_ACCOUNT], slug);
}

int list_all_choose(struct db *db, struct arena *arena, const struct params *params,
                    enum event_kind kind, bool but_accounts, struct merged_log *log)
{
    struct account *accounts;
    struct filter *filters, asked = params->filter;
    size_t count, chosen = 0;

    if (accounts_all(db, arena, &accounts, &count) < 0 ||
        filter_names_look_up(db, arena, &asked) < 0)
        return -1;
    filters = arena_array(arena, count, sizeof(*filters));
    for (size_t i = 0; i < count; i++) {
        if (!but_accounts && !is_asked_for(&params->filter, accounts[i].slug))
            continue;
        accounts[chosen] = accounts[i];
        filters[chosen] = asked;
        filters[chosen].kind = kind;
        access_bound(&accounts[chosen], &filters[chosen]);
        chosen++;
    }
    *log = (struct merged_log){accounts, filters, chosen};
    return 0;
}

const char *list_all_complaint(const struct params *params, const struct merged_log *log)
{
    if (params->filter.text.len == 0 || log->count <= MERGED_SEARCH_MAX)
        return NULL;
    return "A search in texts goes through at most 250 accounts: name some with "
           "\"account\".";
}

/* ---- What a page shows besides --------------------------------------------------------------------- */

/* Which attempt of its delivery each trigger is, account by account. */
static int number_attempts(struct db *db, struct arena *arena, const struct merged_log *log,
                           struct pages_list *list)
{
    const struct event_list *found = &list->found;
    struct event *events = arena_array(arena, found->count, sizeof(*events));
    size_t *places = arena_array(arena, found->count, sizeof(*places));

    list->attempts = arena_array(arena, found->count, sizeof(*list->attempts));
    for (size_t i = 0; i < log->count; i++) {
        const struct link_scope scope = {log->accounts[i].id,
                                         event_id_first(log->accounts[i].kept_from_ms)};
        struct link_attempt *attempts;
        size_t count = 0;

        for (size_t k = 0; k < found->count; k++) {
            if (!str_equal(found->rows[k].account, log->accounts[i].slug))
                continue;
            places[count] = k;
            events[count++] = found->rows[k];
        }
        if (count && link_number_attempts(db, arena, &scope, events, count, &attempts) < 0)
            return -1;
        for (size_t k = 0; k < count; k++)
            list->attempts[places[k]] = attempts[k];
    }
    return 0;
}

/* How much each account has of what is asked for. */
static int count_accounts(struct reader *reader, struct arena *arena, const struct pages_list *list,
                          enum event_kind kind, struct event_facets *facets)
{
    struct merged_log log;
    uint64_t *totals, total;

    if (list_all_choose(reader->db, arena, &list->params, kind, true, &log) < 0)
        return -1;
    totals = arena_array(arena, log.count, sizeof(*totals));
    if (merged_log_totals(reader, arena, &log, totals, &total) < 0)
        return -1;
    facets->items = arena_array(arena, log.count, sizeof(*facets->items));
    for (size_t i = 0; i < log.count; i++)
        if (totals[i])
            facets->items[facets->count++] = (struct event_facet){log.accounts[i].slug, totals[i]};
    event_facets_sort(facets);
    facets->more = facets->count > LIST_MENU_VALUES_MAX;
    if (facets->more)
        facets->count = LIST_MENU_VALUES_MAX;
    return 0;
}

static int read_menu(struct reader *reader, struct arena *arena, const struct merged_log *log,
                     enum event_kind kind, struct pages_list *list)
{
    if (!list->params.has_menu)
        return 0;
    if (list->params.menu == FILTER_ACCOUNT)
        return count_accounts(reader, arena, list, kind, &list->facets);
    return merged_facets_read(reader, arena, log, list->params.menu, LIST_MENU_VALUES_MAX,
                              &list->facets);
}

/* ---- The page ------------------------------------------------------------------------------------- */

/* How many more would match than the list counts, were it not pinned to a moment.  0 or -1. */
static int count_newer(struct reader *reader, struct arena *arena, enum event_kind kind,
                       struct pages_list *list)
{
    struct params live = list->params;
    struct merged_log log;
    uint64_t all;

    if (!live.filter.has_asof || live.filter.text.len)
        return 0;
    live.filter.has_asof = false;
    if (list_all_choose(reader->db, arena, &live, kind, false, &log) < 0 ||
        merged_log_totals(reader, arena, &log, NULL, &all) < 0)
        return -1;
    if (all > list->found.total)
        list->newer = all - list->found.total;
    return 0;
}

/* 0; 1: refused for the reason in `complaint`; -1. */
static int read_list(struct reader *reader, struct arena *arena, enum event_kind kind,
                     struct pages_list *list, const char **complaint)
{
    const struct params *params = &list->params;
    const struct event_page page = list_page(params);
    struct merged_log log;

    if (list_all_choose(reader->db, arena, params, kind, false, &log) < 0)
        return -1;
    *complaint = list_all_complaint(params, &log);
    if (*complaint)
        return 1;
    if (merged_list_read(reader, arena, &log, &page, &list->found) < 0 ||
        count_newer(reader, arena, kind, list) < 0 ||
        (kind == EVENT_KIND_TRIGGER && number_attempts(reader->db, arena, &log, list) < 0))
        return -1;
    return read_menu(reader, arena, &log, kind, list);
}

/* The text that is not looked for stands where it was typed, with the reason. */
static void refuse_text(struct pages_list *page, const char *why, struct request *request,
                        struct response *response)
{
    page->wrong = arena_alloc(request->arena, sizeof(*page->wrong));
    page->wrong_count = 1;
    *page->wrong = (struct params_wrong){STR("q"), page->params.filter.text, str_from(why)};
    page->params.filter.text = (struct str){NULL, 0};
    pages_send_refused(page, request, response);
}

void list_all_serve(struct list *list, enum event_kind kind, struct request *request,
                    struct response *response)
{
    struct reader *reader = list_reader(list);
    struct pages_list page = {
        .person = request->remote_user,
        .account = {.slug = STR("-"), .role = MEMBER_OPERATOR, .has_others = true}};
    const char *refusal;
    int result;

    list_request_read(request, PARAMS_LIST_ALL, kind, &page);
    if (!access_begin_operator(reader->db, request, response))
        return;
    if (list_request_leads_on(&page)) {
        db_rollback(reader->db);
        list_request_lead_on(&page, request, response);
        return;
    }
    result = read_list(reader, request->arena, kind, &page, &refusal);
    if (result == 1) {
        db_rollback(reader->db);
        refuse_text(&page, refusal, request, response);
    } else if (result < 0 || db_commit(reader->db) < 0) {
        access_database_down(reader->db, response);
    } else {
        list_send(&page, request, response);
    }
}
