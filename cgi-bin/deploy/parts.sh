# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What a private copy consists of, for local.sh: database, handlers, nginx, the account `demo` with
# its tokens, and with DEMO=1 a sample API whose calls are captured and followed. Each start function
# can be called again on a copy that was made before, and ends the program through fail() when its
# part does not come up. Needs the settings of local.sh and the functions of processes.sh.

# The handlers, each as NAME:PROCESSES.
handlers=$(sed -n 's/^\([a-z_]*\) \([0-9]*\)$/\1:\2/p' "$deploy/handlers")

# Each with the rights of its task: schema/grants.sql.
database_users='reader recorder maintainer manager'

# All processes, in the order of starting.
parts()
{
    echo mariadbd
    echo maintain
    for handler in $handlers; do
        echo "${handler%:*}"
    done
    echo nginx
    [ ! -f "$VAR/pids/follow" ] || echo follow
    [ ! -f "$VAR/pids/own" ] || echo own
}

# ---- Database ------------------------------------------------------------------------------------

# What nginx's files are filled in with; start_nginx and make_sample_api know it.
user_line='' downloads='' module='' sample='' own=''

owner()
{
    id -un
}

fill_in()
{
    sed -e "s|@VAR@|$VAR|g" -e "s|@RUN@|$run|g" -e "s|@OWNER@|$(owner)|g" -e "s|@PORT@|$PORT|g" \
        -e "s|@STATIC@|$BUILD/static|g" -e "s|@PAGES@|$BUILD/pages|g" -e "s|@DEPLOY@|$deploy|g" -e "s|@NGINX@|$VAR/nginx|g" \
        -e "s|@LOGIN@|$VAR/nginx/login.conf|g" -e "s|@HTPASSWD@|$VAR/htpasswd|g" \
        -e "s|@ERROR_LOG@|$VAR/log/nginx.err|g" -e "s|@USER@|$user_line|" -e "s|@DOWNLOADS@|$downloads|g" \
        -e "s|@MODULE@|$module|" -e "s|@SAMPLE@|$sample|" -e "s|@OWN@|$own|"
}

# A file with a random password, made once.
secret()
{
    if [ ! -s "$VAR/secrets/$1" ]; then
        openssl rand -hex 16 >"$VAR/secrets/$1.new"
        mv "$VAR/secrets/$1.new" "$VAR/secrets/$1"
    fi
    cat "$VAR/secrets/$1"
}

sql()
{
    mariadb --defaults-file="$VAR/my.cnf" --batch --skip-column-names "$@"
}

# --user would also change the owner of a system-wide plugin; -u reaches the server alone.
make_database()
{
    [ ! -d "$VAR/db" ] || return 0
    say "making a private database in $VAR"
    rm -rf "$VAR/db.new"
    # A server that starts removes the temporary tables of every other one in its folder for them.
    TMPDIR=$VAR/tmp mariadb-install-db --no-defaults --datadir="$VAR/db.new" --skip-name-resolve --force \
        --skip-test-db --auth-root-authentication-method=socket \
        --auth-root-socket-user="$(owner)" -u"$(owner)" >"$VAR/log/install-db.err" 2>&1 ||
        fail "the database could not be made" install-db
    mv "$VAR/db.new" "$VAR/db"
}

start_database()
{
    fill_in <"$deploy/my.cnf" >"$VAR/my.cnf"
    make_database
    # shellcheck disable=SC2086 # options are words
    launch mariadbd mariadbd --defaults-file="$VAR/my.cnf" ${DATABASE_OPTIONS:-}
    tenths=600
    until sql -e 'SELECT 1' >/dev/null 2>&1; do
        is_alive mariadbd && [ $tenths -gt 0 ] || fail "the database does not start" mariadbd
        tenths=$((tenths - 1))
        sleep 0.1
    done
}

apply_schema()
{
    {
        echo "CREATE DATABASE IF NOT EXISTS daybook CHARACTER SET utf8mb4;"
        for user in $database_users; do
            password=$(secret $user)
            echo "CREATE USER IF NOT EXISTS '$user'@'localhost';"
            echo "ALTER USER '$user'@'localhost' IDENTIFIED BY '$password';"
        done
    } | sql
    "$deploy/schema-apply.sh" "$root/schema" --defaults-file="$VAR/my.cnf" daybook
}

