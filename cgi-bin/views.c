/* SPDX-License-Identifier: MIT */
/*
 * /{account}/-/views: the saved views of the person and those that all members share, and the filter of the list that the page was opened from, to be
 * saved.  Members change their own, admins also the shared ones; whose a view is comes from the login, never from a form.
 * Parameters: those of a list, and kind.  Fields of a form: name, shared, default; or view, do, and with it name, shared.
 */
#include "base/clock.h"
#include "base/utf8.h"
#include "pages/done.h"
#include "pages/manage.h"
#include "pages/pages.h"
#include "pages/pages_frame.h"
#include "pages/saved_views.h"

static const char *const flags[] = {"0", "1", NULL};

enum action { RENAME, DELETE, SET_DEFAULT, NO_DEFAULT, SHARE, SAVE };
static const char *const actions[] = {"rename", "delete", "default", "no-default", "share", NULL};

/* A field counts characters: what has more bytes than a name comes back to be made shorter. */
enum { NAME_TYPED_MAX = 4 * VIEW_NAME_MAX };

enum { FORM_NAME, FORM_SHARED, FORM_DEFAULT, FORM_VIEW, FORM_DO, FORM_COUNT };
static const struct field_spec form_specs[FORM_COUNT] = {
    [FORM_NAME] = {"name", FIELD_TEXT, false, 1, NAME_TYPED_MAX, NULL},
    [FORM_SHARED] = {"shared", FIELD_CHOICE, false, 0, 0, flags},
    [FORM_DEFAULT] = {"default", FIELD_CHOICE, false, 0, 0, flags},
    [FORM_VIEW] = {"view", FIELD_NUMBER, false, 1, UINT32_MAX, NULL},
    [FORM_DO] = {"do", FIELD_CHOICE, false, 0, 0, actions},
};

/* The page's own reasons. */
enum { GONE = MANAGE_REFUSED, NAMED, TOO_MANY };

/* What is to be done with `view`, of which id and owner are set; of a new one all is. */
struct wish {
    struct arena *arena;
    enum action action;
    struct view view;
    struct str name; /* of SAVE and RENAME */
    bool is_named;   /* it is one */
    bool opens;      /* of SAVE: as the default */
    struct str person;
    struct view copy;  /* of SHARE, when it is done */
    struct str stands; /* the name until now; empty: not known, or it is new */
};

static bool has_flag(const struct fields *fields, unsigned spec)
{
    const struct field *field = fields_find(fields, spec);

    return field && field->number == 1;
}

/* ---- Showing ----------------------------------------------------------------------------------- */

static void show(struct manage *manage, struct pages_views *page, struct request *request,
                 struct response *response)
{
    struct db *db = manage->reader;
    uint32_t account_id = page->account.id;

    if (views_of_owner(db, request->arena, account_id, page->person, &page->own, &page->own_count) <
            0 ||
        views_of_owner(db, request->arena, account_id, STR(""), &page->shared,
                       &page->shared_count) < 0 ||
        db_commit(db) < 0)
        access_database_down(db, response);
    else
        pages_send_views(page, request, response);
}

/* ---- Changing ---------------------------------------------------------------------------------- */

static enum view_result save(struct db *db, uint32_t account_id, struct wish *wish)
{
    enum view_result result = view_add(db, account_id, &wish->view);

    if (result == VIEW_DONE && wish->opens)
        result = view_set_default(db, account_id, &wish->view, true);
    return result;
}

static enum view_result run(struct db *db, uint32_t account_id, struct wish *wish)
{
    switch (wish->action) {
    case SAVE:
        return save(db, account_id, wish);
    case RENAME:
        return view_rename(db, account_id, &wish->view, wish->name);
    case DELETE:
        return view_delete(db, account_id, &wish->view);
    case SET_DEFAULT:
    case NO_DEFAULT:
        return view_set_default(db, account_id, &wish->view, wish->action == SET_DEFAULT);
    case SHARE:
        return view_share(db, wish->arena, account_id, &wish->view, wish->person, &wish->copy);
    }
    return VIEW_FAILED;
}

static int apply(struct db *db, const struct account *account, const struct member_admins *admins,
                 void *change)
{
    static const int results[] = {
        [VIEW_DONE] = MANAGE_DONE,
        [VIEW_GONE] = GONE,
        [VIEW_NAMED] = NAMED,
        [VIEW_TOO_MANY] = TOO_MANY,
    };
    enum view_result result = run(db, account->id, change);

    (void)admins;
    return result == VIEW_FAILED ? MANAGE_FAILED : results[result];
}

