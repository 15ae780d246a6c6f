#!/bin/sh
# SPDX-License-Identifier: MIT
#
# with-copy.sh NAME FOLDER COMMAND...: runs the command beside a private copy of Daybook that is fresh, on a port of its own, and gone
# when the command ends. The command finds it by VAR, PORT and BUILD, as the tests do. npm's packages of FOLDER are installed before.
set -eu
cd "$(dirname "$0")/.."

name=$1
folder=$2
shift 2
case ${BUILD:=build} in
/*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
VAR=$BUILD/$name-var
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
DEMO=0 AUDIT=0
export BUILD VAR PORT DEMO AUDIT

end()
{
    status=$?
    trap - EXIT
    sh cgi-bin/deploy/local.sh stop >/dev/null || true
    rm -rf "$VAR"
    exit $status
}

for needed in tests/browser $folder; do
    sh tests/npm-install.sh "$needed" >&2
done
sh cgi-bin/deploy/local.sh stop >/dev/null
rm -rf "$VAR"
trap end EXIT
trap 'exit 130' INT TERM HUP
sh cgi-bin/deploy/local.sh start >/dev/null
"$@"
