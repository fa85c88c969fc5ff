#   local.mk - the simulator
#
#   SPDX-License-Identifier: MPL-2.0

#   It is no test by itself; sim.sh runs it, with the seeds that make check has
#   time for. make soak goes on for SOAK_SECONDS; the next one where it stopped.

check_PROGRAMS += %D%/weir-sim
%C%_weir_sim_SOURCES = \
	%D%/ask.c \
	%D%/link.c \
	%D%/log.c \
	%D%/memory.c \
	%D%/net.c \
	%D%/node.c \
	%D%/oracle.c \
	%D%/sim.h \
	%D%/theme.c \
	%D%/weir-sim.c \
	%D%/witness.c \
	%D%/world.c
%C%_weir_sim_LDFLAGS = $(WRAP_MALLOC)

simulation = %D%/sim.sh

SOAK_SECONDS = 600
soak: %D%/weir-sim
	%D%/weir-sim --soak soak.seed --seconds $(SOAK_SECONDS)

#   Faults in the code on purpose: which seed of the simulator finds each. It
#   takes some minutes.

mutants = %D%/mutants.pl

mutants:
	CC='$(CC)' INNER_CFLAGS='$(ZMQ_CFLAGS) $(MSGPACK_CFLAGS) $(CHECK_CFLAGS)' \
	    INNER_LIBS='$(MSGPACK_LIBS) $(CHECK_LIBS) -lm' srcdir='$(srcdir)' \
	    $(PERL) $(srcdir)/$(mutants)

EXTRA_DIST += \
	$(simulation) \
	$(mutants)

.PHONY: mutants soak
