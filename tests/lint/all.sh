#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every check of the sources that runs nothing of them. CHECKS="layers format" chooses. A check prints
# file, line and reason of what it finds; the last line counts the checks. LINT_FLAGS is what the
# compiler needs to find the headers (`make lint` sets it). NODES is how many states of a function clang's
# analyzer looks at before it gives up: by default as many as clang wants. `make test` has it give up early, in a fifth of the time.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${NODES:=225000}"
: "${LINT_FLAGS:=-Icgi-bin -Ibuild/gen -I/usr/include/mariadb -std=gnu11 -D_GNU_SOURCE=}"
export LINT_FLAGS NODES
MAKE=${MAKE:-make}
lines_max=450
all='files shell headers layers markup templates format man gcc clang cppcheck tidy'

sources()
{
    find cgi-bin tests -name node_modules -prune -o -type f "$@" -print | sort
}

# Each file says its licence and is short enough to be read at one go.
check_files()
{
    sources '(' -name '*.[ch]' -o -name '*.cc' -o -name '*.sh' -o -name '*.py' ')' | {
        status=0
        while read -r file; do
            head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
                { echo "$file:1: no SPDX-License-Identifier" && status=1; }
            [ "$(wc -l <"$file")" -le $lines_max ] ||
                { echo "$file:$lines_max: longer than $lines_max lines" && status=1; }
        done
        exit $status
    }
}

check_shell()
{
    sources -name '*.sh' | {
        status=0
        while read -r script; do
            sh -n "$script" || status=1
            ! command -v shellcheck >/dev/null || shellcheck -s sh -f gcc -S warning -e SC2034,SC2154 "$script" ||
                status=1
        done
        bash -n .ci/run || status=1
        exit $status
    }
}

# Each header is complete: it compiles as a file of its own, and in C++ where C++ uses it.
check_headers()
{
    sources -name '*.h' | {
        status=0
        while read -r header; do
            case $header in
            # A list to be included with another meaning of its one macro each time.
            *page_keys.h) list='-DPAGE_KEY(key)=' ;;
            *) list= ;;
            esac
            # shellcheck disable=SC2086 # flags are words
            gcc -fsyntax-only -Wall -Wextra -Werror $LINT_FLAGS $list -x c "$header" || status=1
        done
        g++ -fsyntax-only -Wall -Wextra -Werror -Icgi-bin -std=c++17 -x c++ cgi-bin/web/page.h ||
            status=1
        exit $status
    }
}

check_layers()
{
    python3 tests/lint/layers.py
}

check_markup()
{
    python3 tests/lint/markup.py
}

# Without the pragma a template, an included one too, prints its values raw.
check_templates()
{
    status=0
    for template in templates/*.tpl; do
        [ -e "$template" ] || continue
        case $(head -n 1 "$template") in
        '{{%AUTOESCAPE '*) ;;
        *) echo "$template:1: does not begin with {{%AUTOESCAPE context=...}}" && status=1 ;;
        esac
        ! grep -Hn ':none' "$template" || { echo "$template: :none switches escaping off" && status=1; }
        ctemplate-make_tpl_varnames_h -q -n "$template" || status=1
    done
    return $status
}

check_format()
{
    sources '(' -name '*.[ch]' -o -name '*.cc' ')' | xargs clang-format --dry-run -Werror
}

check_man()
{
    status=0
    for page in cgi-bin/man/*.[1-8]; do
        [ ! -e "$page" ] || mandoc -T lint -W warning "$page" || status=1
        # What man(1) shows on Debian: a quotation that its groff ends too late has another one, or a reference, within.
        [ ! -e "$page" ] || ! nroff -mandoc -Tutf8 "$page" 2>/dev/null | col -b | tr '\n' ' ' |
            grep -oE "‘[^’]*(‘|[a-z]\([1-8]\))" | sed "s|^|$page: |" | grep . || status=1
    done
    return $status
}

check_gcc()
{
    $MAKE -s -k -j"$(nproc)" BUILD=build/lint-gcc CC=gcc CXX=g++ DEVELOPER=1 objects
}

check_clang()
{
    # Its warnings come before it optimizes; -O2 still chooses what the headers declare.
    $MAKE -s -k -j"$(nproc)" BUILD=build/lint-clang CC=clang CXX=clang++ DEVELOPER=1 \
        CFLAGS='-O2 -fsyntax-only' objects
}

check_cppcheck()
{
    cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
        --suppress=missingIncludeSystem --suppress=preprocessorErrorDirective -D_GNU_SOURCE= -Icgi-bin \
        --template='{file}:{line}: {message} [{id}]' cgi-bin
}

# One file a run: over several, clang 14 loses track of va_list.
check_tidy()
{
    sources -name '*.c' | grep '^cgi-bin/' | xargs -P "$(nproc)" -n 1 sh -c '
        clang-tidy --quiet --extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang \
            --extra-arg="max-nodes=$NODES" "$@" -- $LINT_FLAGS 2>/dev/null' tidy
}

passed=0
failed=0
mkdir -p build
for check in ${CHECKS:-$all}; do
    if output=$("check_$check" 2>&1); then
        echo "ok    lint $check"
        passed=$((passed + 1))
    else
        printf '%s\n' "$output"
        echo "FAIL  lint $check"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
