#!/bin/sh
#   state_hash.sh - the same entries give the same state with every compiler
#
#   Builds lib/{base,codec,machine} and tests/machine/state_hash.c with each
#   compiler found, with and without optimization, and compares their output.
#
#   SPDX-License-Identifier: MPL-2.0

srcdir=${srcdir:-$(dirname "$0")/../..}
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
cflags=$(pkg-config --cflags check msgpack 2>/dev/null ||
    pkg-config --cflags check msgpack-c)
libs=$(pkg-config --libs check)
seen=
status=0

for compiler in gcc clang; do
    if ! command -v "$compiler" >/dev/null; then
        echo "$compiler is not there: skipped"
        continue
    fi
    for level in -O0 -O3; do
        program=$work/$compiler$level
        "$compiler" -std=gnu11 -pthread -D_GNU_SOURCE $level $cflags \
            -I"$srcdir/lib" -I"$srcdir/tests" -o "$program" \
            "$srcdir"/lib/base/*.c "$srcdir"/lib/codec/*.c \
            $(find "$srcdir/lib/machine" -name "*.c") \
            "$srcdir"/tests/model/history*.c "$srcdir"/tests/kit/support.c \
            "$srcdir"/tests/kit/leaks.c "$srcdir"/tests/machine/state_hash.c $libs -lm || exit 1
        hash=$("$program") || exit 1
        echo "$compiler $level: $hash"
        if test "$hash" != "${seen:-$hash}"; then
            status=1
        fi
        seen=$hash
    done
done
test -n "$seen" || exit 77
test "$status" -eq 0 || echo "the states differ"
exit "$status"