/* What was saved is looked at; everything else leads back to the page. */
static struct str way_on(const struct pages_views *page, const struct wish *wish,
                         struct arena *arena)
{
    struct params params = page->params;
    struct str path = pages_views_path(arena, page->account.slug, &params);

    if (wish->action == RENAME || wish->action == SET_DEFAULT || wish->action == NO_DEFAULT)
        return arena_printf(arena, "%.*s#v%u", STR_ARG(path), wish->view.id);
    if (wish->action != SAVE)
        return path;
    params.says_none = wish->opens || saved_views_has_default(&page->account, params.filter.kind);
    return pages_link(arena, pages_tab_path(arena, page->account.slug, params.filter.kind), &params,
                      PARAMS_VIEW);
}

/* The page again, with what was typed in its form. */
static void ask_again(struct manage *manage, struct pages_views *page, const struct wish *wish,
                      unsigned status, struct str mistake, struct request *request,
                      struct response *response)
{
    page->mistake = mistake;
    page->typed = wish->view;
    page->typed.is_default = wish->opens;
    if (wish->action == SAVE)
        page->typed.id = 0;
    if (db_begin(manage->reader, DB_READ) < 0) {
        access_database_down(manage->reader, response);
        return;
    }
    response_status(response, status);
    show(manage, page, request, response);
}

/* The number of a view has a word before it, so that it is no number of a token. */
static struct str number_of(struct arena *arena, uint32_t id)
{
    return arena_printf(arena, "view %u", id);
}

static void tell_done(struct response *response, const struct wish *wish)
{
    static const char *const words[] = {
        [RENAME] = "renameView",
        [DELETE] = "deleteView",
        [SET_DEFAULT] = "setDefaultView",
        [NO_DEFAULT] = "removeDefaultView",
        [SHARE] = "shareView",
        [SAVE] = "saveView",
    };
    bool is_share = wish->action == SHARE;
    bool is_typed = wish->action == SAVE || wish->action == RENAME;
    const struct view *view = is_share ? &wish->copy : &wish->view;

    access_tell_done(
        response, wish->arena,
        &(struct access_done){
            .action = words[wish->action],
            .id = number_of(wish->arena, view->id),
            .name = is_typed || is_share ? view->name : wish->stands,
            .facts = {{"shared", view->owner.len ? STR("") : STR("yes")},
                      {"default", wish->opens ? STR("yes") : STR("")},
                      {"copy_of", is_share ? number_of(wish->arena, wish->view.id) : STR("")}}});
}

/* What the view is called that is to be changed, as `reader`.  Without an answer its number has to do. */
static struct str name_before(struct manage *manage, uint32_t account_id, const struct wish *wish)
{
    struct view view = {.id = 0};

    if (wish->action == SAVE || view_find(manage->reader, wish->arena, account_id, wish->view.owner,
                                          EVENT_KIND_ALL, wish->view.id, &view) != 1)
        return STR("");
    return view.name;
}

static void answer(struct manage *manage, int result, struct pages_views *page,
                   const struct wish *wish, struct request *request, struct response *response)
{
    switch (result) {
    case MANAGE_DONE:
        tell_done(response, wish);
        if (wish->action == SAVE)
            done_tell(response, request->arena, &page->account, DONE_VIEW_SAVED,
                      arena_printf(request->arena, "%u", wish->view.id));
        response_redirect(response, way_on(page, wish, request->arena));
        break;
    case GONE:
        response_error_link(response, 404, STR("There is no such view, or it is deleted already."),
                            pages_views_path(request->arena, page->account.slug, &page->params),
                            STR("Back to the views"));
        break;
    case NAMED:
        ask_again(manage, page, wish, 409,
                  STR("There is another view of this name in the same tab: choose "
                      "another name, or rename or delete that one first."),
                  request, response);
        break;
    case TOO_MANY:
        ask_again(manage, page, wish, 409,
                  arena_printf(request->arena,
                               "There are %d views already, which is as many as one "
                               "person has, or all share: delete one first.",
                               VIEWS_MAX),
                  request, response);
        break;
    default:
        manage_refuse(manage, result, request, response);
    }
}

/* ---- What is wished ---------------------------------------------------------------------------- */

