/* SPDX-License-Identifier: MIT */
/* One row an address; what stands in none is an event too, with "(unmatched)" for its action. */
#include "intake/own_calls.h"

#include "base/event.h"

#define ROW(verb, address, word, id)                                                               \
    {                                                                                              \
        .method = STR(verb), .path = STR(address), .entity_type = STR(EVENT_TYPE_OWN),             \
        .action = STR(word), .entity_id = STR(id), .is_read = true, .keep = true                   \
    }
#define FILES(before)                                                                              \
    ROW("GET", before "/events.csv", "downloadEvents", ""),                                        \
        ROW("GET", before "/events.ndjson", "downloadEvents", ""),                                 \
        ROW("GET", before "/triggers.csv", "downloadTriggers", ""),                                \
        ROW("GET", before "/triggers.ndjson", "downloadTriggers", ""),                             \
        ROW("GET", before "/all.csv", "downloadAll", ""),                                          \
        ROW("GET", before "/all.ndjson", "downloadAll", "")

static const struct operation rows[] = {
    ROW("GET", "/", "chooseLog", ""),
    ROW("GET", "/{account}/events", "viewEvents", ""),
    ROW("GET", "/{account}/triggers", "viewTriggers", ""),
    ROW("GET", "/{account}/events/{id}", "viewEvent", "params.id"),
    ROW("GET", "/{account}/triggers/{id}", "viewTrigger", "params.id"),
    FILES("/{account}"),
    ROW("GET", "/{account}/-/health", "viewHealth", ""),
    ROW("GET", "/{account}/-/tokens", "viewTokens", ""),
    ROW("POST", "/{account}/-/tokens", "changeTokens", ""),
    ROW("GET", "/{account}/-/members", "viewMembers", ""),
    ROW("POST", "/{account}/-/members", "changeMembers", ""),
    ROW("GET", "/{account}/-/views", "viewViews", ""),
    ROW("POST", "/{account}/-/views", "changeViews", ""),
    ROW("GET", "/{account}/-/find-secret", "openFindSecret", ""),
    ROW("POST", "/{account}/-/find-secret", "findSecret", ""),
    FILES("/api/v1"),
    ROW("GET", "/api/audit/download", "downloadEvents", ""),
    ROW("GET", "/api/audit/entitiesList", "viewValues", ""),
    ROW("GET", "/api/user", "viewUser", ""),
};

struct operations *own_calls_new(void)
{
    return operations_new(rows, sizeof(rows) / sizeof(rows[0]));
}
