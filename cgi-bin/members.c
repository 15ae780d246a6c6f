/* SPDX-License-Identifier: MIT */
/*
 * /{account}/-/members: shows an admin who may open the account, and adds people, removes them and changes their role.  The last admin
 * stays one, whoever asks at the same time.
 * Parameters: after.  Fields of a form: person, role; or member, role.
 */
#include "base/percent.h"
#include "base/utf8.h"
#include "pages/done.h"
#include "pages/manage.h"
#include "pages/pages.h"

/* Percent-encoded, each byte of a name may take three. */
enum { SHOWN_MAX = 100, MEMBER_BYTES_MAX = 3 * MEMBER_PERSON_MAX };

enum { QUERY_AFTER, QUERY_COUNT };
static const struct field_spec query_specs[QUERY_COUNT] = {
    [QUERY_AFTER] = {"after", FIELD_TEXT, false, 1, MEMBER_PERSON_MAX, NULL},
};

enum { FORM_PERSON, FORM_MEMBER, FORM_ROLE, FORM_COUNT };
static const struct field_spec form_specs[FORM_COUNT] = {
    [FORM_PERSON] = {"person", FIELD_TEXT, false, 1, MEMBER_PERSON_MAX, NULL},
    [FORM_MEMBER] = {"member", FIELD_TEXT, false, 1, MEMBER_BYTES_MAX, NULL},
    [FORM_ROLE] = {"role", FIELD_CHOICE, false, 0, 0, member_role_names},
};

/* The page's own reasons. */
enum { STANDS = MANAGE_REFUSED, NO_SUCH_MEMBER, LAST_ADMIN };

/* Whom it is about, and what they are to be; MEMBER_NONE: no member any more. */
struct wish {
    struct str person;
    enum member_role role;
    bool is_new; /* somebody is to be added */
};

/* What the form before has done, if it is still so.  0 or -1. */
static int read_done(struct db *db, struct pages_members *page, struct request *request,
                     struct response *response)
{
    struct arena *arena = request->arena;
    bool is_gone = done_is_told(request, arena, DONE_MEMBER_GONE, &page->done);
    int found;

    if (!is_gone && !done_is_told(request, arena, DONE_MEMBER, &page->done))
        return 0;
    done_forget(response, arena, &page->account);
    page->done_role = MEMBER_NONE;
    found = member_role_of(db, page->account.id, page->done, &page->done_role);
    if (found == is_gone)
        page->done = STR("");
    return found < 0 ? -1 : 0;
}

static void show(struct manage *manage, struct pages_members *page, struct request *request,
                 struct response *response)
{
    struct db *db = manage->reader;

    if (read_done(db, page, request, response) < 0 ||
        members_of_account(db, request->arena, page->account.id, page->after, SHOWN_MAX + 1,
                           &page->members, &page->count) < 0 ||
        db_commit(db) < 0) {
        access_database_down(db, response);
        return;
    }
    page->has_more = page->count > SHOWN_MAX;
    if (page->has_more)
        page->count = SHOWN_MAX;
    pages_send_members(page, request, response);
}

static int apply_addition(struct db *db, const struct account *account,
                          const struct member_admins *admins, void *change)
{
    const struct wish *wish = change;
    int added = member_add(db, account->id, wish->person, wish->role);

    (void)admins;
    if (added < 0)
        return MANAGE_FAILED;
    return added == 0 ? MANAGE_DONE : STANDS;
}

static int apply_change(struct db *db, const struct account *account,
                        const struct member_admins *admins, void *change)
{
    const struct wish *wish = change;
    enum member_role role;
    int found = member_role_of(db, account->id, wish->person, &role);

    if (found <= 0)
        return found < 0 ? MANAGE_FAILED : NO_SUCH_MEMBER;
    if (role == MEMBER_ADMIN && wish->role != MEMBER_ADMIN && admins->count == 1)
        return LAST_ADMIN;
    if (wish->role == MEMBER_NONE)
        return member_remove(db, account->id, wish->person) == 0 ? MANAGE_DONE : MANAGE_FAILED;
    return member_set_role(db, account->id, wish->person, wish->role) == 0 ? MANAGE_DONE
                                                                           : MANAGE_FAILED;
}

static void tell_done(struct response *response, struct arena *arena, const struct wish *wish)
{
    bool is_gone = wish->role == MEMBER_NONE;

    access_tell_done(
        response, arena,
        &(struct access_done){
            .action = is_gone        ? "removeMember"
                      : wish->is_new ? "addMember"
                                     : "changeMember",
            .id = wish->person,
            .facts = {{"role", is_gone ? STR("") : str_from(member_role_names[wish->role])}}});
}

