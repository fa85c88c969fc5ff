#!/bin/sh
#   proof.sh - proves that each house rule fails where it is broken
#
#   Makes a small tree that keeps all rules, breaks them one after the other,
#   and expects the message of each rule.
#
#   SPDX-License-Identifier: MPL-2.0

rules=$(cd "${srcdir:-.}/tests/tidy" && pwd)
PERL=${PERL:-perl}
CC=${CC:-cc}
tree=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX") || exit 1
trap 'rm -rf "$tree"' EXIT
cd "$tree" || exit 1
faults=0

#   A tree that keeps all rules.
fresh ()
{
    rm -rf ./*
    mkdir -p lib/weir lib/base lib/machine lib/client examples tests/tidy doc/man3
    : >doc/local.mk
    source_file lib/weir/error.h 'int weir_error (void);'
    source_file lib/weir.h '#include "weir/error.h"'
    source_file lib/base/error.h 'void weir__fail (int error);'
    source_file lib/machine/good.h 'int weir__good (int a);'
    source_file lib/machine/good.c '#include "machine/good.h"' '' \
        'int weir__good (int a)' '{' '    return a;' '}'
    source_file lib/base/random.h 'int weir__random (void);'
    printf '%s\n' lib/weir.h lib/weir/error.h lib/base/error.h lib/base/random.h \
        lib/machine/good.c lib/machine/good.h \
        lib/machine/bad.c lib/machine/bad.h lib/client/a.h examples/bad \
        tests/check_bad >Makefile.am
}

#   source_file PATH LINE... : with the head that each source has
source_file ()
{
    path=$1
    shift
    printf '/*  %s - text\n\n    SPDX-License-Identifier: MPL-2.0\n*/\n\n' \
        "${path##*/}" >"$path"
    printf '%s\n' "$@" >>"$path"
}

#   repeat N TEXT
repeat ()
{
    awk -v n="$1" -v text="$2" 'BEGIN { while (n--) print text }'
}

#   wants WORDS COMMAND... : the command must fail, and print WORDS
wants ()
{
    words=$1
    shift
    output=$("$@" 2>&1) && output="it passed"
    if ! printf '%s\n' "$output" | grep -q -- "$words"; then
        printf 'not seen: %s\n%s\n' "$words" "$output"
        faults=$((faults + 1))
    fi
    fresh
}

text_rule ()
{
    wants "$1" $PERL "$rules/rules.pl" .
}

layer_rule ()
{
    wants "$1" $PERL "$rules/layers.pl" .
}

#   Compiled by hand, as libtool would leave it.
symbol_rule ()
{
    $CC -std=gnu11 -c -o lib/machine/bad.o lib/machine/bad.c
    : >lib/machine/bad.lo
    wants "$1" sh "$rules/symbols.sh"
}

header_rule ()
{
    srcdir=. wants "$1" sh "$rules/headers.sh"
}

manual_rule ()
{
    wants "$1" $PERL "$rules/manual.pl" .
}

fresh
output=$($PERL "$rules/rules.pl" . && $PERL "$rules/layers.pl" . &&
    $PERL "$rules/manual.pl" . &&
    srcdir=. sh "$rules/headers.sh") ||
    { printf 'a tree that keeps the rules: %s\n' "$output"; faults=1; }

echo 'int weir__x;' >lib/machine/bad.c
text_rule 'bad.c:1: title:'
echo '/*  bad.c - text */' >lib/machine/bad.c
text_rule 'bad.c:1: license:'
source_file lib/machine/bad.c "//  $(repeat 101 x | tr -d '\n')"
text_rule 'bad.c:6: columns: 105, at most 100'
source_file lib/machine/bad.c "$(repeat 500 '//  x')"
text_rule 'bad.c:505: file-lines: 505, at most 500'
source_file lib/machine/bad.c 'int long_one (void)' '{' "$(repeat 58 '    ;')" '}'
text_rule 'bad.c:6: function-lines: long_one: 61, at most 60'
source_file lib/machine/bad.c 'static int six (int a, int b, void (*c) (int, int),' \
    '                int d, int e,' '                int f)' '{' '}'
text_rule 'bad.c:6: parameters: six: 6, at most 5'
source_file lib/machine/bad.c 'int deep (void)' '{' '    if (1)' '        if (2)' \
    '            if (3)' '                if (4)' '                    return 1;' '}'
