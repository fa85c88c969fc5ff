#!/bin/sh
#   symbols.sh - the symbols of the library, and the calls of its machine
#
#   1. libweir.so exports weir_class_verb and nothing else.
#   2. All global symbols inside are weir_* or weir__*, so that a program linked
#      with the archive can use all other names.
#   3. The machine is pure: it calls only itself, pure functions below it, and
#      functions of the C library that depend only on their arguments.
#
#   Run in the build folder.
#
#   SPDX-License-Identifier: MPL-2.0

NM=${NM:-nm}
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

#   wants_none MESSAGE: reads forbidden symbols and reports them. It runs at the
#   end of a pipe, in a process of its own, and leaves its finding in a file.
wants_none ()
{
    sort -u >"$work/unwanted"
    if test -s "$work/unwanted"; then
        echo "$1:"
        sed 's/^/    /' "$work/unwanted"
        echo "$1" >>"$work/findings"
    fi
}

#   Finds the objects of a folder, wherever libtool has put them.
objects ()
{
    find "lib/$1" -name '*.lo' | sort | while read -r source; do
        name=${source##*/}
        for object in "${source%/*}/.libs/${name%.lo}.o" "${source%.lo}.o"; do
            if test -f "$object"; then
                echo "$object"
                break
            fi
        done
    done
}

defined ()
{
    $NM --defined-only -g "$@" | awk 'NF == 3 && $2 != "A" { print $3 }'
}

undefined ()
{
    $NM -u "$@" | awk '$1 == "U" || $1 == "w" || $1 == "v" { print $2 }'
}

#   Symbols that compilers, sanitizers and gcov add.
without_instruments ()
{
    grep -Ev '^_*(asan|ubsan|tsan|lsan|sanitizer|gcov|llvm|start_|stop_)|^_?_GLOBAL_|^_ITM_|^__odr_asan|^__cxa_finalize$|^__gmon_start__$|^__stack_chk_fail$'
}

if test -f .libs/libweir.so; then
    $NM -D --defined-only .libs/libweir.so |
        awk '$2 != "A" { sub (/@.*/, "", $3); print $3 }' >"$work/exported"
    grep -Ev '^weir_[a-z]' "$work/exported" |
        wants_none "libweir.so exports what is not weir_class_verb"
    grep -q '^weir_error$' "$work/exported" ||
        echo weir_error | wants_none "libweir.so does not export"
else
    echo "exports were not tested: this build has no shared library"
fi

layers="base codec machine log carrier owner client api pipe select work"
for layer in $layers; do
    objects "$layer"
done >"$work/objects"
defined $(cat "$work/objects") | without_instruments | grep -Ev '^weir_' |
    wants_none "global names that do not begin with weir_"

#   Pure: the result depends on the arguments, and on memory that they name.
#   errno and the allocator are the exceptions that every C program makes.
cat >"$work/pure" <<'END'
__assert_fail
__errno_location
_GLOBAL_OFFSET_TABLE_
__tls_get_addr
abort
abs
bcmp
bsearch
calloc
floor
fmod
free
llabs
malloc
memchr
memcmp
memcpy
memmove
memrchr
memset
pow
qsort
qsort_r
realloc
reallocarray
snprintf
stpcpy
strchr
strcmp
strcpy
strcspn
strdup
strlen
strncmp
strndup
strnlen
strrchr
strspn
strstr
strtod
strtol
strtoll
strtoull
vsnprintf
weir__deadline_us
END
machine=$(objects machine)
pure_below=$(objects codec; objects base | grep -E '/(buffer|error)\.o$')
if test -n "$machine"; then
    defined $machine $pure_below >>"$work/pure"
    #   Fortified calls and inlined mathematics are the same functions.
    undefined $machine | without_instruments |
        sed -E 's/^__(.*)_chk$/\1/; s/^__isoc[0-9]*_//' |
        grep -Fxv -f "$work/pure" |
        wants_none "lib/machine calls what is not pure"
fi

test ! -e "$work/findings"
