# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Long-running processes of one private copy, for local.sh: started in a session of their own, known
# by pid and start time (a pid alone may have been given to somebody else), ended with everything
# that lives in their session. Needs $VAR, say and die.

# Prints when process $1 began, in ticks since the system's own start; nothing if it has ended.
start_time()
{
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
}

# Notes that NAME ($1) is process $2.
note_process()
{
    echo "$2 $(start_time "$2")" >"$VAR/pids/$1"
}

# Starts NAME ($1) as the command that follows; what it prints goes to VAR/log/NAME.err.
launch()
{
    name=$1
    shift
    setsid "$@" >>"$VAR/log/$name.err" 2>&1 </dev/null 9>&- &
    note_process "$name" $!
}

is_alive()
{
    pid='' started=''
    [ -f "$VAR/pids/$1" ] && read -r pid started <"$VAR/pids/$1" || return 1
    [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ]
}

# Prints the processes of session $1, whose leader may have died.
session_members()
{
    cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) .*) /\1 /' |
        awk -v session="$1" '$5 == session && $2 != "Z" { print $1 }'
}

# Waits up to $2 seconds for NAME ($1) to end.
wait_end()
{
    tenths=$(($2 * 10))
    while is_alive "$1"; do
        [ $tenths -gt 0 ] || return 1
        tenths=$((tenths - 1))
        sleep 0.1
    done
}

# Ends NAME ($1) by signal $2, and by force what is left of it after $3 seconds.
end_process()
{
    name=$1
    [ -f "$VAR/pids/$name" ] || return 0
    if is_alive "$name"; then
        kill "-$2" "$pid"
        wait_end "$name" "$3" || say "$name did not end within $3 seconds: killed"
    elif [ -z "$pid" ] || [ -n "$(start_time "$pid")" ]; then
        # Never noted, or the pid is somebody else's by now.
        rm -f "$VAR/pids/$name"
        return 0
    fi
    for member in $(session_members "$pid"); do
        kill -KILL "$member" 2>/dev/null || true
    done
    rm -f "$VAR/pids/$name"
}
