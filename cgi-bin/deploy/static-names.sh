#!/bin/sh
# SPDX-License-Identifier: MIT
#
# static-names.sh HEADER DIRECTORY FILE...
#
# Copies each file to DIRECTORY under a name that carries the first eight digits of its SHA-256, so
# that browsers may keep it for good, and writes HEADER with those names: style.css becomes
# STATIC_STYLE_CSS "/static/style.ab12cd34.css". Beside each copy stands one made small with patience, for nginx to send
# (gzip_static).
set -eu
export LC_ALL=C

header=$1
directory=$2
shift 2

rm -rf "$directory"
mkdir -p "$directory" "$(dirname "$header")"

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
    done
    echo
    echo "#endif"
} >"$header.new"
mv "$header.new" "$header"
