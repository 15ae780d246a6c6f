#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The one list of Debian packages that Daybook needs, and the one place that installs them:
#
#   packages.sh list GROUP...      names the packages of the groups build, run, server, test, bench, install
#   packages.sh missing GROUP...   names those that are not installed
#   packages.sh install GROUP...   installs those that are not installed, through apt-get
#
# Installing starts no service and leaves none enabled that was not there before.
set -eu

# PACKAGE:COMMAND means that any package with that command will do.
build_packages='gcc:gcc g++:g++ libc6-dev pkg-config:pkg-config libfcgi-dev libmariadb-dev
    libctemplate-dev libcsv-dev libssl-dev libyaml-dev libzstd-dev'
run_packages='nginx-light:nginx mariadb-server-core:mariadbd mariadb-client-core:mariadb spawn-fcgi
    multiwatch curl openssl tzdata libnginx-mod-http-js'
# An installation has the database and nginx as services of the system: daybook-install(7).
server_packages='nginx-light mariadb-server multiwatch curl openssl tzdata libnginx-mod-http-js'
test_packages='libcmocka-dev libjansson-dev python3 miller sqlite3 chromium fonts-dejavu-core
    nodejs:node npm:npm ca-certificates valgrind clang clang-format clang-tidy cppcheck
    libclang-rt-14-dev libfcgi-bin libctemplate-dev mandoc file syslog-ng-core syslog-ng-mod-http
    default-jre-headless:java'
bench_packages='wrk:wrk python3 nodejs:node npm:npm ca-certificates php8.2-fpm php8.2-mysql php-twig'

install_packages='debootstrap python3 git'

# What of them would start with the system; Daybook and its tests start copies of their own.
units='nginx.service syslog-ng.service php8.2-fpm.service phpsessionclean.timer'

PATH=$PATH:/usr/sbin:/sbin
policy=/usr/sbin/policy-rc.d

say()
{
    echo "packages: $*" >&2
}

die()
{
    say "$*"
    exit 1
}

# Prints the entries of the named groups, one a line.
entries()
{
    for group in "$@"; do
        case $group in
        build) list=$build_packages ;;
        run) list=$run_packages ;;
        server) list=$server_packages ;;
        test) list=$test_packages ;;
        bench) list=$bench_packages ;;
        install) list=$install_packages ;;
        *) die "no such group: $group (there are build, run, server, test, bench, install)" ;;
        esac
        # shellcheck disable=SC2086 # one entry a word
        printf '%s\n' $list
    done
}

is_installed()
{
    package=${1%%:*}
    command=${1#"$package"}
    command=${command#:}
    if [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; then
        return 0
    fi
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed
}

# Is there another program that keeps the system's log?  apt-get would remove it for syslog-ng, which only tests need.
has_other_logger()
{
    dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
        grep -v '^installed syslog-ng' | grep -q '^installed .*system-log-daemon'
}

missing()
{
    list=$(entries "$@")
    for entry in $list; do
        case $entry in
        syslog-ng*) is_installed "$entry" || has_other_logger || echo "$entry" ;;
        *) is_installed "$entry" || echo "${entry%%:*}" ;;
        esac
    done
}

# Asks invoke-rc.d to start nothing until allow_services; an administrator's own policy comes back.
forbid_services()
{
    if [ -e "$policy" ] || [ -h "$policy" ]; then
        mv "$policy" "$policy.before-daybook"
    fi
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
}

allow_services()
{
    rm -f "$policy"
    if [ -e "$policy.before-daybook" ] || [ -h "$policy.before-daybook" ]; then
        mv "$policy.before-daybook" "$policy"
    fi
}

is_enabled()
{
    [ -h "/etc/systemd/system/multi-user.target.wants/$1" ] ||
        [ -h "/etc/systemd/system/timers.target.wants/$1" ]
}

# The units that are enabled, one a line.
enabled()
{
    for unit in $units; do
        ! is_enabled "$unit" || echo "$unit"
    done
}

# Its other names are links to the same file: syslog.service to syslog-ng.service.
disable()
{
    for link in /etc/systemd/system/*.service /etc/systemd/system/*.target.wants/*; do
        case $(readlink "$link") in
        */"$1") rm -f "$link" ;;
        esac
    done
    update-rc.d "${1%.*}" disable >/dev/null 2>&1 || true
    say "$1 stays disabled: Daybook starts its own copy"
}

apt()
{
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        -o APT::Install-Recommends=false "$@"
}

install_as_root()
{
    before=$(enabled)
    trap 'allow_services' EXIT
    trap 'exit 1' HUP INT TERM
    forbid_services
    apt update || say "the package lists could not be renewed; trying with those at hand"
    apt install "$@" || die "apt-get could not install: $*"
    for unit in $(enabled); do
        printf '%s\n' "$before" | grep -qx "$unit" || disable "$unit"
    done
}

install()
{
    wanted=$(missing "$@")
    [ -n "$wanted" ] || return 0
    wanted=$(printf '%s\n' "$wanted" | sort -u | tr '\n' ' ')
    command -v apt-get >/dev/null || die "please install what corresponds to: $wanted"
    say "installing $wanted"
    if [ "$(id -u)" -eq 0 ]; then
        # shellcheck disable=SC2086 # one package a word
        install_as_root $wanted
    elif command -v sudo >/dev/null; then
        sudo sh "$0" install "$@"
    else
        die "not root and no sudo here; as root: apt-get install --no-install-recommends $wanted"
    fi
}

[ $# -ge 2 ] || die "usage: packages.sh list|missing|install GROUP..."
action=$1
shift
case $action in
list) entries "$@" | sed 's/:.*//' ;;
missing | install) "$action" "$@" ;;
*) die "no such action: $action" ;;
esac
