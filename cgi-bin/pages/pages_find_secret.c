/* SPDX-License-Identifier: MIT */
/* find_secret.tpl: the form, the marks of what was asked and where they are, and the token that it was.  The secret itself never comes here. */
#include "pages/pages_frame.h"

/* As an event of the log about the log names who asked. */
struct params pages_token_params(struct arena *arena, const struct token *token)
{
    struct params params = pages_find_params(arena, EVENT_KIND_EVENT, STR(""));
    struct str *values = arena_array(arena, 2, sizeof(*values));

    values[0] = STR(EVENT_TYPE_OWN);
    values[1] = arena_printf(arena, "token %.*s", STR_ARG(token->prefix));
    params.filter.include[FILTER_ENTITY_TYPE] = (struct filter_values){&values[0], 1};
    params.filter.include[FILTER_USER] = (struct filter_values){&values[1], 1};
    params_settle(&params);
    return params;
}

/* "at least 3 calls", and a link to them. */
static void fill_count(struct page *page, enum page_key key, struct str href,
                       const struct pages_secret_count *found)
{
    struct page *count = page_add(page, key);

    if (found->at_least)
        page_show(count, PAGE_AT_LEAST);
    page_set_count(count, PAGE_COUNT, found->total);
    if (found->total != 1)
        page_show(count, PAGE_SEVERAL);
    if (found->total || found->at_least)
        page_set(page_add(count, PAGE_LINK), PAGE_LINK_HREF, href);
}

static bool is_held(const struct pages_secret_mark *mark)
{
    return mark->found[EVENT_KIND_EVENT].total || mark->found[EVENT_KIND_TRIGGER].total;
}

static void add_mark(struct page *found, struct arena *arena, struct str slug,
                     const struct pages_secret_mark *mark)
{
    static const enum page_key of[REDACT_GUESS_COUNT] = {
        [REDACT_GUESS_ALL] = PAGE_OF_ALL,
        [REDACT_GUESS_PASTED] = PAGE_OF_PASTED,
        [REDACT_GUESS_VALUE] = PAGE_OF_VALUE,
        [REDACT_GUESS_INSIDE] = PAGE_OF_INSIDE,
    };
    struct page *row = page_add(found, PAGE_ROW);

    page_set(row, PAGE_MARK, mark->mark);
    page_show(row, of[mark->of]);
    fill_count(row, PAGE_EVENTS, pages_find_link(arena, slug, EVENT_KIND_EVENT, mark->mark),
               &mark->found[EVENT_KIND_EVENT]);
    fill_count(row, PAGE_TRIGGERS, pages_find_link(arena, slug, EVENT_KIND_TRIGGER, mark->mark),
               &mark->found[EVENT_KIND_TRIGGER]);
}

/* Those that are somewhere first. */
static void fill_found(struct page *found, struct arena *arena,
                       const struct pages_find_secret *find)
{
    bool unsure = false, any = false;

    if (find->trimmed)
        page_show(found, PAGE_TRIMMED);
    if (find->count > 1)
        page_show(found, PAGE_MARKS);
    for (int held = 1; held >= 0; held--)
        for (size_t i = 0; i < find->count; i++)
            if (is_held(&find->marks[i]) == held)
                add_mark(found, arena, find->account.slug, &find->marks[i]);
    for (size_t i = 0; i < find->count; i++) {
        const struct pages_secret_count *counts = find->marks[i].found;

        any = any || is_held(&find->marks[i]);
        unsure = unsure || counts[EVENT_KIND_EVENT].at_least || counts[EVENT_KIND_TRIGGER].at_least;
    }
    if (unsure)
        page_show(found, PAGE_REST);
    else if (!any)
        page_show(found, PAGE_EMPTY);
    if (find->more)
        page_show(found, PAGE_MORE);
}

static void fill_token(struct page *page, struct arena *arena, const struct pages_find_secret *find)
{
    static const enum page_key states[TOKEN_STATE_COUNT] = {
        [TOKEN_GOOD] = PAGE_GOOD,
        [TOKEN_EXPIRED] = PAGE_EXPIRED,
        [TOKEN_REVOKED] = PAGE_REVOKED,
    };
    const struct token *token = &find->token;
    struct str slug = find->account.slug;
    struct params params;
    struct page *own;

    if (token->id == 0) {
        page_show(page, PAGE_FOREIGN);
        return;
    }
    own = page_add(page, PAGE_OWNED);
    page_set_number(own, PAGE_NUMBER, token->id);
    if (token->label.len)
        page_set(page_add(own, PAGE_NAME), PAGE_LABEL, pages_name(arena, token->label));
    page_show(own, states[token_state(token, find->now_ms)]);
    page_set(own, PAGE_LINK_HREF,
             arena_printf(arena, "%.*s#t%u",
                          STR_ARG(pages_tokens_path(arena, slug,
                                                    token->id < UINT32_MAX ? token->id + 1 : 0)),
                          token->id));
    if (token->scope == TOKEN_READ) {
        params = pages_token_params(arena, token);
        fill_count(own, PAGE_READS, pages_view_link(arena, slug, &params), &find->token_calls);
        return;
    }
    page_show(own, PAGE_RECORDS);
    if (token->used_ms)
        pages_set_age(page_add(own, PAGE_USED), arena, token->used_ms, find->now_ms);
    else
        page_show(own, PAGE_USED_NONE);
}

void pages_send_find_secret(const struct pages_find_secret *find, struct request *request,
                            struct response *response)
{
    struct arena *arena = request->arena;
    struct str slug = find->account.slug;
    struct page *layout = page_new(arena);
    struct page *page =
        pages_frame(layout, request, arena_printf(arena, "Find a secret, %.*s", STR_ARG(slug)),
                    find->person, &find->account, PAGES_TAB_FIND_SECRET, "find_secret.tpl");

    page_set(page, PAGE_ACCOUNT, slug);
    if (find->keyless) {
        page_show(page, PAGE_KEYLESS);
    } else {
        page_set(page_add(page, PAGE_FORM), PAGE_FORM_ACTION,
                 pages_about_path(arena, slug, "find-secret"));
        if (find->has_token)
            fill_token(page_add(page, PAGE_TOKEN), arena, find);
        if (find->count)
            fill_found(page_add(page, PAGE_FOUND), arena, find);
    }
    pages_send(layout, response);
}
