#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs the tests, rung by rung, and ends with one line of counts. Installs nothing: `make test` does.
# RUNGS="unit wire" chooses among: lint unit cgi wire browser fuzz, and hostile (`make hostile`) and long
# (`make test-long`), which take minutes. VALGRIND=1 runs the handlers of the
# first pass under valgrind. Logs are in BUILD/test; the log of what failed is shown.
#
# Unit tests run as built, under valgrind and with sanitizers; cgi and wire as built and with sanitizers.
# Those and the browser's tests find the copy that they talk to by the environment: VAR (a folder with
# credentials and daybook.conf), PORT and BUILD.
#
# What runs beside what, on two processors or more: four lanes, each a list of steps (the end of this file).
#   built       cgi, wire but $built_only and     a copy of its own
#               $sanitized_only, $built_early too
#   sanitized   cgi and wire with sanitizers,     a copy of its own
#               fewer of what is drawn at random
#   browser     the browser's tests, $built_only  a copy of its own
#   computed    unit, fuzz, lint                  no copy, and whatever time the others leave
# The first three mostly wait: for servers, for time to pass, for answers. The last only computes, so it gives way to
# them, and ends with what can use all processors. Whoever of built and browser has ended takes from the end of
# sanitized, which has the most to do, with another copy.
set -u
cd "$(dirname "$0")/.." || exit 1