# ---- Handlers and nginx --------------------------------------------------------------------------

write_config()
{
    secret redaction >/dev/null
    {
        echo "# Written by deploy/local.sh at each start; daybook.conf.example explains the keys."
        echo "database_socket = $run/db.sock"
        for user in $database_users; do
            echo "${user}_password_file = $VAR/secrets/$user"
        done
        echo "redaction_key_file = $VAR/secrets/redaction"
        echo "templates_dir = $root/templates"
        echo "cache_dir = $VAR/cache"
        [ -z "${TEXT_INDEX_PERCENT:-}" ] || echo "text_index_percent = $TEXT_INDEX_PERCENT"
        [ "$AUDIT" = 1 ] || echo "record_commands = 0"
        [ -z "${SEGMENT_EVENTS:-}" ] || echo "segment_events = $SEGMENT_EVENTS"
        [ -z "${SEARCH_MS:-}" ] || echo "search_ms = $SEARCH_MS"
    } >"$VAR/daybook.conf"
}

# Keeps the index of the log and removes what is only kept for a while.
start_maintainer()
{
    launch maintain "$(command -v multiwatch)" -f 1 -r 10 -t 1000 -- \
        "$BUILD/bin/daybook" --config "$VAR/daybook.conf" maintain --watch
}

# A worker that cannot live is tried ten times, one that lived for a second does not count.
start_handlers()
{
    for handler in $handlers; do
        name=${handler%:*}
        # shellcheck disable=SC2086 # WRAPPER is a command with its arguments
        launch "$name" env DAYBOOK_CONF="$VAR/daybook.conf" spawn-fcgi -n -s "$run/$name.sock" \
            -M 0660 -- "$(command -v multiwatch)" -f "${WORKERS:-${handler#*:}}" -r 10 -t 1000 -- \
            ${WRAPPER:+/usr/bin/env} $WRAPPER "$BUILD/bin/${name#search_}.fcgi"
    done
}

# A line of htpasswd for the person $1 with the password $2: one round of salted SHA-1. nginx checks it at each request, and the
# thousand rounds of -apr1 take longer than the page; they protect what people think up, not 128 random bits.
login_line()
{
    salt=$(openssl rand -hex 8)
    digest=$({ printf %s "$2$salt" | openssl dgst -sha1 -binary && printf %s "$salt"; } | openssl base64 -A)
    printf '%s:{SSHA}%s\n' "$1" "$digest"
}

# Made once: people who were added to it stay.
make_login()
{
    [ -s "$VAR/htpasswd" ] || login_line "$person" "$(secret "$person")" >"$VAR/htpasswd"
}

# The files of deploy/nginx with the names of this copy in them.
write_nginx_files()
{
    mkdir -p "$VAR/nginx"
    for file in http.conf server.conf programs.conf; do
        fill_in <"$deploy/nginx/$file" >"$VAR/nginx/$file"
    done
    fill_in <"$login" >"$VAR/nginx/login.conf"
    fill_in <"$deploy/nginx/run.conf" >"$VAR/nginx.conf"
}

start_nginx()
{
    [ "$(id -u)" -ne 0 ] || user_line="user $(owner);"
    downloads=${WORKERS:-$(echo "$handlers" | sed -n 's/^download://p')}
    [ "$downloads" -eq 1 ] || downloads=$((downloads - 1))
    make_login
    make_sample_api
    make_own_log
    write_nginx_files
    launch nginx nginx -e "$VAR/log/nginx.err" -p "$VAR" -c "$VAR/nginx.conf" -g 'daemon off;'
}

# Waits until the copy answers and every part of it is there.
wait_ready()
{
    tenths=600
    until curl -sf -o /dev/null --max-time 5 "$url/healthz"; do
        [ $tenths -gt 0 ] || fail "no answer from $url/healthz" nginx events
        tenths=$((tenths - 1))
        check_parts
        sleep 0.1
    done
    check_parts
}

check_parts()
{
    for part in $(parts); do
        is_alive "$part" || fail "$part is not running" "$part"
    done
}

# ---- The sample API, and what follows its calls --------------------------------------------------

js_module=/usr/lib/nginx/modules/ngx_http_js_module.so

has_sample_api()
{
    [ "$DEMO" = 1 ] && [ -e "$js_module" ]
}

