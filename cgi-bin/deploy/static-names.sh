#!/bin/sh
# SPDX-License-Identifier: MIT
#
# static-names.sh HEADER DIRECTORY PAGES FILE...
#
# Copies each file to DIRECTORY under a name that carries the first eight digits of its SHA-256, so
# that browsers may keep it for good, and writes HEADER with those names: style.css becomes
# STATIC_STYLE_CSS "/static/style.ab12cd34.css". Beside each copy stands one made small with patience, for nginx to send
# (gzip_static). The pages that nginx itself sends, *.html beside this script, get into the folder PAGES, with those
# names for @STYLE_CSS@.
set -eu
export LC_ALL=C

header=$1
directory=$2
pages=$3
shift 3
names=

rm -rf "$directory" "$pages"
mkdir -p "$directory" "$pages" "$(dirname "$header")"

hashed_name()
{
    hash=$(sha256sum "$1" | cut -c1-8)
    name=${1##*/}
    case $name in
    *.*) echo "${name%.*}.$hash.${name##*.}" ;;
    *) echo "$name.$hash" ;;
    esac
}

{
    echo "/* Made by static-names.sh: the static files, by the names under which they are served. */"
    echo "#ifndef DAYBOOK_STATIC_NAMES_H"
    echo "#define DAYBOOK_STATIC_NAMES_H"
    echo
    for file in "$@"; do
        hashed=$(hashed_name "$file")
        cp "$file" "$directory/$hashed"
        gzip -9nc "$file" >"$directory/$hashed.gz"
        chmod 644 "$directory/$hashed" "$directory/$hashed.gz"
        macro=$(printf '%s' "${file##*/}" | tr "[:lower:]" "[:upper:]" | tr -c 'A-Z0-9' '_')
        echo "#define STATIC_$macro \"/static/$hashed\""
        names="$names -e s|@$macro@|/static/$hashed|g"
    done
    echo
    echo "#endif"
} >"$header.new"
for page in "$(dirname "$0")"/*.html; do
    # shellcheck disable=SC2086 # arguments
    sed $names "$page" >"$pages/${page##*/}"
    chmod 644 "$pages/${page##*/}"
done
mv "$header.new" "$header"
