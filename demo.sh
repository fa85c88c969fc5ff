#!/bin/sh
#   demo.sh - installs the packages for Weir, builds it, and shows three programs
#
#   Each program runs first with a lock, then as a flow of messages. The countdown
#   runs once more without either, and its result is wrong.
#
#   SPDX-License-Identifier: MPL-2.0

cd "$(dirname "$0")" || exit 1
. tests/prepare.sh

#   Prints the beginning and the end of a long input, and a short one whole.
shortened ()
{
    awk '{ line [NR] = $0 }
        END {
            for (i = 1; i <= NR; i++)
                if (NR <= 20 || i <= 6 || i > NR - 4)
                    print line [i]
                else if (i == 7)
                    print "... (" NR - 10 " lines)"
        }'
}

#   show NAME TITLE
show ()
{
    say "$2 (examples/$1.c)"
    logged build/demo.log "build/examples/$1" && shortened <build/demo.log
}

install $build_packages && build build || exit 1

show list_dict_lock "a list and a dict, shared under a lock" &&
    show list_dict_flow "a list and a dict, changed by messages" &&
    show countdown_lock "100 processes count down, under a lock" &&
    show countdown_flow "100 processes count down, by messages" &&
    show countdown_broken "100 processes count down, with neither" &&
    show bank_lock "a bank: one pays in, one takes out, under a lock" &&
    show bank_flow "a bank: an owner answers deposits and withdrawals"
