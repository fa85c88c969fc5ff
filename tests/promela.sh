#!/bin/sh
#   promela.sh - spin checks the model of the session protocol exhaustively, and
#   must find each fault put into it
#
#   doc/model/session.pml is the model, doc/internals/protocol-model.md
#   describes it. WEIR_PROMELA=deep also checks larger worlds, which takes
#   minutes.
#
#   SPDX-License-Identifier: MPL-2.0

model=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)/doc/model/session.pml
CC=${CC:-cc}
command -v spin >/dev/null || { echo "spin is not there: skipped"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0

#   run COMPILER-OPTIONS RUN-OPTIONS MODEL-OPTIONS... : runs the verifier; its
#   output is in out
run ()
{
    compile=$1
    options=$2
    shift 2
    rm -f pan out
    spin -a "$@" "$model" >out 2>&1 &&
        $CC -w -DMEMLIM=3500 $compile -o pan pan.c >>out 2>&1 &&
        ./pan -m10000 $options >out 2>&1
}

stored ()
{
    sed -n 's/^ *\([0-9]*\) states, stored.*/\1 states/p' out
}

#   clean TITLE RUN... : the search must end, and find nothing
clean ()
{
    title=$1
    shift
    run "$@"
    if grep -q 'errors: 0$' out &&
        ! grep -Eq 'not completed|too small|error:' out; then
        echo "holds: $title: $(stored)"
    else
        echo "FAILED: $title: $*"
        cat out
        bad=$((bad + 1))
    fi
}

#   holds TITLE MODEL-OPTIONS... : all properties hold
holds ()
{
    title=$1
    shift
    clean "$title" "-O2 -DSAFETY" "" "$@"
}

#   ends TITLE MODEL-OPTIONS... : no run goes on for ever
ends ()
{
    title=$1
    shift
    clean "every run ends, $title" "-O1 -DNP -DNOFAIR" -l "$@"
}

#   finds PROPERTY MUTANT MODEL-OPTIONS... : spin must see PROPERTY broken, that
#   one
finds ()
{
    case $1 in
    once) words='applied\[.*==0' ;;
    after-expire) words='!(expired' ;;
    before-expire) words='buried\[l\]!=a' ;;
    reply) words='value==1' ;;
    refused) words='n!=0' ;;
    progress) words='acked==' ;;
    esac
    property=$1
    mutant=$2
    shift 2
    run "-O0 -DSAFETY" "" "-D$mutant" "$@"
    if grep -q "^pan:1: assertion violated.*$words" out; then
        echo "found: $mutant: $property: after $(stored)"
    else
        echo "FAILED: $mutant: not found: $property"
        cat out
        bad=$((bad + 1))
    fi
}

holds "a client of one link dies, another lives" -DCLIENT_CRASHES=1 -DCLOSES
holds "a client of both links dies" -DCLIENT_CRASHES=1 -DCLOSES -DONE_SESSION
holds "the owner begins again with its log" \
    -DOWNER_CRASHES=1 -DBREAKS_OF_FIRST
holds "the same, links close, one request at a time" \
    -DOWNER_CRASHES=1 -DBREAKS_OF_FIRST -DCLOSES -DWINDOW=1
holds "another owner comes in its place" -DOWNER_CRASHES=1 -DFORGETS
holds "a session closes, one link, two breaks" \
    -DLINKS=1 -DREQUESTS=3 -DBREAKS=2 -DCLOSES -DSESSION_CLOSES
holds "one link, four requests, two breaks, its client dies" \
    -DLINKS=1 -DREQUESTS=4 -DBREAKS=2 -DCLIENT_CRASHES=1 -DCLOSES
ends "one link, four requests, two breaks, its client dies" \
    -DLINKS=1 -DREQUESTS=4 -DBREAKS=2 -DCLIENT_CRASHES=1 -DCLOSES
ends "one link, three requests, a break, the owner dies" \
    -DLINKS=1 -DREQUESTS=3 -DOWNER_CRASHES=1 -DCLOSES

if test "$WEIR_PROMELA" = deep; then
    holds "two breaks" -DBREAKS=2
    holds "a session of two links closes, or dies" \
        -DCLIENT_CRASHES=1 -DCLOSES -DONE_SESSION -DSESSION_CLOSES
    holds "another owner comes in its place, a break" \
        -DOWNER_CRASHES=1 -DFORGETS -DBREAKS_OF_FIRST -DCLOSES
    holds "two breaks, and a client dies" -DBREAKS=2 -DCLIENT_CRASHES=1
    holds "the owner begins again, any connection breaks" -DOWNER_CRASHES=1
    holds "the owner begins again, links close" \
        -DBREAKS=0 -DOWNER_CRASHES=1 -DCLOSES
    holds "a client and the owner die" \
        -DBREAKS=0 -DOWNER_CRASHES=1 -DCLIENT_CRASHES=1 -DONE_SESSION
    ends "a client of both links dies" -DCLIENT_CRASHES=1 -DONE_SESSION
    ends "the owner begins again with its log" -DBREAKS=0 -DOWNER_CRASHES=1
fi

#   Mutants. One link is enough for them.
finds once NO_DEDUPE -DLINKS=1
finds progress NO_KEPT_REPLY -DLINKS=1
finds progress ACK_EARLY -DLINKS=1
finds progress NO_RESEND -DLINKS=1
finds refused NO_ATTEMPT -DLINKS=1
finds once NO_CLOSED -DLINKS=1 -DCLOSES
finds before-expire EXPIRE_AT_ONCE -DLINKS=1 -DBREAKS=0 -DCLIENT_CRASHES=1
finds reply REPLY_FIRST -DLINKS=1 -DBREAKS=0 -DOWNER_CRASHES=1
finds once NO_EPOCH -DLINKS=1 -DBREAKS=0 -DOWNER_CRASHES=1 -DFORGETS
finds once LATE_EPOCH -DLINKS=1 -DBREAKS=0 -DOWNER_CRASHES=1 -DFORGETS
finds after-expire ENDED_FORGOTTEN -DLINKS=1 -DSESSION_CLOSES
finds after-expire ENDED_FORGOTTEN \
    -DBREAKS=0 -DCLIENT_CRASHES=1 -DONE_SESSION

test "$bad" -eq 0