static void answer(const struct manage *manage, int result, const struct pages_members *page,
                   const struct wish *wish, struct request *request, struct response *response)
{
    struct str path = pages_members_path(request->arena, page->account.slug, page->after),
               label = STR("Back to the members");

    switch (result) {
    case MANAGE_DONE:
        tell_done(response, request->arena, wish);
        if (wish->role != MEMBER_ADMIN && str_equal(wish->person, request->remote_user)) {
            response_redirect(response, STR("/")); /* who is no admin may not see the list */
            break;
        }
        done_tell(response, request->arena, &page->account,
                  wish->role == MEMBER_NONE ? DONE_MEMBER_GONE : DONE_MEMBER, wish->person);
        response_redirect(response, path);
        break;
    case STANDS:
        response_error_link(response, 409,
                            STR("This person is a member already: their role is changed in the "
                                "list."),
                            path, label);
        break;
    case NO_SUCH_MEMBER:
        response_error_link(response, 404, STR("This person is no member of the account any more."),
                            path, label);
        break;
    case LAST_ADMIN:
        response_error_link(response, 409,
                            STR("This is the last admin of the account. Make somebody else an "
                                "admin first."),
                            path, label);
        break;
    default:
        manage_refuse(manage, result, request, response);
    }
}

/* What is no text would make somebody else of a person. */
static bool is_name(struct str person)
{
    for (size_t i = 0; i < person.len; i++)
        if ((unsigned char)person.ptr[i] < ' ' || person.ptr[i] == 0x7f)
            return false;
    return person.len > 0 && utf8_is_text(person);
}

/* What stands in `member` is percent-encoded, so that a form carries any byte. */
static struct str decode_member(struct arena *arena, struct str raw)
{
    struct strbuf text;
    struct str person;

    strbuf_init(&text);
    percent_decode(&text, raw, false);
    person = arena_copy(arena, strbuf_str(&text));
    strbuf_release(&text);
    return person;
}

/* False: the answer has been sent. */
static bool read_wish(const struct fields *form, struct request *request, struct response *response,
                      struct wish *wish)
{
    const struct field *person = fields_find(form, FORM_PERSON);
    const struct field *member = fields_find(form, FORM_MEMBER);
    const struct field *role = fields_find(form, FORM_ROLE);

    if (!role || !person == !member || (person && role->number == MEMBER_NONE)) {
        manage_complain(request, response, 400,
                        STR("A new member needs \"person\" and \"role\" (auditor or admin); to "
                            "change one, \"member\" and \"role\" (none, auditor or admin) are "
                            "given."));
        return false;
    }
    wish->person = person ? str_trim(person->text) : decode_member(request->arena, member->text);
    if (person && !is_name(wish->person)) {
        manage_complain(request, response, 400,
                        STR("A person is named as the login names them: text, without control "
                            "characters."));
        return false;
    }
    wish->is_new = person != NULL;
    wish->role = (enum member_role)role->number;
    return true;
}

static void change(struct manage *manage, const struct pages_members *page, struct request *request,
                   struct response *response)
{
    struct fields form;
    struct wish wish;
    int result;

    if (!manage_read_form(manage, form_specs, FORM_COUNT, request, response, &form) ||
        !read_wish(&form, request, response, &wish))
        return;
    result = manage_change(manage, &page->account, MEMBER_ADMIN, request,
                           wish.is_new ? apply_addition : apply_change, &wish);
    answer(manage, result, page, &wish, request, response);
}

static void serve(void *opaque, struct request *request, struct response *response)
{
    struct pages_members page = {.person = request->remote_user};
    struct manage *manage = opaque;
    const struct field *after;
    struct fields query;

    if (!manage_begin(manage, "members",
                      "Only an admin of this account may see and change who its members are.",
                      query_specs, QUERY_COUNT, request, response, &query, &page.account))
        return;
    after = fields_find(&query, QUERY_AFTER);
    if (after)
        page.after = after->text;
    if (request->method == METHOD_POST)
        change(manage, &page, request, response);
    else
        show(manage, &page, request, response);
}

static const char *const templates[] = {"layout.tpl", "members.tpl", NULL};

const struct page_handler page_handler = {
    .name = "members",
    .methods = METHOD_GET | METHOD_POST,
    .accepts_body = true,
    .templates = templates,
    .start = manage_start,
    .serve = serve,
    .stop = manage_stop,
};
