#!/bin/sh
#   cplusplus.sh - builds tests/cplusplus.cc against the library and runs it
#
#   SPDX-License-Identifier: MPL-2.0

srcdir=${srcdir:-.}
if test -z "$CXX"; then
    echo "skipped: no C++ compiler; apt-get install g++"
    exit 77
fi
set -e
$CXX -std=c++17 -pedantic -Wall -Wextra -Werror $INSTRUMENT_CFLAGS \
    "-I$srcdir/lib" -c -o tests/cplusplus.o "$srcdir/tests/cplusplus.cc"
./libtool --silent --tag=CC --mode=link $CXX $INSTRUMENT_CFLAGS \
    -o tests/cplusplus tests/cplusplus.o libweir.la
tests/cplusplus
