#!/bin/sh
# SPDX-License-Identifier: MIT
#
# One private copy of Daybook: its own MariaDB, handlers and nginx, with all they write below VAR.
#
#   local.sh run      in the foreground, showing the log, until Ctrl-C
#   local.sh start    in the background; returns when it answers
#   local.sh stop     ends what run or start began
#   local.sh status   says what is running; status 3 when something is not
#
# Settings, from the environment: PORT (8080), VAR (var), DEMO (1: the first start records a demo
# log, and a sample API is there to be called), BUILD (build: whose programs), WORKERS (processes of
# each handler), WRAPPER (a command to run the handlers under), LOGIN (basic: a file of nginx/login, or the path of
# another one; only basic has a password), AUDIT (1: calls to Daybook itself and changes by its
# command are events too), SEGMENT_EVENTS, SEARCH_MS and TEXT_INDEX_PERCENT (as in daybook.conf).
set -eu
umask 077

deploy=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$deploy/../.." && pwd -P)
PORT=${PORT:-8080}
VAR=${VAR:-$root/var}
DEMO=${DEMO:-1}
AUDIT=${AUDIT:-1}
BUILD=${BUILD:-$root/build}
WORKERS=${WORKERS:-}
WRAPPER=${WRAPPER:-}
LOGIN=${LOGIN:-basic}
account=demo
person='admin'
url=http://127.0.0.1:$PORT
PATH=$PATH:/usr/sbin:/sbin

say()
{
    echo "daybook: $*"
}

die()
{
    echo "daybook: $*" >&2
    exit 1
}

. "$deploy/processes.sh"
. "$deploy/parts.sh"

# ---- Settings and folders ------------------------------------------------------------------------

absolute()
{
    case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$PWD/$1" ;;
    esac
}

check_settings()
{
    case $PORT in
    '' | 0* | *[!0-9]* | ??????*) die "PORT=$PORT is not a port number" ;;
    esac
    [ "$PORT" -le 65535 ] || die "PORT=$PORT is above 65535"
    case $VAR$BUILD$root in
    *[!A-Za-z0-9/._+~@,-]*) die "a path with other than letters, digits and / . _ + ~ @ , - in it
