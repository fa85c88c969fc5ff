#!/bin/sh
#   fuzz.sh - builds the fuzzers with clang's libFuzzer and lets each run
#
#   usage: fuzz.sh [SECONDS]         for each; default 60
#
#   Each begins with its seeds in tests/fuzz/corpus/NAME and keeps new inputs in
#   fuzz/NAME of the current folder, so that the next run continues from there.
#   An input that crashes it stays in fuzz/NAME-crash-*. Exit code 77 means that
#   libFuzzer is missing.
#
#   SPDX-License-Identifier: MPL-2.0

seconds=${1-60}
source=${srcdir-$(dirname "$0")/../..}
flags="-g -O1 -std=gnu11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined
       -fno-sanitize-recover=undefined -I$source/lib -I$source/tests"
failed=0 passed=0

mkdir -p fuzz
echo 'int LLVMFuzzerTestOneInput (void); int LLVMFuzzerTestOneInput (void) { return 0; }' > fuzz/probe.c
if ! clang -fsanitize=fuzzer fuzz/probe.c -o fuzz/probe 2> fuzz/probe.log; then
    echo "no libFuzzer here: clang and libclang-rt-14-dev bring it"
    exit 77
fi

for name in value frame machine engine; do
    mkdir -p "fuzz/$name"
    # shellcheck disable=SC2086
    clang $flags "$source/tests/fuzz/$name.c" "$source"/lib/base/*.c \
        "$source"/lib/codec/*.c $(find "$source/lib/machine" -name "*.c") \
        "$source"/lib/log/*.c "$source/lib/client/protocol.c" \
        "$source"/lib/owner/admit.c "$source"/lib/owner/engine.c \
        "$source"/lib/owner/entries.c "$source"/lib/owner/intake.c \
        "$source"/lib/owner/peers.c "$source"/lib/owner/refuse.c \
        "$source"/lib/owner/sessions.c \
        -o "fuzz/fuzz_$name" -lmsgpackc -lm -lpthread || exit 1
    if "fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
        -artifact_prefix="fuzz/$name-" -print_final_stats=1 "fuzz/$name" \
        "$source/tests/fuzz/corpus/$name" > "fuzz/$name.log" 2>&1; then
        echo "PASS: fuzz_$name ($(grep -c . "fuzz/$name.log") lines," \
            "$(sed -n 's/.*number_of_executed_units: *//p' "fuzz/$name.log") runs)"
        passed=$((passed + 1))
    else
        echo "FAIL: fuzz_$name, see fuzz/$name.log"
        tail -30 "fuzz/$name.log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