text_rule 'bad.c:6: levels: deep: 4, at most 3'
source_file tests/check_bad.c '    usleep (1000);'
text_rule 'check_bad.c:6: sleep:'
source_file tests/check_bad.c '    poll (NULL, 0, 1000);'
text_rule 'check_bad.c:6: sleep:'
source_file tests/check_other.c 'int x;'
text_rule 'check_other.c:1: listed:'
echo 'columns lib/machine/gone.c 120' >tests/tidy/ratchet
text_rule "no longer needed"
source_file lib/machine/bad.c "$(repeat 505 '//  x')"
echo 'file-lines lib/machine/bad.c 590' >tests/tidy/ratchet
text_rule "can be lowered to 510"

source_file lib/client/a.h 'int weir__a;'
source_file lib/machine/bad.c '#include "client/a.h"'
layer_rule 'machine must not include client: client/a.h'
source_file lib/machine/bad.c '#include <time.h>'
layer_rule 'pure, and includes <time.h>'
source_file lib/machine/bad.c '#include "base/random.h"'
layer_rule 'pure, and includes base/random.h'
source_file lib/machine/bad.c '#include "good.h"'
layer_rule 'not of the form layer/file.h: good.h'
source_file lib/machine/bad.c 'int weir__bad;'
layer_rule 'it does not begin with a header of its own: machine/bad.h'
source_file lib/machine/bad.h '#include "machine/good.h"'
source_file lib/machine/good.h '#include "machine/bad.h"'
layer_rule 'a circle of includes: machine/bad -> machine/good -> machine/bad'
mkdir -p lib/machine/kinds
source_file lib/machine/kinds/one.h 'int weir__one;'
source_file lib/machine/kinds/two.h '#include "machine/kinds/one.h"'
layer_rule 'the kind two includes another one: machine/kinds/one.h'
source_file lib/weir/error.h '#include "base/error.h"'
layer_rule 'a public header includes inside: base/error.h'
source_file examples/bad.c '#include "base/error.h"'
layer_rule 'a program includes <weir.h>, not base/error.h'
mkdir lib/misc
layer_rule 'lib/misc:0: no such layer'

source_file lib/machine/bad.c 'long time (long *); long weir__x (void) { return time (0); }'
symbol_rule 'lib/machine calls what is not pure'
source_file lib/machine/bad.c 'int stray;'
symbol_rule 'global names that do not begin with weir_'
mkdir .libs
source_file lib/machine/bad.c 'int weir__inner; int weir_error;'
$CC -std=gnu11 -shared -fPIC -o .libs/libweir.so lib/machine/bad.c
symbol_rule 'libweir.so exports what is not weir_class_verb'
rm -rf .libs

source_file lib/weir/error.h 'size_t weir_size (void);'
header_rule 'lib/weir/error.h: does not compile alone'
source_file lib/weir/error.h 'typedef struct { int new; } weir_x_t; '
test -z "$CXX" || header_rule 'lib/weir/error.h: does not compile alone with: .*c++'
fresh
source_file lib/base/error.h 'static inline size_t weir__size (void);'
header_rule 'lib/base/error.h: does not compile alone'

#   page PROTOTYPE : the manual page of weir_error
page ()
{
    source_file lib/weir/error.h 'WEIR_EXPORT int weir_error (void);'
    printf '.SH NAME\nweir_error \\- text\n.SH SYNOPSIS\n.B %s\n.SH END\n' \
        "$1" >doc/man3/weir_error.3
}

source_file lib/weir/error.h 'WEIR_EXPORT int weir_error (void);'
manual_rule 'no page of doc/man3 has weir_error in its NAME'
page 'int weir_error(int number);'
manual_rule 'the page of weir_error does not show: int weir_error(void);'
page 'int weir_error(void);'
manual_rule 'doc/man3/weir_error.3: doc/local.mk does not name it'
page 'int weir_error(void);'
echo "'text' begins a line" >>doc/man3/weir_error.3
manual_rule "doc/man3/weir_error.3: is not shown: 'text' begins a line"
echo '[text](nowhere.md)' >README.md
manual_rule 'README.md: leads to nothing: nowhere.md'

test "$faults" -eq 0
