#!/bin/sh
#   test.sh - installs the packages for the tests, builds Weir, and runs all of them
#
#   usage: ./test.sh          everything
#          ./test.sh quick    with gcc only
#
#   The last line is `N passed, N failed`, summed over all steps. Each step
#   builds in a folder of its own: build/, build-clang/, ...
#
#   SPDX-License-Identifier: MPL-2.0

cd "$(dirname "$0")" || exit 1
. tests/prepare.sh

all_passed=0
all_failed=0
#   ThreadSanitizer of gcc 12 and clang 14 cannot live with as much address
#   space randomization as newer kernels make.
steady=
setarch -R true 2>/dev/null && steady="setarch -R"


#   Shows the end of each failed test's log.
show_failures ()
{
    for result in "$@"; do
        grep -Eq '^:global-test-result: (FAIL|ERROR)' "$result" || continue
        echo "--- ${result%.trs}.log"
        tail -n 40 "${result%.trs}.log"
    done
}

#   check TITLE FOLDER TARGET : builds nothing, runs the tests and counts them
check ()
{
    title=$1
    folder=$2
    target=$3
    say "$title: make $target in $folder/"
    started=$(date +%s)
    find "$folder" -name "*.trs" -delete
    $steady make -C "$folder" -j "$jobs" -k "$target" \
        </dev/null >"$folder/$target.log" 2>&1
    status=$?
    set -- $(find "$folder" -name "*.trs" | sort)
    #   What failed beside others runs once more, alone, and that is said: a
    #   starved machine is not a fault of Weir, but a flaky test is.
    if test "$status" -ne 0 && test "$target" = check && test $# -gt 0; then
        show_failures "$@"
        echo "$title: once more, alone:" \
            $(grep -lE '^:global-test-result: (FAIL|ERROR)' "$@")
        $steady make -C "$folder" -k recheck \
            </dev/null >"$folder/recheck.log" 2>&1
        status=$?
    fi
    show_failures "$@"
    totals=$(perl tests/totals.pl "$@")
    passed=${totals%% *}
    failed=${totals#*, }
    failed=${failed%% *}
    if test "$status" -ne 0 && test "$failed" -eq 0; then
        tail -n 20 "$folder/$target.log"
        failed=1
        totals="$totals, and make $target failed"
    fi
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + failed))
    echo "$title: $totals ($(($(date +%s) - started)) s)"
}

#   step TITLE FOLDER CONFIGURE-ARGUMENTS...
step ()
{
    title=$1
    folder=$2
    shift 2
    if build "$folder" "$@"; then
        check "$title" "$folder" check
    else
        echo "$title: does not build"
        all_failed=$((all_failed + 1))
    fi
}

#   fuzz FOLDER SECONDS : each fuzzer for so long, from the seeds in the tree
fuzz ()
{
    say "fuzzers: make fuzz in $1/, $2 s each"
    make -s -C "$1" fuzz FUZZ_SECONDS="$2" </dev/null >"$1/fuzz.log" 2>&1
    totals=$(tail -n 1 "$1/fuzz.log" | sed -n 's/^\([0-9]* passed, [0-9]* failed\)$/\1/p')
    test -n "$totals" || { tail -n 20 "$1/fuzz.log"; totals="0 passed, 1 failed"; }
    passed=${totals%% *}
    failed=${totals#*, }
    failed=${failed%% *}
    test "$failed" -eq 0 || grep -v "^PASS" "$1/fuzz.log" | tail -n 40
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + failed))
    echo "fuzzers: $totals"
}

everything ()
{
    step "gcc" build CC=gcc --enable-werror
    test "$1" = quick && return
    step "clang" build-clang CC=clang CXX=clang++ --enable-werror
    step "AddressSanitizer, UBSan" build-asan CC=gcc CFLAGS="-g -O1" \
        --enable-sanitizer=address,undefined --enable-static --disable-shared
    step "ThreadSanitizer" build-tsan CC=clang CXX=clang++ CFLAGS="-g -O1" \
        --enable-sanitizer=thread --enable-static --disable-shared
    check "valgrind" build check-valgrind
    fuzz build 60
}

case ${1-all} in
all) more_packages="clang clang-format g++ libclang-rt-14-dev spin valgrind" ;;
quick) more_packages= ;;
*)
    sed -n 's/^#   usage: */usage: /p; s/^#          \.\//       .\//p' "$0"
    exit 2
    ;;
esac

if install $build_packages $more_packages; then
    everything "${1-all}"
else
    all_failed=1
fi
say "all steps"
echo "$all_passed passed, $all_failed failed"
test "$all_failed" -eq 0
