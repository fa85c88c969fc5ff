#!/bin/sh
#   format.sh - the layout is that of clang-format
#
#   Skipped without clang-format 14: other versions differ.
#
#   SPDX-License-Identifier: MPL-2.0

srcdir=${srcdir:-.}
format=
for name in clang-format-14 clang-format; do
    if "$name" --version 2>/dev/null | grep -q 'version 14\.'; then
        format=$name
        break
    fi
done
if test -z "$format"; then
    echo "skipped: no clang-format 14; on Debian 12: apt-get install clang-format"
    exit 77
fi

cd "$srcdir" || exit 1
folders=$(ls -d lib tools examples tests bench 2>/dev/null)
if ! find $folders -name '*.[ch]' -o -name '*.cc' | xargs \
    "$format" --style=file --dry-run --Werror --ferror-limit=3; then
    echo "to mend: $format -i FILE"
    exit 1
fi
