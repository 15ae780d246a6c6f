/* SPDX-License-Identifier: MIT */
/* Parse, look up, query, fill, send: in that order, nothing is sent early. */
#include "pages/list.h"

#include <stdlib.h>

#include "access.h"
#include "base/memory.h"
#include "base/parse.h"
#include "pages/done.h"
#include "pages/kept_pages.h"
#include "pages/list_request.h"
#include "pages/pages.h"
#include "query/params.h"
#include "pages/saved_views.h"
#include "store/event_store.h"
#include "store/page_state.h"

/* A page says how long ago something was, in minutes. */
enum { KEPT_MS_MAX = 60 * 1000 };

struct list {
    struct reader *reader;
    struct kept_pages *kept;
};

struct list *list_open(const struct config *config)
{
    struct reader *reader = reader_open(config);
    struct list *list;

    if (!reader)
        return NULL;
    list = memory_new(sizeof(*list));
    list->reader = reader;
    list->kept = kept_pages_new(config->kept_pages_bytes);
    return list;
}

void list_close(struct list *list)
{
    if (!list)
        return;
    kept_pages_free(list->kept);
    reader_close(list->reader);
    free(list);
}

struct reader *list_reader(struct list *list)
{
    return list->reader;
}

/*
 * How many would stand in the list if it were not pinned to a moment, more than do: in the snapshot of the list, or for a log of this
 * `generation`.  0 or -1.
 */
static int count_newer(struct reader *reader, struct arena *arena, const uint64_t *generation,
                       struct pages_list *list)
{
    static const struct event_page nothing = {0};
    struct filter live = list->params.filter;
    struct event_list all;
    int result;

    if (!live.has_asof || live.text.len)
        return 0;
    live.has_asof = false;
    result = generation ? event_list_peek(reader, arena, &live, *generation, &nothing, &all) - 1
                        : event_list_read(reader, arena, &live, &nothing, &all);
    if (result == 0 && all.total > list->found.total)
        list->newer = all.total - list->found.total;
    return result;
}

struct event_page list_page(const struct params *params)
{
    return (struct event_page){(params->page - 1) * params->show, params->show, params->zone};
}

/* On the first page of a search, and where nothing matches. */
static int read_nears(struct reader *reader, struct arena *arena, struct pages_list *list)
{
    const struct filter *filter = &list->params.filter;

    if (filter->text.len && filter->text_in != FILTER_IN_ANY)
        return 0;
    if (filter->text.len)
        return list->params.page == 1 ? list_near_text(reader, arena, filter, &list->nears) : 0;
    return list->found.total == 0 ? list_near_names(reader, arena, filter, &list->nears) : 0;
}

/* Everything that the page shows, read in one snapshot.  0 or -1. */
static int read_list(struct reader *reader, struct arena *arena, struct pages_list *list)
{
    const struct filter *filter = &list->params.filter;
    const struct link_scope scope = {filter->account_id,
                                     event_id_first(list->account.kept_from_ms)};
    const struct event_page page = list_page(&list->params);

    if (event_list_read(reader, arena, filter, &page, &list->found) < 0 ||
        count_newer(reader, arena, NULL, list) < 0)
        return -1;
    if (filter->kind == EVENT_KIND_TRIGGER &&
        link_number_attempts(reader->db, arena, &scope, list->found.rows, list->found.count,
                             &list->attempts) < 0)
        return -1;
    if (list->params.has_menu && event_facets_read(reader, arena, filter, list->params.menu,
                                                   LIST_MENU_VALUES_MAX, &list->facets) < 0)
        return -1;
    if (list_named_read(reader, arena, &list->params, list->account.kept_from_ms, &list->named) < 0)
        return -1;
    return read_nears(reader, arena, list);
}

/*
 * What one statement tells of a log that rests, or whose new events are merged: the account, and what it has in its segments, all of it.
 * False: a transaction has to look, also where a saved view is meant.
 */
static bool look_at_rest(struct reader *reader, struct request *request, struct pages_list *list,
                         uint64_t *generation)
{
    const struct filter *filter = &list->params.filter;
    struct str segments[2];
    bool merged = false;

    return filter->kind == EVENT_KIND_EVENT && filter->text.len == 0 && !list->params.has_menu &&
           request->remote_user.len && request_segments(request, segments, 2) == 2 &&
           db_connect(reader->db) == 0 &&
           page_state_read(reader->db, request->arena, request->remote_user, segments[0],
                           (unsigned)filter->kind, filter->without_own, &list->account, generation,
                           &merged) == 1 &&
           merged && !saved_views_is_meant(&list->account, &list->params, request) &&
           saved_views_shown(reader->db, &list->account, &list->params, request, &list->view) == 0;
}

/* Outside a transaction, for a log of this generation.  False: a transaction has to look. */
static bool peek_list(struct reader *reader, struct arena *arena, struct pages_list *list,
                      uint64_t generation)
{
    struct filter *filter = &list->params.filter;
    const struct event_page page = list_page(&list->params);

    access_bound(&list->account, filter);
    return event_list_peek(reader, arena, filter, generation, &page, &list->found) == 1 &&
           list->found.total > 0 && count_newer(reader, arena, &generation, list) == 0;
}

