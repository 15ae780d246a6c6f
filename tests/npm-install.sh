#!/bin/sh
# SPDX-License-Identifier: MIT
#
# npm-install.sh FOLDER: what FOLDER/package-lock.json names, installed there unless it is already.
set -eu

installed=$1/node_modules/.package-lock.json
[ -z "$(find "$installed" -newer "$1/package-lock.json" 2>/dev/null)" ] || exit 0

# Before version 10, as Debian 12 has it, npm fails on an override of a dependency that is a repository.
npm=npm
[ "$(npm --version | cut -d. -f1)" -ge 10 ] || npm='npx --yes npm@10.8.2'
# shellcheck disable=SC2086 # a command with its arguments
exec $npm --prefix "$1" ci --no-audit --no-fund
