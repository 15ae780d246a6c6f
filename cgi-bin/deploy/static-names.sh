#!/bin/sh
# SPDX-License-Identifier: MIT
#
# static-names.sh HEADER DIRECTORY FILE...
#
# Copies each file to DIRECTORY under a name that carries the first eight digits of its SHA-256, so
# that browsers may keep it for good, and writes HEADER with those names: style.css becomes
# STATIC_STYLE_CSS "/static/style.ab12cd34.css". A script that imports './cells.js' imports it by
# the name that it got.
set -eu
export LC_ALL=C

header=$1
directory=$2
shift 2

rm -rf "$directory"
mkdir -p "$directory" "$(dirname "$header")"
changed=$directory/changed
edits=

hashed_name()
{
    hash=$(sha256sum "$1" | cut -c1-8)
    echo "${2%.*}.$hash.${2##*.}"
}

# Does it import a script that has no name yet?
waits()
{
    sed "$edits" "$1" | grep -q "'\./[a-z]*\.js'"
}

# Gives FILE ($1) its name.
name()
{
    base=${1##*/}
    sed "$edits" "$1" >"$changed"
    hashed=$(hashed_name "$changed" "$base")
    cp "$changed" "$directory/$hashed"
    chmod 644 "$directory/$hashed"
    edits="$edits;s|'\./$base'|'./$hashed'|g"
    macro=$(printf '%s' "$base" | tr "[:lower:]" "[:upper:]" | tr -c 'A-Z0-9' '_')
    echo "#define STATIC_$macro \"/static/$hashed\""
}

{
    echo "/* Made by static-names.sh: the static files, by the names under which they are served. */"
    echo "#ifndef DAYBOOK_STATIC_NAMES_H"
    echo "#define DAYBOOK_STATIC_NAMES_H"
    echo
    while [ $# -gt 0 ]; do
        left=$#
        for file; do
            shift
            if waits "$file"; then
                set -- "$@" "$file"
            else
                name "$file"
            fi
        done
        [ $# -lt $left ] || { echo "static-names.sh: these import each other, or what is not there: $*" >&2; exit 1; }
    done
    echo
    echo "#endif"
} >"$header.new"
rm -f "$changed"
mv "$header.new" "$header"