does not work here: VAR=$VAR BUILD=$BUILD in $root" ;;
    esac
    case $LOGIN in
    /*) login=$LOGIN ;;
    *) login=$deploy/nginx/login/$LOGIN.conf ;;
    esac
    [ -f "$login" ] || die "LOGIN=$LOGIN: there is no $login"
    case $WORKERS in
    *[!0-9]* | 0*) die "WORKERS=$WORKERS is not a number above 0" ;;
    esac
}

check_programs()
{
    for handler in $handlers; do
        program=${handler%:*}.fcgi
        [ -x "$BUILD/bin/${program#search_}" ] ||
            die "$BUILD/bin/${program#search_} is missing: build it with make"
    done
    [ -x "$BUILD/bin/daybook" ] || die "$BUILD/bin/daybook is missing: build it with make"
}

make_folders()
{
    mkdir -p "$VAR" || die "cannot make $VAR"
    [ -O "$VAR" ] || die "$VAR belongs to another user: give another VAR"
    mkdir -p "$VAR/log" "$VAR/tmp" "$VAR/secrets" "$VAR/pids"
    make_run_folder
}

# $run holds the sockets: VAR/run, unless that is too long for a socket's name (107 bytes).
make_run_folder()
{
    longest=$VAR/run/search_triggers.sock
    if [ -h "$VAR/run" ] && [ ! -d "$VAR/run" ]; then
        rm "$VAR/run"
    fi
    if [ ! -d "$VAR/run" ]; then
        if [ ${#longest} -le 107 ]; then
            mkdir "$VAR/run"
        else
            ln -s "$(mktemp -d /tmp/daybook.XXXXXX)" "$VAR/run"
        fi
    fi
    run=$(cd "$VAR/run" && pwd -P)
}

remove_run_folder()
{
    [ -h "$VAR/run" ] || return 0
    case $(readlink "$VAR/run") in
    /tmp/daybook.??????) rm -rf "$(readlink "$VAR/run")" ;;
    esac
    rm "$VAR/run"
}

# Only one start or stop at a time works on VAR.
lock()
{
    exec 9>"$VAR/lock"
    flock -w 120 9 || die "another start or stop is at work on $VAR"
}

unlock()
{
    exec 9>&-
}

# Whether anything listens where nginx is to listen: as 127.0.0.1, as every address, or as every
# address of both families.
is_port_taken()
{
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk -v port="$(printf '%04X' "$PORT")" '
            $4 == "0A" && $2 ~ "^(0100007F|0+|0000000000000000FFFF00000100007F):" port "$" { found = 1 }
            END { exit !found }'
}

# ---- Commands ------------------------------------------------------------------------------------

# Says why the start failed ($1) with the ends of the logs that follow.
fail()
{
    {
        echo "daybook: $1"
        shift
        for log in "$@"; do
            [ ! -s "$VAR/log/$log.err" ] || { echo "--- $VAR/log/$log.err" && tail -n 20 "$VAR/log/$log.err"; }
        done
    } >&2
    exit 1
}

# nginx first, so that requests under way can finish; then whom they need.
stop_parts()
{
    end_process nginx QUIT 15
    end_process follow TERM 15
    end_process own TERM 15
    end_process maintain TERM 15
    for handler in $handlers; do
        end_process "${handler%:*}" TERM 15
    done
    end_process mariadbd TERM 60
    remove_run_folder
}

start_parts()
{
    trap 'stop_parts' EXIT
    trap 'exit 130' INT TERM HUP
    stop_parts
    make_folders
    ! is_port_taken || die "port $PORT is in use: give another one with PORT=, or end its owner"
    say "starting; the logs are in $VAR/log"
    start_database
    apply_schema
    write_config
    make_account
    write_credentials
    start_maintainer
    start_handlers
    import_sample_api
    start_nginx
    start_follower
    start_own_follower
    wait_ready
    record_demo
}

announce()
{
    say "$url/  user $person  password $(secret "$person")"
    say "tokens for programs are in $VAR/credentials"
    ! has_sample_api || say "a sample API to call: http://api.localhost:$PORT/api/pipelines"
}

refuse_second()
{
    ! is_alive foreground || die "already running from $VAR in the foreground, as process $pid"
}

prepare()
{
    check_programs
    make_folders
    lock
    refuse_second
    start_parts
}

command_start()
{
    prepare
    trap - EXIT
    announce
}

command_run()
{
    prepare
    note_process foreground $$
    unlock
    trap 'end_run' EXIT
    trap 'exit 0' INT TERM HUP
    announce
    say "Ctrl-C stops it"
    follow_logs &
    follower=$!
    while :; do
        check_parts
        sleep 1 &
        wait $! || true
    done
}

follow_logs()
{
    trap - EXIT INT TERM HUP
    exec tail -q -n 0 -F "$VAR"/log/access.log "$VAR"/log/*.err 2>/dev/null
}

end_run()
{
    trap '' INT TERM HUP
    kill "$follower"
    say "stopping"
    lock
    rm -f "$VAR/pids/foreground"
    stop_parts
}

command_stop()
{
    [ -d "$VAR/pids" ] || return 0
    if is_alive foreground; then
        kill -TERM "$pid"
        wait_end foreground 120 || die "process $pid, which runs it in the foreground, does not end"
    fi
    lock
    stop_parts
}

command_status()
{
    status=0
    for part in $(parts); do
        if is_alive "$part"; then
            say "$part runs as process $pid"
        else
            say "$part is not running"
            status=3
        fi
    done
    return $status
}

VAR=$(absolute "$VAR")
BUILD=$(absolute "$BUILD")
check_settings
case ${1:-} in
run | start | stop | status) "command_$1" ;;
*) die "usage: local.sh run|start|stop|status" ;;
esac