/* A name is text on one line; what nobody would see at its ends is left off. */
static bool read_name(const struct fields *form, struct str *name)
{
    const struct field *field = fields_find(form, FORM_NAME);

    *name = field ? str_trim(field->text) : STR("");
    for (size_t i = 0; i < name->len; i++)
        if ((unsigned char)name->ptr[i] < ' ' || name->ptr[i] == 0x7f)
            return false;
    return name->len > 0 && name->len <= VIEW_NAME_MAX && utf8_is_text(*name);
}

/* NULL, or what is wrong with it. */
static const char *read_new(const struct pages_views *page, struct wish *wish)
{
    wish->view.kind = page->params.filter.kind;
    wish->view.query = saved_view_query(wish->arena, &page->params);
    wish->view.made_by = page->person;
    if (wish->view.kind == EVENT_KIND_ALL)
        return "Nothing says of which list the filter is to be saved: \"kind\" and the filter "
               "stand "
               "in the address.";
    if (wish->view.query.len > VIEW_QUERY_MAX)
        return "A filter that is saved has at most 4000 bytes in an address: this one has more.";
    return NULL;
}

static const char *read_wish(const struct fields *form, const struct pages_views *page,
                             struct wish *wish)
{
    static const char wanted[] =
        "A new view needs \"name\", and may have \"shared\" and \"default\"; to change one, "
        "\"view\" and \"do\" (rename, delete, default, no-default or share) are given, and "
        "\"shared\" where it is shared.";
    const struct field *view = fields_find(form, FORM_VIEW), *action = fields_find(form, FORM_DO);

    wish->is_named = read_name(form, &wish->name);
    wish->action = action ? (enum action)action->number : SAVE;
    wish->opens = has_flag(form, FORM_DEFAULT);
    if (!view != !action || (action && fields_find(form, FORM_DEFAULT)) ||
        (wish->action == SHARE && has_flag(form, FORM_SHARED)))
        return wanted;
    if (!has_flag(form, FORM_SHARED))
        wish->view.owner = page->person;
    if (view)
        wish->view.id = (uint32_t)view->number;
    wish->view.name = wish->name;
    return action ? NULL : read_new(page, wish);
}

static void change(struct manage *manage, struct pages_views *page, struct request *request,
                   struct response *response)
{
    struct wish wish = {.arena = request->arena, .person = page->person};
    enum member_role least;
    const char *complaint;
    struct fields form;

    if (!manage_read_form(manage, form_specs, FORM_COUNT, request, response, &form))
        return;
    complaint = read_wish(&form, page, &wish);
    if (complaint) {
        manage_complain(request, response, 400, str_from(complaint));
        return;
    }
    least = wish.view.owner.len == 0 || wish.action == SHARE ? MEMBER_ADMIN : MEMBER_AUDITOR;
    if (page->account.role == MEMBER_OPERATOR)
        manage_complain(request, response, 403,
                        STR("Only members of this account save views; an operator uses the shared "
                            "ones."));
    else if (page->account.role < least)
        manage_complain(request, response, 403,
                        STR("Only an admin of this account may change the views that all share."));
    else if (!wish.is_named && (wish.action == SAVE || wish.action == RENAME))
        ask_again(manage, page, &wish, 400,
                  STR("A view has a name of 1 to 80 bytes, text on one line; a letter beyond ASCII "
                      "has two or more of them."),
                  request, response);
    else {
        wish.stands = name_before(manage, page->account.id, &wish);
        answer(manage, manage_change(manage, &page->account, least, request, apply, &wish), page,
               &wish, request, response);
    }
}

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct pages_views page = {.person = request->remote_user};
    struct manage *manage = opaque;
    struct str complaint;

    if (!params_parse(request->arena, request->query, PARAMS_VIEWS, clock_now_ms(), &page.params,
                      &complaint)) {
        response_error_parameters(response, complaint);
        return;
    }
    if (!access_begin_about(manage->reader, "views", request, response, &page.account))
        return;
    if (request->method == METHOD_POST)
        change(manage, &page, request, response);
    else
        show(manage, &page, request, response);
}

static const char *const templates[] = {"layout.tpl", "views.tpl", NULL};

const struct page_handler page_handler = {
    .name = "views",
    .methods = METHOD_GET | METHOD_POST,
    .accepts_body = true,
    .templates = templates,
    .start = manage_start,
    .serve = serve,
    .stop = manage_stop,
};
