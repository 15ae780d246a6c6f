/* SPDX-License-Identifier: MIT */
/* Who may, what is believed, and the order of a change.  Knows no token; nothing is changed before all of that is clear. */
#include "pages/manage.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/schema_version.h"

enum { FORM_BYTES_MAX = 4096, TRIES = 3 };

void *manage_start(const struct config *config)
{
    struct manage *manage = memory_new(sizeof(*manage));

    manage->reader = schema_version_open(config, CONFIG_READER);
    manage->manager = manage->reader ? schema_version_open(config, CONFIG_MANAGER) : NULL;
    if (manage->manager)
        return manage;
    manage_stop(manage);
    return NULL;
}

void manage_stop(void *opaque)
{
    struct manage *manage = opaque;

    db_free(manage->reader);
    db_free(manage->manager);
    free(manage);
}

bool manage_begin(struct manage *manage, const char *name, const char *only,
                  const struct field_spec *specs, size_t count, struct request *request,
                  struct response *response, struct fields *query, struct account *account)
{
    struct str complaint;

    if (!fields_parse(request->arena, request->query, specs, count, query, &complaint)) {
        response_error(response, 400, complaint);
        return false;
    }
    if (!access_begin_about(manage->reader, name, request, response, account))
        return false;
    if (account->role == MEMBER_ADMIN)
        return true;
    db_rollback(manage->reader);
    response_error_link(response, 403, str_from(only), STR("/"), STR("Go to your log"));
    return false;
}

void manage_complain(struct request *request, struct response *response, unsigned status,
                     struct str sentence)
{
    struct str query = request->query;

    response_error_link(response, status, sentence,
                        arena_printf(request->arena, "%.*s%s%.*s", STR_ARG(request->path),
                                     query.len ? "?" : "", STR_ARG(query)),
                        STR("Back to the form"));
}

static bool is_believed(struct request *request, struct response *response)
{
    static const struct str form = STR("application/x-www-form-urlencoded");

    if (!request_says_from_here(request)) {
        manage_complain(request, response, 403,
                        request_is_from_here(request)
                            ? STR("What has sent this form does not say from where, by Origin or "
                                  "Sec-Fetch-Site: only forms of this page change something.")
                            : STR("This form was sent by a page of another site."));
        return false;
    }
    if (!str_starts_folded(request->content_type, form)) {
        manage_complain(request, response, 415,
                        STR("A change is sent as a form: application/x-www-form-urlencoded."));
        return false;
    }
    return true;
}

bool manage_read_form(struct manage *manage, const struct field_spec *specs, size_t count,
                      struct request *request, struct response *response, struct fields *form)
{
    struct str body, complaint;

    db_rollback(manage->reader); /* nothing was changed, and a slow body holds no snapshot */
    if (!is_believed(request, response))
        return false;
    switch (request_read_body(request, FORM_BYTES_MAX, &body)) {
    case REQUEST_BODY_READ:
        if (fields_parse(request->arena, body, specs, count, form, &complaint))
            return true;
        manage_complain(request, response, 400, complaint);
        return false;
    case REQUEST_BODY_TOO_LARGE:
        manage_complain(request, response, 413, STR("A form of this page has at most 4096 bytes."));
        return false;
    case REQUEST_BODY_BROKEN:
        break;
    }
    manage_complain(request, response, 400, STR("The form ended before its declared length."));
    return false;
}

/* Sees that REMOTE_USER is still what a change needs, until the transaction ends.  MANAGE_DONE, or why not. */
static int look_at_asker(struct db *db, const struct account *account, enum member_role least,
                         const struct request *request, struct member_admins *admins)
{
    int found;

    if (least == MEMBER_ADMIN) {
        if (member_lock_admins(db, account->id, request->remote_user, admins) < 0)
            return MANAGE_FAILED;
        return admins->has_person ? MANAGE_DONE : MANAGE_NO_ADMIN;
    }
    found = member_lock(db, account->id, request->remote_user);
    return found < 0 ? MANAGE_FAILED : found ? MANAGE_DONE : MANAGE_NO_MEMBER;
}

static int change_once(struct db *db, const struct account *account, enum member_role least,
                       const struct request *request,
                       int (*apply)(struct db *db, const struct account *account,
                                    const struct member_admins *admins, void *change),
                       void *change)
{
    struct member_admins admins;
    int result;

    if (db_begin(db, DB_WRITE) < 0)
        return MANAGE_FAILED;
    result = look_at_asker(db, account, least, request, &admins);
    if (result == MANAGE_DONE)
        result = apply(db, account, least == MEMBER_ADMIN ? &admins : NULL, change);
    if (result == MANAGE_DONE)
        return db_commit(db) < 0 ? MANAGE_FAILED : MANAGE_DONE;
    db_rollback(db);
    return result;
}

int manage_change(struct manage *manage, const struct account *account, enum member_role least,
                  const struct request *request,
                  int (*apply)(struct db *db, const struct account *account,
                               const struct member_admins *admins, void *change),
                  void *change)
{
    int result, tries = TRIES;

    do
        result = change_once(manage->manager, account, least, request, apply, change);
    while (result == MANAGE_FAILED && db_last_error(manage->manager) == DB_ERROR_RETRY && --tries);
    return result;
}

void manage_refuse(const struct manage *manage, int result, struct request *request,
                   struct response *response)
{
    if (result == MANAGE_NO_ADMIN)
        response_error_link(response, 403, STR("You are no admin of this account any more."),
                            STR("/"), STR("Go to your log"));
    else if (result == MANAGE_NO_MEMBER)
        response_error_link(response, 403, STR("You are no member of this account any more."),
                            STR("/"), STR("Go to your log"));
    else if (db_last_error(manage->manager) == DB_ERROR_OTHER)
        manage_complain(request, response, 500,
                        STR("The change could not be made; the log of this program says why."));
    else
        manage_complain(request, response, 503,
                        STR("The database does not answer just now. The list shows, when it is "
                            "back, whether the change was made."));
}
