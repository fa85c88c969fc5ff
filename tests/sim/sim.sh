#!/bin/sh
#   sim.sh - runs the simulator with the seeds that make check has time for
#
#   WEIR_SIM_SEEDS="A..B" runs others. ThreadSanitizer has nothing to look for
#   here: it is one thread. Whether the simulator can see is shown by make
#   mutants; here only that its table still fits the code.
#
#   SPDX-License-Identifier: MPL-2.0

"${PERL-perl}" "${srcdir-.}/tests/sim/mutants.pl" --check || exit 1
exec tests/sim/weir-sim --seeds "${WEIR_SIM_SEEDS-1..1500}"
