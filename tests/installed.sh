#!/bin/sh
#   installed.sh - builds and runs a program with an installed Weir
#
#   usage: installed.sh PKGCONFIGDIR LIBDIR
#
#   `make installcheck` runs it. The compiler finds no file of the source or
#   build folder, except the program itself.
#
#   SPDX-License-Identifier: MPL-2.0

srcdir=${srcdir:-.}
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
set -e

PKG_CONFIG_PATH=$1${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
LD_LIBRARY_PATH=$2${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
WEIR_RUNTIME_DIR=$work/runtime
export PKG_CONFIG_PATH LD_LIBRARY_PATH WEIR_RUNTIME_DIR
mkdir -m 0700 "$WEIR_RUNTIME_DIR"

${CC:-cc} $INSTRUMENT_CFLAGS -o "$work/countdown" \
    "$srcdir/examples/countdown_flow.c" \
    $(${PKG_CONFIG:-pkg-config} --cflags --libs weir)
"$work/countdown" >"$work/output"
diff "$srcdir/examples/countdown_flow.expected" "$work/output"
