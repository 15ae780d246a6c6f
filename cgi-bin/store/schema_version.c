/* SPDX-License-Identifier: MIT */
/* Reads table schema_version, which deploy/schema-apply.sh writes. */
#include "store/schema_version.h"

#include <stdio.h>

static bool schema_differs;

static int check(struct db *db)
{
    struct db_rows *rows =
        db_select(db, STR("SELECT COALESCE(MAX(version), 0) FROM schema_version"), DB_NO_VALUES);
    uint64_t found;

    schema_differs = false;
    if (!rows || db_next(rows) != 1) {
        schema_differs = db_last_error(db) == DB_ERROR_OTHER; /* connected, but no such table */
        db_finish(rows);
        if (schema_differs)
            fputs("The database has no Daybook schema: apply schema/ with deploy/schema-apply.sh "
                  "(`make run` does it).\n",
                  stderr);
        return -1;
    }
    found = db_number(rows, 0);
    db_finish(rows);
    if (found == SCHEMA_VERSION)
        return 0;
    schema_differs = true;
    fprintf(
        stderr, "The database has schema %llu, this program knows %d: %s.\n",
        (unsigned long long)found, SCHEMA_VERSION,
        found < SCHEMA_VERSION
            ? "apply the newer files of schema/ with deploy/schema-apply.sh (`make run` does it)"
            : "install the version of Daybook that made it");
    return -1;
}

struct db *schema_version_open(const struct config *config, enum config_role role)
{
    struct db *db = db_new(config, role, check);

    if (db_connect(db) < 0 && schema_differs) {
        db_free(db);
        return NULL;
    }
    return db;
}