/* All that such a page depends on; empty for one whose rows depend on when it is asked for. */
static struct str key_of(const struct pages_list *list, struct request *request,
                         uint64_t generation)
{
    const struct params *params = &list->params;

    if (str_starts(params->from, STR("-")) || str_starts(params->to, STR("-")))
        return STR("");
    return arena_printf(
        request->arena,
        "%lld %s %d %d %u %llu %d %d %d %u %zu %.*s %lld %u %zu %.*s %zu %.*s %zu %.*s %.*s?%.*s",
        (long long)(list->now_ms / KEPT_MS_MAX), params->zone, (int)params->names_zone,
        (int)params->remembers_zone, list->account.id, (unsigned long long)generation,
        (int)list->account.role, list->account.has_others, params->says_none, list->view.id,
        list->view.name.len, STR_ARG(list->view.name), (long long)list->account.kept_from_ms,
        list->account.plan_days, list->account.plan.len, STR_ARG(list->account.plan),
        list->person.len, STR_ARG(list->person), request->sign_out.len, STR_ARG(request->sign_out),
        STR_ARG(list->account.slug), STR_ARG(request->query));
}

/* Was a view saved just now, whose list this is to be? */
static bool is_saved(const struct request *request, uint64_t *view)
{
    struct str number;

    return done_is_told(request, request->arena, DONE_VIEW_SAVED, &number) &&
           parse_u64(number, 1, UINT32_MAX, view);
}

/* The name of it.  0 or -1. */
static int read_saved(struct reader *reader, struct request *request, struct response *response,
                      struct pages_list *list)
{
    struct view view;
    uint64_t number;
    int found;

    if (!is_saved(request, &number))
        return 0;
    done_forget(response, request->arena, &list->account);
    found = view_find(reader->db, request->arena, list->account.id, request->remote_user,
                      list->params.filter.kind, (uint32_t)number, &view);
    if (found == 1)
        list->saved = view.name;
    return found < 0 ? -1 : 0;
}

/* In a transaction.  False: the answer was sent. */
static bool look_list(struct reader *reader, struct request *request, struct response *response,
                      struct pages_list *list)
{
    if (!access_begin(reader->db, request, response, &list->account))
        return false;
    if (!saved_views_pass(reader->db, &list->account, &list->params, request, response))
        return false;
    list->params.says_none = saved_views_has_default(&list->account, list->params.filter.kind);
    access_bound(&list->account, &list->params.filter);
    if (saved_views_shown(reader->db, &list->account, &list->params, request, &list->view) == 0 &&
        read_saved(reader, request, response, list) == 0 &&
        read_list(reader, request->arena, list) == 0 && db_commit(reader->db) == 0)
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

/* Makes the page of what was found and sends it.  0 and its text; -1: something else was sent. */
static int make_and_send(const struct pages_list *page, struct request *request,
                         struct response *response, struct strbuf *html)
{
    int result;

    response_count_rows(response, page->found.count);
    if (page->params.page > pages_last(page) && !page->found.at_least) {
        send_past_end(page, request, response);
        return -1;
    }
    result = pages_make_list(page, request, html);
    pages_send_made(result, strbuf_str(html), response);
    return result;
}

void list_send(const struct pages_list *page, struct request *request, struct response *response)
{
    struct strbuf html;

    strbuf_init(&html);
    make_and_send(page, request, response, &html);
    strbuf_release(&html);
}

/* Sends what was found and keeps the page, where there is a key. */
static void show(struct list *list, const struct pages_list *page, struct str key,
                 struct request *request, struct response *response)
{
    struct strbuf html;

    strbuf_init(&html);
    if (make_and_send(page, request, response, &html) == 0 && key.len)
        kept_pages_add(list->kept, key, &(struct kept_page){strbuf_str(&html), page->found.count});
    strbuf_release(&html);
}

/* What another address answers, for who may see the log: the one query is about that. */
static void lead_on(struct list *list, struct pages_list *page, struct request *request,
                    struct response *response)
{
    struct db *db = list->reader->db;

    if (!access_begin(db, request, response, &page->account))
        return;
    db_rollback(db);
    page->params.says_none = saved_views_has_default(&page->account, page->params.filter.kind);
    list_request_lead_on(page, request, response);
}

void list_serve(struct list *list, enum event_kind kind, struct request *request,
                struct response *response)
{
    struct pages_list page = {.person = request->remote_user};
    uint64_t generation, saved;

    list_request_read(request, PARAMS_LIST, kind, &page);
    if (list_request_leads_on(&page)) {
        lead_on(list, &page, request, response);
        return;
    }
    if (!is_saved(request, &saved) && look_at_rest(list->reader, request, &page, &generation)) {
        struct kept_page kept;
        struct str key;

        page.params.says_none = saved_views_has_default(&page.account, kind);
        key = key_of(&page, request, generation);
        if (key.len && kept_pages_find(list->kept, key, &kept)) {
            access_tell(response, &page.account);
            response_count_rows(response, kept.rows);
            pages_send_made(0, kept.html, response);
            return;
        }
        if (peek_list(list->reader, request->arena, &page, generation)) {
            access_tell(response, &page.account);
            show(list, &page, key, request, response);
            return;
        }
    }
    if (look_list(list->reader, request, response, &page))
        list_send(&page, request, response);
}
