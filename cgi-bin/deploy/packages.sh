#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The one list of Debian packages that Daybook needs, and the one place that installs them:
#
#   packages.sh list GROUP...      names the packages of the groups build, run, test
#   packages.sh missing GROUP...   names those that are not installed
#   packages.sh install GROUP...   installs those that are not installed, through apt-get
#
# Installing starts no service and leaves none enabled that was not there before.
set -eu

# PACKAGE:COMMAND means that any package with that command will do.
build_packages='gcc:gcc g++:g++ libc6-dev pkg-config:pkg-config libfcgi-dev libmariadb-dev
    libctemplate-dev libcsv-dev libssl-dev libyaml-dev'
run_packages='nginx-light:nginx mariadb-server-core:mariadbd mariadb-client-core:mariadb spawn-fcgi
    multiwatch curl openssl tzdata libnginx-mod-http-js'
test_packages='libcmocka-dev libjansson-dev python3 miller sqlite3 chromium fonts-dejavu-core
    nodejs:node npm:npm ca-certificates valgrind clang clang-format clang-tidy cppcheck
    libclang-rt-14-dev libfcgi-bin libctemplate-dev mandoc file'

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
        test) list=$test_packages ;;
        *) die "no such group: $group (there are build, run, test)" ;;
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

missing()
{
    list=$(entries "$@")
    for entry in $list; do
        is_installed "$entry" || echo "${entry%%:*}"
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

nginx_is_enabled()
{
    [ -h /etc/systemd/system/multi-user.target.wants/nginx.service ]
}

# Of all these packages nginx alone would start with the system; Daybook starts a copy of its own.
disable_nginx()
{
    rm -f /etc/systemd/system/multi-user.target.wants/nginx.service
    update-rc.d nginx disable >/dev/null 2>&1 || true
    say "nginx.service stays disabled: Daybook starts its own copy"
}

apt()
{
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        -o APT::Install-Recommends=false "$@"
}

install_as_root()
{
    nginx_is_enabled && was_enabled=yes || was_enabled=no
    trap 'allow_services' EXIT
    trap 'exit 1' HUP INT TERM
    forbid_services
    apt update || say "the package lists could not be renewed; trying with those at hand"
    apt install "$@" || die "apt-get could not install: $*"
    if [ "$was_enabled" = no ] && nginx_is_enabled; then
        disable_nginx
    fi
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