# The capture's include files stand beside nginx.conf, as daybook-capture(7) says.
make_sample_api()
{
    module='' sample=''
    has_sample_api || return 0
    mkdir -p "$VAR/capture"
    chmod 750 "$VAR/capture"
    ln -sfn "$deploy/capture" "$VAR/daybook"
    rm -f "$run/sample-api.sock"
    fill_in <"$deploy/sample-api.conf" >"$VAR/sample-api.conf"
    module="load_module $js_module;"
    sample='include sample-api.conf;'
}

import_sample_api()
{
    has_sample_api && [ ! -e "$VAR/operations.done" ] || return 0
    daybook import-openapi "$deploy/sample-api.openapi.json" --account "$account" --base-path /api \
        >"$VAR/log/import.log" || fail "the description of the sample API was refused" ''
    : >"$VAR/operations.done"
}

start_follower()
{
    has_sample_api || return 0
    launch follow "$(command -v multiwatch)" -f 1 -r 10 -t 1000 -- \
        "$BUILD/bin/daybook" --config "$VAR/daybook.conf" follow --account "$account" \
        --name sample-api --rotate 60 --nginx-pid "$run/nginx.pid" "$VAR/capture/sample-api.log"
}

# ---- The log about the log -----------------------------------------------------------------------

make_own_log()
{
    own=
    [ "$AUDIT" = 1 ] || return 0
    mkdir -p "$VAR/capture"
    chmod 750 "$VAR/capture"
    own="access_log \"$VAR/capture/own.log\" daybook_own if=\$own_call;"
}

start_own_follower()
{
    [ "$AUDIT" = 1 ] || return 0
    launch own "$(command -v multiwatch)" -f 1 -r 10 -t 1000 -- \
        "$BUILD/bin/daybook" --config "$VAR/daybook.conf" follow --own --account daybook \
        --name daybook --rotate 60 --nginx-pid "$run/nginx.pid" "$VAR/capture/own.log"
}

# ---- The account demo ----------------------------------------------------------------------------

daybook()
{
    "$BUILD/bin/daybook" --config "$VAR/daybook.conf" "$@"
}

make_account()
{
    [ ! -e "$VAR/account.done" ] || return 0
    daybook account list | grep -q "^$account\b" || daybook account add "$account" --name Demo
    daybook account list | grep -q "^daybook\b" || daybook account add daybook --name "Daybook itself"
    daybook member add "$account" "$person" admin
    : >"$VAR/account.done"
}

# The token of scope $1, made once.
token()
{
    if [ ! -s "$VAR/secrets/$1_token" ]; then
        daybook token add "$account" "$1" --label "made by local.sh" >"$VAR/secrets/$1_token.new"
        mv "$VAR/secrets/$1_token.new" "$VAR/secrets/$1_token"
    fi
    cat "$VAR/secrets/$1_token"
}

write_credentials()
{
    {
        echo "url=$url"
        echo "user=$person"
        echo "password=$(secret "$person")"
        echo "account=$account"
        echo "record_token=$(token record)"
        echo "read_token=$(token read)"
    } >"$VAR/credentials.new"
    mv "$VAR/credentials.new" "$VAR/credentials"
}

# Records the demo log the way every log is recorded: by POST, with a token.
record_demo()
{
    [ "$DEMO" = 1 ] && [ ! -e "$VAR/demo.done" ] || return 0
    say "recording the demo log"
    rm -rf "$VAR/tmp/demo"
    mkdir "$VAR/tmp/demo"
    daybook demo --seed 1 >"$VAR/tmp/demo.ndjson" || fail "no demo log could be made" ''
    split -l 1000 "$VAR/tmp/demo.ndjson" "$VAR/tmp/demo/"
    printf 'Authorization: Bearer %s\nContent-Type: application/x-ndjson\n' "$(token record)" \
        >"$VAR/secrets/record_header"
    for batch in "$VAR"/tmp/demo/*; do
        curl -sS --fail-with-body -H "@$VAR/secrets/record_header" --data-binary "@$batch" \
            -o "$VAR/log/demo.err" "$url/api/v1/events" || fail "the demo log was refused" demo record
    done
    rm -rf "$VAR/tmp/demo" "$VAR/tmp/demo.ndjson" "$VAR/log/demo.err"
    : >"$VAR/demo.done"
}