rungs=${RUNGS:-lint unit cgi wire browser fuzz}
valgrind=${VALGRIND:-}
case ${BUILD:=build} in
/*) build=$BUILD ;;
*) build=$PWD/$BUILD ;;
esac
asan=$build/asan
logs=$build/test
make="${MAKE:-make} -k -j$(nproc)"
# One at a time in a folder, as lanes build into the same ones.
make_built="flock $logs/built.lock $make BUILD=$build"
make_sanitized="flock $logs/sanitized.lock $make BUILD=$asan SANITIZE=address,undefined"
valgrind_command='valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99'
trouble='AddressSanitizer|LeakSanitizer|runtime error:|^==[0-9]+==|Assertion.*failed|stack smashing'
export PYTHONDONTWRITEBYTECODE=1
unset MAKEFLAGS MFLAGS MAKELEVEL

passed=0
failed=0
skipped=0
priority= # a command that runs another one with less of it

has_rung()
{
    case " $rungs " in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
    esac
}

# ---- Counting ------------------------------------------------------------------------------------

# Reads what a runner of kind $1 printed; prints how many passed, failed and were skipped.
tally()
{
    awk -v kind="$1" '
        function number(line, name) {
            return match(line, name "=[0-9]+") ? substr(line, RSTART + length(name) + 1) + 0 : 0
        }
        kind == "cmocka" && /# SKIP/ { skipped++; next }
        kind == "cmocka" && /^ok / { passed++ }
        kind == "cmocka" && /^not ok / { failed++ }
        kind == "cmocka" && $1 == "[" && $5 ~ /^test/ {
            if ($2 == "PASSED") passed += $4
            if ($2 == "FAILED") failed += $4
            if ($2 == "SKIPPED") skipped += $4
        }
        kind == "python" && /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {
            passed = $1; failed = $3; skipped = $5
        }
        kind == "python" && /^Ran [0-9]+ test/ { ran = $2 }
        kind == "python" && /^(OK|FAILED)( |$)/ {
            failed = number($0, "failures") + number($0, "errors")
            skipped = number($0, "skipped")
            passed = ran > failed + skipped ? ran - failed - skipped : 0
        }
        kind == "node" && /^# pass / { passed = $3 }
        kind == "node" && /^# (fail|cancelled) / { failed += $3 }
        kind == "node" && /^# (skipped|todo) / { skipped += $3 }
        END { print passed + 0, failed + 0, skipped + 0 }'
}

# Adds passed $2, failed $3 and skipped $4 of NAME ($1), and shows its log when something failed.
count()
{
    passed=$((passed + $2))
    failed=$((failed + $3))
    skipped=$((skipped + $4))
    if [ "$3" -gt 0 ]; then
        tail -n 200 "$logs/$1.log" | sed 's/^/    /'
        echo "FAIL  $1: $2 passed, $3 failed, $4 skipped (the whole log: $logs/$1.log)"
    elif [ "$2" -gt 0 ] || [ "$4" -gt 0 ]; then
        echo "ok    $1: $2 passed, $4 skipped"
    fi
}

run_logged()
{
    log=$logs/$1.log
    shift
    # shellcheck disable=SC2086 # a command with its arguments
    timeout -k 10 "${RUN_SECONDS:-900}" $priority "$@" >"$log" 2>&1 </dev/null &
    child=$! # so that a signal need not wait for its end
    wait $child
    status=$?
    [ $status -eq 0 ] || echo "(exit status $status)" >>"$log"
    return $status
}

# Runs NAME ($1), a runner of kind $2, as the command that follows, and counts what it says. A runner
# that died, or that ran nothing, did not pass.
run_tests()
{
    name=$1
    kind=$2
    shift 2
    status=0
    run_logged "$name" "$@" || status=1
    # shellcheck disable=SC2046 # three numbers
    set -- $(tally "$kind" <"$logs/$name.log")
    [ "$2" -gt 0 ] || [ $(($1 + $3)) -gt 0 ] || status=1
    [ "$2" -gt 0 ] || set -- "$1" $status "$3"
    count "$name" "$@"
}

# Runs NAME ($1), a check that passes or fails as a whole.
run_check()
{
    if run_logged "$@"; then
        count "$1" 1 0 0
    else
        count "$1" 0 1 0
    fi
}

# The same for what only prepares a test: counted when it fails.
prepare()
{
    if ! run_logged "$@"; then
        count "$1" 0 1 0
        return 1
    fi
}

skip()
{
    echo "skip  $1: $2"
    skipped=$((skipped + 1))
}

# ---- Rungs without a server ----------------------------------------------------------------------

rung_lint()
{
    run_tests lint python env NODES=30000 "${MAKE:-make}" -s lint
}

rung_unit()
{
    prepare build-unit $make_built unit-tests
    prepare build-unit-asan $make_sanitized unit-tests
    for source in tests/unit/test_*.c; do
        test=$(basename "$source" .c)
        run_tests "unit-$test" cmocka "$build/test/$test"
        case $test in
        test_demo | test_redact_work | test_text_index) ;; # a minute each under valgrind, and the sanitizers watch the same
        *) run_tests "unit-$test-valgrind" cmocka $valgrind_command "$build/test/$test" ;;
        esac
        run_tests "unit-$test-asan" cmocka "$asan/test/$test"
    done
}

rung_fuzz()
{
    prepare build-fuzz $make_sanitized fuzz-replay || return
    for source in tests/fuzz/fuzz_*.c; do
        [ -e "$source" ] || continue
        target=$(basename "$source" .c)
        run_check "$target-asan" "$asan/test/$target" "tests/fuzz/corpus/${target#fuzz_}"
    done
}

# ---- Rungs that talk to a running copy -----------------------------------------------------------

free_port()
{
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# A fresh copy of the programs in $2, run under the command $3.
start_copy()
{
    PORT=$(free_port) VAR=$2/test-var$1 BUILD=$2 WRAPPER=$3 DEMO=0 AUDIT=0
    SEGMENT_EVENTS=500 # short, so that a log of some thousand events has many
    SEARCH_MS=30000 # a search of the tests ends, however busy the machine
    # Not each commit waits for the disk, which may be slow: a server that is killed loses nothing by that.
    DATABASE_OPTIONS=--innodb-flush-log-at-trx-commit=2
    export PORT VAR BUILD WRAPPER DEMO AUDIT SEGMENT_EVENTS SEARCH_MS DATABASE_OPTIONS
    sh cgi-bin/deploy/local.sh stop
    rm -rf "$VAR"
    prepare "start$1" sh cgi-bin/deploy/local.sh start
}

# Ends the copy. What a sanitizer, valgrind or an assertion said in its logs is a failure.
stop_copy()
{
    prepare "stop$1" sh cgi-bin/deploy/local.sh stop
    run_check "logs$1" awk -v trouble="$trouble" \
        '$0 ~ trouble { bad = 1 } bad { print FILENAME ": " $0 } END { exit bad }' "$VAR"/log/*.err
}

rung_cgi()
{
    if [ -f tests/cgi/run.py ]; then
        run_tests "cgi$1" python python3 tests/cgi/run.py
    else
        skip "cgi$1" "no tests/cgi/run.py"
    fi
}

# What npm installs into the folder $2, unless it is there.
install_packages()
{
    prepare "$1-packages" sh tests/npm-install.sh "$2"
}

# The program that compares the index with plain SQL, built as the programs of the copy are ($1).
prepare_compare_index()
{
    make_here=$make_built
    case $1 in
    -asan*) make_here=$make_sanitized ;;
    esac
    # shellcheck disable=SC2086 # a command with its arguments
    prepare "build-compare-index$1" $make_here compare-index
}

# What is about memory, timing or the programs of others, or about who may ask for what: once, as built, in the lane of the browser.
built_only='test_codefresh_cli test_codefresh_download test_export_memory test_csv_readers'
built_only="$built_only test_progress test_install test_login test_login_certificates test_matrix test_matrix_claims test_matrix_leaks"

# As built too, but in the lane that ends first: what mostly waits would be the last to run in the other.
built_early='test_segments_killed test_stock_senders'

# Much of the same kind, in many variants, with sanitizers alone, which look at the same answers and see more. Under valgrind all the same.
sanitized_only='test_formats test_formats_hostile test_real_input test_cloudevents test_retraced test_kubernetes test_bad_input'
sanitized_only="$sanitized_only test_hooks test_hooks_capture test_secrets test_capture_hostile test_idempotency"
sanitized_only="$sanitized_only test_segments test_segments_damaged test_feed test_erase test_leaving"
sanitized_only="$sanitized_only test_audit_api test_operator test_operator_many test_histogram test_links test_details test_own_log test_query"
sanitized_only="$sanitized_only test_search test_follow test_follow_files test_retention test_kept_pages test_capture_kept test_member_page"
[ -z "$valgrind" ] || sanitized_only=

# True for the first who asks for the sanitized test $1.
take()
{
    mkdir "$logs/taken/$1" 2>/dev/null
}

# The tests of the pass $1, last ones first for whoever helps with the sanitized ones.
wire_tests()
{
    order=
    case $1 in
    -asan-*) order=-r ;;
    esac
    for test in tests/wire/test_*.py; do
        basename "$test" .py
    done | sort $order | while read -r name; do
        case " $built_only "/" $built_early " in
        *" $name "*/*) [ "$1" != -browser ] || echo "$name" ;;
        */*" $name "*) [ -n "$1" ] || echo "$name" ;;
        *) case $1/" $sanitized_only " in
            -browser/* | /*" $name "*) ;;
            *) echo "$name" ;;
            esac ;;
        esac
    done
}

rung_wire()
{
    [ "$1" = -browser ] || prepare_compare_index "$1"
    for name in $(wire_tests "$1"); do
        fewer=DAYBOOK_COMBINATIONS=${DAYBOOK_COMBINATIONS:-250}
        case $1 in
        -asan*)
            take "$name" || continue
            case " $sanitized_only " in
            *" $name "*) ;;
            *) fewer='DAYBOOK_COMBINATIONS=120 DAYBOOK_MENUS=30 DAYBOOK_CASES=150' ;;
            esac
            ;;
        esac
        # shellcheck disable=SC2086 # settings are words
        run_tests "wire-$name$1" python \
            env $fewer python3 -m unittest discover -v -s tests/wire -p "$name.py"
    done
}

rung_hostile()
{
    run_tests "hostile$1" python python3 tests/wire/each_address.py
    sed -n 's|^[.]*/|/|p' "$logs/hostile$1.log"
}

