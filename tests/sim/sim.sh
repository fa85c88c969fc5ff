#!/bin/sh
#   sim.sh - runs the simulator with the seeds that make check has time for
#
#   WEIR_SIM_SEEDS="A..B" runs others. ThreadSanitizer has nothing to look for
#   here: it is one thread. Whether the simulator can see is shown by make
#   mutants; here only that its table, and that of make mutants-suite, still fit
#   the code.
#
#   SPDX-License-Identifier: MPL-2.0

for table in sim/mutants mutants_suite; do
    "${PERL-perl}" "${srcdir-.}/tests/$table.pl" --check || exit 1
done
exec tests/sim/weir-sim --seeds "${WEIR_SIM_SEEDS-1..1500}"
