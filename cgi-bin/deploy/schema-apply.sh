#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Brings a database to the newest schema:
#
#   schema-apply.sh DIRECTORY [OPTION OF THE CLIENT...] DATABASE
#
# Applies the files DIRECTORY/NNNN_name.sql that table schema_version does not list, in the order of
# their numbers, then DIRECTORY/grants.sql, which may be applied any number of times. To be run by
# the owner of the database; the database users must exist. Stops at the first error.
set -eu

die()
{
    echo "schema: $*" >&2
    exit 1
}

[ $# -ge 2 ] || die "usage: schema-apply.sh DIRECTORY [OPTION OF THE CLIENT...] DATABASE"
directory=$1
shift
[ -f "$directory/grants.sql" ] || die "$directory holds no schema"
client=$(command -v mariadb || command -v mysql) || die "neither mariadb nor mysql is installed"

sql()
{
    "$client" "$@" --batch --skip-column-names --default-character-set=utf8mb4
}

make_version_table()
{
    sql "$@" <<'END'
CREATE TABLE IF NOT EXISTS schema_version (
  version INT UNSIGNED NOT NULL COMMENT 'number of the file',
  name VARBINARY(255) NOT NULL COMMENT 'name of the file',
  applied_at DATETIME NOT NULL COMMENT 'when it had been applied, UTC',
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='which files of schema/ have been applied';
END
}

# Applies the file $1 and notes it in the same session, so that only a whole file is noted.
apply()
{
    file=$1
    name=${file##*/}
    shift
    statements=$(cat "$file") || die "$name cannot be read"
    printf '%s\n' "$statements" "INSERT INTO schema_version VALUES (${name%%_*}, '$name', UTC_TIMESTAMP());" |
        sql "$@" || die "$name failed; what it had already done stays and must be looked at by hand"
    echo "schema: applied $name"
}

make_version_table "$@"
applied=$(sql "$@" -e "SELECT name FROM schema_version")
for file in "$directory"/[0-9][0-9][0-9][0-9]_*.sql; do
    printf '%s\n' "$applied" | grep -qxF "${file##*/}" || apply "$file" "$@"
done
sql "$@" <"$directory/grants.sql" || die "grants.sql failed; do all database users exist that it names?"
