#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The part of `make install` that is not just copied: settings, units and nginx's files with the names of this installation in them.
# Directories come from the environment, as GNUmakefile has them; below DESTDIR nothing but what is to be installed is written, and
# nothing in /etc.
set -eu
umask 022

deploy=$(cd "$(dirname "$0")" && pwd -P)
: "${DESTDIR=}" "${bindir:?}" "${libexecdir:?}" "${datadir:?}" "${systemdir:?}" "${confdir:?}" "${user:?}" "${webgroup:?}"
units=$systemdir/system
run=/run/daybook
cache=/var/cache/daybook
handlers=$(sed -n 's/^\([a-z_]*\) \([0-9]*\)$/\1:\2/p' "$deploy/handlers")
downloads=$(echo "$handlers" | sed -n 's/^download://p')

# @system-service and @privileged are systemd's own words.
fill_in()
{
    sed -e "s|@BINDIR@|$bindir|g" -e "s|@LIBEXECDIR@|$libexecdir|g" -e "s|@CONFDIR@|$confdir|g" \
        -e "s|@CONF@|$confdir/daybook.conf|g" -e "s|@RUN@|$run|g" -e "s|@CACHE@|$cache|g" \
        -e "s|@USER@|$user|g" -e "s|@WEBGROUP@|$webgroup|g" -e "s|@STATIC@|$datadir/static|g" \
        -e "s|@PAGES@|$datadir/deploy|g" -e "s|@NGINX@|$datadir/deploy/nginx|g" \
        -e "s|@HTPASSWD@|/etc/nginx/daybook.htpasswd|g" -e "s|@ERROR_LOG@|/var/log/nginx/error.log|g" \
        -e "s|@DOWNLOADS@|$((downloads - 1))|g"
}

# Installs the file $1 as $2.
put()
{
    install -d "$DESTDIR${2%/*}"
    fill_in <"$1" >"$DESTDIR$2"
}

put_nginx()
{
    for file in http.conf server.conf programs.conf site.conf; do
        put "$deploy/nginx/$file" "$datadir/deploy/nginx/$file"
    done
    for file in "$deploy"/nginx/login/*.conf; do
        put "$file" "$datadir/deploy/nginx/login/${file##*/}"
    done
}

# The example with the paths of this installation; what nobody changes works as it stands.
put_example()
{
    put "$deploy/daybook.conf.example" "$datadir/deploy/daybook.conf.example"
    sed -i -e "s|/usr/local/share/daybook|$datadir|" -e "s|/etc/daybook|$confdir|" \
        "$DESTDIR$datadir/deploy/daybook.conf.example"
}

put_units()
{
    for file in "$deploy"/systemd/daybook*; do
        put "$file" "$units/${file##*/}"
    done
    put "$deploy/systemd/hardening.conf" "$units/daybook-.service.d/hardening.conf"
    put "$deploy/systemd/sysusers.conf" "$systemdir/../sysusers.d/daybook.conf"
    put "$deploy/systemd/tmpfiles.conf" "$systemdir/../tmpfiles.d/daybook.conf"
}

# Each handler of the list: its unit, how many processes it has, and a pool for searches its program.
put_handlers()
{
    {
        fill_in <"$deploy/systemd/daybook.target" | sed '/^\[Install\]/,$d'
        for handler in $handlers; do
            echo "Wants=daybook-handler@${handler%:*}.socket daybook-handler@${handler%:*}.service"
        done
        echo
        sed -n '/^\[Install\]/,$p' "$deploy/systemd/daybook.target"
    } >"$DESTDIR$units/daybook.target"
    for handler in $handlers; do
        name=${handler%:*}
        folder=$DESTDIR$units/daybook-handler@$name.service.d
        install -d "$folder"
        printf '[Service]\nEnvironment=PROCESSES=%s\n' "${handler#*:}" >"$folder/processes.conf"
        [ "$name" = "${name#search_}" ] || ln -sf "${name#search_}.fcgi" "$DESTDIR$libexecdir/$name.fcgi"
    done
}

put_nginx
put_example
put_units
put_handlers
