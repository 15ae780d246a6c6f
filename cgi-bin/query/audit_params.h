/* SPDX-License-Identifier: MIT */
/*
 * The parameters of /api/audit/download, as the API description of Codefresh names them (`/audit/download` in the openapi.json of its
 * command-line client), and the filter they mean.  man/daybook-urls.7 describes each.
 */
#ifndef DAYBOOK_AUDIT_PARAMS_H
#define DAYBOOK_AUDIT_PARAMS_H

#include "query/params.h"

/*
 * Reads a query string into what params_parse() with PARAMS_DOWNLOAD makes of the same question, and sets filter.kind: one of the two
 * tabs.  Everything is in the arena.  True; or false and one sentence that names the parameter and says what is accepted.
 */
bool audit_params_parse(struct arena *arena, struct str query, struct params *params,
                        struct str *complaint);

#endif
