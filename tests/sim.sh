#!/bin/sh
#   sim.sh - runs the simulator with the seeds that make check has time for
#
#   WEIR_SIM_SEEDS="A..B" runs others. ThreadSanitizer has nothing to look for
#   here: it is one thread.
#
#   SPDX-License-Identifier: MPL-2.0

exec tests/sim/weir-sim --seeds "${WEIR_SIM_SEEDS-1..1500}"