rung_long()
{
    prepare_compare_index "$1"
    DAYBOOK_CASES=${DAYBOOK_CASES:-20000} run_tests "long-index$1" python \
        python3 -m unittest discover -v -s tests/wire -p test_index.py
}

rung_browser()
{
    if [ ! -f tests/browser/package.json ]; then
        skip browser "no tests/browser/package.json"
        return
    fi
    install_packages browser tests/browser || return
    run_tests browser node node --test --test-reporter=tap tests/browser/*.test.mjs
}

# The rungs $4 on a copy of the programs in $2, run under the command $3; $1 ends the names.
pass()
{
    if start_copy "$1" "$2" "$3"; then
        for rung in $4; do
            ! has_rung "$rung" || "rung_$rung" "$1"
        done
    fi
    stop_copy "$1"
}

pass_built()
{
    pass '' "$build" "${valgrind:+$valgrind_command}" 'cgi wire hostile long'
}

pass_sanitized()
{
    prepare build-asan $make_sanitized all && pass -asan "$asan" '' 'cgi wire'
}

pass_browser()
{
    pass -browser "$build" "${valgrind:+$valgrind_command}" 'browser wire'
}

# What is left of the sanitized pass; $1 names who helps.
help_sanitized()
{
    if [ "$(find "$logs/taken" -mindepth 1 | wc -l)" -lt "$(wire_tests -asan | wc -l)" ]; then
        prepare "build-asan-$1" $make_sanitized all && pass "-asan-$1" "$asan" '' wire
    fi
}

# ---- All -----------------------------------------------------------------------------------------

end_copy()
{
    [ -z "${VAR:-}" ] || sh cgi-bin/deploy/local.sh stop
}

# Starts the lane NAME ($1): the function lane_NAME, with counters of its own.
start_lane()
{
    (
        trap end_copy EXIT
        trap 'kill $child 2>/dev/null; exit 130' INT TERM HUP
        "lane_$1"
        echo "$passed $failed $skipped" >"$logs/$1.lane"
    ) &
    processes="$processes $!"
}

# Adds what the lane NAME ($1) counted; one that did not come to its end has failed.
end_lane()
{
    # shellcheck disable=SC2046 # three numbers
    set -- $(cat "$logs/$1.lane" 2>/dev/null || echo 0 1 0)
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
}

stop_lanes()
{
    trap '' INT TERM HUP
    # shellcheck disable=SC2086 # numbers of processes
    kill $processes 2>/dev/null
    wait
    exit 130
}

lane_built()
{
    if has_rung cgi || has_rung wire || has_rung hostile || has_rung long; then
        pass_built
    fi
    ! has_rung wire || help_sanitized built
}

lane_sanitized()
{
    if has_rung cgi || has_rung wire; then
        pass_sanitized
    fi
}

lane_browser()
{
    if has_rung browser || has_rung wire; then
        pass_browser
    fi
    ! has_rung wire || help_sanitized browser
}

lane_computed()
{
    priority='nice -n 5'
    ! has_rung unit || rung_unit
    ! has_rung fuzz || rung_fuzz
    ! has_rung lint || rung_lint
}

rm -rf "$logs"/*.log "$logs"/*.lane "$logs/taken"
mkdir -p "$logs/taken"
CMOCKA_MESSAGE_OUTPUT=TAP
export CMOCKA_MESSAGE_OUTPUT
unset VAR PORT
lanes='built sanitized browser computed'
processes=
child=
trap stop_lanes INT TERM HUP

! has_rung wire || install_packages clients tests/clients
for lane in $lanes; do
    start_lane "$lane"
done
wait
for lane in $lanes; do
    end_lane "$lane"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
