#!/bin/sh
#   sim.sh - runs the simulator with as many seeds as make check has time for
#
#   WEIR_SIM_SEEDS="A..B" runs others. ThreadSanitizer is skipped, because the
#   simulator has one thread. `make mutants` proves that the simulator finds
#   faults; this script only checks that its table, and that of make
#   mutants-suite, still fit the code.
#
#   SPDX-License-Identifier: MPL-2.0

for table in sim/mutants mutants_suite; do
    "${PERL-perl}" "${srcdir-.}/tests/$table.pl" --check || exit 1
done
exec tests/sim/weir-sim --seeds "${WEIR_SIM_SEEDS-1..1500}"
