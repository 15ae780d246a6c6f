/* SPDX-License-Identifier: MIT */
/* Which schema this program was written for, and the refusal to work on another. */
#ifndef DAYBOOK_STORE_SCHEMA_VERSION_H
#define DAYBOOK_STORE_SCHEMA_VERSION_H

#include "store/db.h"

/* The number of the last file under schema/ that this program knows. */
enum { SCHEMA_VERSION = 22 };

/*
 * A connection as `role`, already tried once.  NULL, after one line on stderr that says what to do, when the database has
 * another schema.  An unreachable database is no failure here: db_begin() tries again, and checks the schema then.
 */
struct db *schema_version_open(const struct config *config, enum config_role role);

#endif
