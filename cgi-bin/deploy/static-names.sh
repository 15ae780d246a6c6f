#!/bin/sh
# SPDX-License-Identifier: MIT
#
# static-names.sh HEADER DIRECTORY PAGES FILE...
#
# Copies each file to DIRECTORY under a name that carries the first eight digits of its SHA-256, so
# that browsers may keep it for good, and writes HEADER with those names: style.css becomes
# STATIC_STYLE_CSS "/static/style.ab12cd34.css". What names './cells.js' or "./icons.svg" gets the names
# that these got. What is for people alone, comments on lines of their own and what lines are indented by,
# stays behind, and of style sheets most spaces and line ends. Beside each copy stands one made small with patience, for nginx to send (gzip_static).
# The pages that nginx itself sends, *.html beside this script, get into the folder PAGES, with those names
# for @STYLE_CSS@.
set -eu
export LC_ALL=C

header=$1
directory=$2
pages=$3
shift 3
names=

rm -rf "$directory" "$pages"
mkdir -p "$directory" "$pages" "$(dirname "$header")"
changed=$directory/changed
edits=

hashed_name()
{
    hash=$(sha256sum "$1" | cut -c1-8)
    echo "${2%.*}.$hash.${2##*.}"
}

# Does it name one that has no name yet?
waits()
{
    sed "$edits" "$1" | grep -Eq "['\"]\./[a-z]*\.(js|css|svg)['\"#]"
}

# FILE ($1) as it is served. The first line, which tells the licence, stays.
served()
{
    case $1 in
    *.js) sed -e "$edits" -e '2,$ { \|^ *//|d }' -e 's/^ *//' -e '/^$/d' "$1" ;;
    *.css)
        sed -e "$edits" -e '2,$ { \|^ */[*].*[*]/$|d }' -e 's/^ *//' -e '/^$/d' -e 's/^\([a-z-]*\): /\1:/' -e 's/ {$/{/' "$1" |
            awk 'NR > 1 && /[{};,]$/ { printf "%s", $0; next } { print }'
        ;;
    *) cat "$1" ;;
    esac
}

# Gives FILE ($1) its name.
name()
{
    base=${1##*/}
    served "$1" >"$changed"
    hashed=$(hashed_name "$changed" "$base")
    cp "$changed" "$directory/$hashed"
    gzip -9nc "$changed" >"$directory/$hashed.gz"
    chmod 644 "$directory/$hashed" "$directory/$hashed.gz"
    edits="$edits;s|\(['\"]\./\)$base|\1$hashed|g"
    macro=$(printf '%s' "$base" | tr "[:lower:]" "[:upper:]" | tr -c 'A-Z0-9' '_')
    echo "#define STATIC_$macro \"/static/$hashed\""
    names="$names -e s|@$macro@|/static/$hashed|g"
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
for page in "$(dirname "$0")"/*.html; do
    # shellcheck disable=SC2086 # arguments
    sed $names "$page" >"$pages/${page##*/}"
    chmod 644 "$pages/${page##*/}"
done
mv "$header.new" "$header"
