/* SPDX-License-Identifier: MIT */
/*
 * From data to pages: one fill function for each template.  No query and no decision about access here; links come from params_append()
 * alone.
 */
#ifndef DAYBOOK_PAGES_H
#define DAYBOOK_PAGES_H

#include "redaction/redact_guess.h"
#include "pages/list_named.h"
#include "pages/list_near.h"
#include "query/params.h"
#include "store/account_store.h"
#include "store/around_store.h"
#include "store/event_facets.h"
#include "store/event_store.h"
#include "store/health_store.h"
#include "store/history_store.h"
#include "store/hook_store.h"
#include "store/link_store.h"
#include "store/member_store.h"
#include "store/token_store.h"
#include "store/view_store.h"
#include "web/request.h"
#include "web/response.h"

/* What stands in the place of a slug in the addresses of what is about all accounts; no account has it. */
#define PAGES_ALL_SLUG "-"

/* What list.tpl shows. */
struct pages_list {
    struct str person;
    struct account account; /* with the slug PAGES_ALL_SLUG: the list of all accounts */
    struct params params;
    int64_t now_ms;
    struct event_list found;
    uint64_t
        newer; /* how many others match that are newer than the moment to which the list is pinned */
    struct link_attempt *attempts; /* of each row; NULL in the tab of events */
    struct str saved;           /* the name of the view that was saved just now; empty: none was */
    struct event_facets facets; /* the values of the menu params.menu, when params.has_menu */
    struct list_named named;    /* what the text of a search is besides */
    struct list_nears nears;    /* names that hold what was searched for, or asked for in vain */
    struct view
        view; /* the saved one that the tab opens with, if that is what the list shows; id 0: not */
    struct params_wrong *wrong; /* what was asked for and cannot be taken: is not in params */
    size_t wrong_count;
};

/* What details.tpl shows. */
struct pages_details {
    struct str person;
    struct account account;
    struct params params; /* of the list that it was opened from */
    struct event event;
    struct link_list attempts; /* of a trigger */
    struct link_list linked; /* the calls that a trigger caused, the triggers that caused a call */
    struct history
        history; /* with the body before, if that of the event is JSON; with the last call that has one, if it has none */
    struct around around;
};

/* What health.tpl shows. */
enum { PAGES_REFUSALS_MAX = 20 }; /* webhooks whose refusal is told */

struct pages_health {
    struct str person;
    struct account account;
    int64_t now_ms;
    uint64_t newest[EVENT_KIND_COUNT]; /* id of the newest event of each kind; 0: none */
    const struct health_source *sources;
    const struct hook *hooks;
    size_t hook_count;
    const struct hook_refusal *refusals; /* newest first */
    size_t refusal_count;
};

/* How many a list shows of something; `at_least`: the time for counting was up. */
struct pages_secret_count {
    uint64_t total;
    bool at_least;
};

/* A mark that may stand for what was asked, and how many calls and webhooks hold it. */
struct pages_secret_mark {
    struct str mark; /* "redacted:0123456789abcdef" */
    enum redact_guess_of of;
    struct pages_secret_count found[EVENT_KIND_COUNT];
};

/* What find_secret.tpl shows. */
struct pages_find_secret {
    struct str person;
    struct account account;
    int64_t now_ms;
    bool keyless; /* without an installation key secrets cannot be told apart */
    struct pages_secret_mark *marks;
    size_t count;                          /* 0: nothing was asked yet */
    bool trimmed, more;                    /* as in struct redact_guesses */
    bool has_token;                        /* what was asked has the form of a token of Daybook */
    struct token token;                    /* of this account; id 0: it has no such token */
    struct pages_secret_count token_calls; /* to Daybook, made with it */
};

/* What tokens.tpl shows. */
struct pages_tokens {
    struct str person;
    struct account account;
    int64_t now_ms;
    uint64_t form;    /* number of the form for a new one: store/token_store.h */
    uint32_t before;  /* the list begins below this number; 0: with the newest */
    uint32_t revoked; /* the one that was revoked just now; 0: none */
    struct token *tokens;
    size_t count;
    bool has_more;
};

/* What members.tpl shows. */
struct pages_members {
    struct str person;
    struct account account;
    struct str after; /* the list begins behind this name; empty: with the first */
    struct str done;  /* who was changed just now, and what they are; empty: nobody */
    enum member_role done_role;
    struct member *members;
    size_t count;
    bool has_more;
};

/* What views.tpl shows. */
struct pages_views {
    struct str person;
    struct account account;
    struct params params; /* of the list that can be saved; with kind EVENT_KIND_ALL: none */
    struct view *own, *shared;
    size_t own_count, shared_count;
    struct str mistake; /* why what was asked was not done; then also what was asked */
    struct view typed;  /* name, owner, is_default; its id is 0 where it was a new one */
};

/* The number of the last page, 1 for an empty list. */
uint64_t pages_last(const struct pages_list *list);

/* "/acme/events?…" for the same list with other parameters.  In the arena. */
struct str pages_list_link(struct arena *arena, const struct pages_list *list,
                           const struct params *params);

/* The same with what `params` ask for beside the rows: the values of a menu, the table of the histogram. */
struct str pages_asking_link(struct arena *arena, const struct pages_list *list,
                             const struct params *params);

/* Appends the page to `html`.  0; or -1 when it cannot be made. */
int pages_make_list(const struct pages_list *list, struct request *request, struct strbuf *html);

/* Sends the list without rows, with what is wrong in the text of its search: 400. */
void pages_send_mistake(const struct pages_list *list, struct request *request,
                        struct response *response);

/* Sends the list without rows, with what is wrong among its parameters: 400. */
void pages_send_refused(const struct pages_list *list, struct request *request,
                        struct response *response);

/* Sends a page that was made; the error page for a `result` of -1. */
void pages_send_made(int result, struct str html, struct response *response);

void pages_send_details(const struct pages_details *details, struct request *request,
                        struct response *response);
void pages_send_health(const struct pages_health *health, struct request *request,
                       struct response *response);
void pages_send_find_secret(const struct pages_find_secret *find, struct request *request,
                            struct response *response);

/* The list of that kind with all that holds `text`, and the calls to Daybook that were made with a token of the scope `read`. */
struct params pages_find_params(struct arena *arena, enum event_kind kind, struct str text);
struct params pages_token_params(struct arena *arena, const struct token *token);

void pages_send_tokens(const struct pages_tokens *tokens, struct request *request,
                       struct response *response);
void pages_send_members(const struct pages_members *members, struct request *request,
                        struct response *response);

void pages_send_views(const struct pages_views *views, struct request *request,
                      struct response *response);

/* "/acme/-/views?status=failed&kind=events": the page of views, with what can be saved; without `kind` when that is EVENT_KIND_ALL. */
struct str pages_views_path(struct arena *arena, struct str slug, const struct params *params);

/* "/acme/-/tokens?before=7", "/acme/-/members?after=ann": the list from there on; with 0 or the empty name, from its beginning. */
struct str pages_tokens_path(struct arena *arena, struct str slug, uint32_t before);
struct str pages_members_path(struct arena *arena, struct str slug, struct str after);

/* The one page that shows the secret of the token number `id`, which was just made. */
void pages_send_token_made(const struct pages_tokens *tokens, const struct token_new *made,
                           uint32_t id, struct str secret, struct request *request,
                           struct response *response);

/* The chooser for a person with several logs; `reads_all`: that of all accounts is one of them. */
void pages_send_accounts(struct str person, const struct account *accounts, size_t count,
                         bool reads_all, struct request *request, struct response *response);

#endif
