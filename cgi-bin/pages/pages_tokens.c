/* SPDX-License-Identifier: MIT */
/* tokens.tpl: the list with the form for a new one, and the one page that shows a secret. */
#include "base/clock.h"
#include "pages/pages_frame.h"

struct str pages_tokens_path(struct arena *arena, struct str slug, uint32_t before)
{
    struct str path = pages_about_path(arena, slug, "tokens");

    return before ? arena_printf(arena, "%.*s?before=%u", STR_ARG(path), before) : path;
}

static struct str scope_words(enum token_scope scope)
{
    return scope == TOKEN_RECORD ? STR("record") : STR("read");
}

/* Of one that reads, the log about the log has each use. */
static void fill_used(struct page *row, struct arena *arena, struct str slug,
                      const struct token *token, int64_t now_ms)
{
    struct params reads;
    struct page *used;

    if (token->refused_ms)
        pages_set_age(page_add(row, PAGE_REFUSED), arena, token->refused_ms, now_ms);
    if (token->used_ms == 0) {
        page_show(row, PAGE_USED_NONE);
        return;
    }
    used = page_add(row, PAGE_USED);
    pages_set_age(used, arena, token->used_ms, now_ms);
    if (token->scope == TOKEN_READ) {
        reads = pages_token_params(arena, token);
        page_set(page_add(used, PAGE_READS), PAGE_LINK_HREF, pages_view_link(arena, slug, &reads));
    }
}

static void fill_state(struct page *row, struct arena *arena, const struct token *token,
                       enum token_state state, int64_t now_ms)
{
    static const enum page_key states[TOKEN_STATE_COUNT] = {
        [TOKEN_GOOD] = PAGE_GOOD,
        [TOKEN_EXPIRED] = PAGE_EXPIRED,
        [TOKEN_REVOKED] = PAGE_REVOKED,
    };
    struct page *said = page_add(row, states[state]);

    if (state == TOKEN_REVOKED)
        pages_set_age(said, arena, token->revoked_ms, now_ms);
    else if (state == TOKEN_GOOD)
        page_show(row, PAGE_REVOKE);
}

static void add_row(struct page *table, struct arena *arena, struct str slug,
                    const struct token *token, int64_t now_ms)
{
    struct page *row = page_add(table, PAGE_ROW);
    enum token_state state = token_state(token, now_ms);

    page_set_number(row, PAGE_NUMBER, token->id);
    page_set(row, PAGE_PREFIX, token->prefix);
    page_set(row, PAGE_LABEL, token->label.len ? pages_name(arena, token->label) : PAGES_MISSING);
    page_set(row, PAGE_SCOPE, scope_words(token->scope));
    pages_set_time(row, arena, token->created_ms, "UTC");
    if (state != TOKEN_REVOKED && token->expires_ms) /* one that was revoked has ended already */
        pages_set_time(page_add(row, PAGE_EXPIRES), arena, token->expires_ms, "UTC");
    else if (state != TOKEN_REVOKED)
        page_show(row, PAGE_NEVER);
    fill_used(row, arena, slug, token, now_ms);
    fill_state(row, arena, token, state, now_ms);
}

static struct page *frame(struct page *layout, const struct request *request, const char *title,
                          const struct pages_tokens *tokens)
{
    return pages_frame(
        layout, request,
        arena_printf(request->arena, "%s, %.*s", title, STR_ARG(tokens->account.slug)),
        tokens->person, &tokens->account, PAGES_TAB_TOKENS, "tokens.tpl");
}

void pages_send_tokens(const struct pages_tokens *tokens, struct request *request,
                       struct response *response)
{
    struct arena *arena = request->arena;
    struct str slug = tokens->account.slug;
    struct page *layout = page_new(arena);
    struct page *list = page_add(frame(layout, request, "Tokens", tokens), PAGE_LIST);
    struct page *table = tokens->count ? page_add(list, PAGE_TABLE) : NULL;

    page_set(list, PAGE_ACCOUNT, slug);
    page_set(list, PAGE_FORM_ACTION, pages_tokens_path(arena, slug, tokens->before));
    page_set(list, PAGE_FORM, arena_printf(arena, "%016llx", (unsigned long long)tokens->form));
    page_set_number(list, PAGE_DAYS_MAX, TOKEN_DAYS_MAX);
    for (size_t i = 0; i < tokens->count; i++) {
        add_row(table, arena, slug, &tokens->tokens[i], tokens->now_ms);
        if (tokens->tokens[i].id == tokens->revoked && tokens->tokens[i].revoked_ms)
            page_set_number(page_add(list, PAGE_DONE), PAGE_NUMBER, tokens->revoked);
    }
    if (!table)
        page_show(page_add(list, PAGE_EMPTY), tokens->before ? PAGE_MORE : PAGE_NEVER);
    if (tokens->before)
        page_set(page_add(list, PAGE_FIRST), PAGE_LINK_HREF, pages_tokens_path(arena, slug, 0));
    if (tokens->has_more)
        page_set(page_add(list, PAGE_NEXT_LINK), PAGE_LINK_HREF,
                 pages_tokens_path(arena, slug, tokens->tokens[tokens->count - 1].id));
    pages_send(layout, response);
}

void pages_send_token_made(const struct pages_tokens *tokens, const struct token_new *made,
                           uint32_t id, struct str secret, struct request *request,
                           struct response *response)
{
    struct arena *arena = request->arena;
    struct page *layout = page_new(arena);
    struct page *page = page_add(frame(layout, request, "A new token", tokens), PAGE_MADE);

    page_set_number(page, PAGE_NUMBER, id);
    page_set(page, PAGE_VALUE, secret);
    page_set(page, PAGE_PREFIX, str_slice(secret, 0, TOKEN_PREFIX_BYTES));
    if (made->label.len)
        page_set(page_add(page, PAGE_NAME), PAGE_LABEL, pages_name(arena, made->label));
    page_set(page, PAGE_SCOPE, scope_words(made->scope));
    page_set(page, PAGE_ACCOUNT, tokens->account.slug);
    page_set(page, PAGE_EXPIRES,
             made->days ? arena_printf(arena, "in %llu day%s", (unsigned long long)made->days,
                                       made->days == 1 ? "" : "s")
                        : STR("never"));
    page_set(page, PAGE_BACK_HREF, pages_tokens_path(arena, tokens->account.slug, 0));
    pages_send(layout, response);
}
