#!/bin/sh
#   headers.sh - every header stands alone
#
#   Each public header compiles alone, and twice, as strict C11 and as C++17;
#   each inner header as the C of the library.
#
#   SPDX-License-Identifier: MPL-2.0

srcdir=${srcdir:-.}
CC=${CC:-cc}
findings=0

#   C forbids a text without a declaration, so this adds one.
twice ()
{
    printf '#include "%s"\n#include "%s"\nint weir_alone;\n' "$1" "$1"
}

#   compile HEADER COMPILER OPTIONS...
compile ()
{
    header=$1
    shift
    if ! twice "$header" |
        "$@" -Wall -Wextra -Werror -fsyntax-only "-I$srcdir/lib" -; then
        echo "lib/$header: does not compile alone with: $*"
        findings=$((findings + 1))
    fi
}

for path in "$srcdir"/lib/weir.h "$srcdir"/lib/weir/*.h; do
    header=${path#"$srcdir"/lib/}
    compile "$header" $CC -x c -std=c11 -pedantic
    test -z "$CXX" || compile "$header" $CXX -x c++ -std=c++17 -pedantic
done
test -n "$CXX" || echo "C++ was not tested: no compiler; apt-get install g++"

for path in $(find "$srcdir/lib" -mindepth 2 -name '*.h' | sort); do
    header=${path#"$srcdir"/lib/}
    case $header in weir/*) continue ;; esac
    compile "$header" $CC -x c -std=gnu11 -D_GNU_SOURCE $INNER_CFLAGS
done

test "$findings" -eq 0
