/* SPDX-License-Identifier: MIT */
/* The cookie and its words; no page. */
#include "pages/done.h"

#include "base/percent.h"
#include "web/fields.h"

#define COOKIE "daybook-done"

static const struct str words[DONE_COUNT] = {
    [DONE_MEMBER] = STR("member."),
    [DONE_MEMBER_GONE] = STR("no-member."),
    [DONE_TOKEN_REVOKED] = STR("revoked."),
    [DONE_VIEW_SAVED] = STR("view."),
};

static void set(struct response *response, struct arena *arena, const struct account *account,
                struct str value, unsigned seconds)
{
    response_header(response, "Set-Cookie",
                    arena_printf(arena,
                                 COOKIE "=%.*s; Path=/%.*s/; Max-Age=%u; SameSite=Strict; HttpOnly",
                                 STR_ARG(value), STR_ARG(account->slug), seconds));
}

void done_tell(struct response *response, struct arena *arena, const struct account *account,
               enum done done, struct str about)
{
    struct strbuf value;

    strbuf_init(&value);
    strbuf_add(&value, words[done]);
    fields_append_encoded(&value, about);
    set(response, arena, account, strbuf_str(&value), 60);
    strbuf_release(&value);
}

bool done_is_told(const struct request *request, struct arena *arena, enum done done,
                  struct str *about)
{
    struct str value = request_cookie(request, STR(COOKIE));
    struct strbuf text;

    if (value.len <= words[done].len || !str_starts(value, words[done]))
        return false;
    strbuf_init(&text);
    percent_decode(&text, str_slice(value, words[done].len, value.len), false);
    *about = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return true;
}

void done_forget(struct response *response, struct arena *arena, const struct account *account)
{
    set(response, arena, account, STR(""), 0);
}
