#   local.mk - the fuzzers, each for FUZZ_SECONDS; they need clang
#
#   SPDX-License-Identifier: MPL-2.0

FUZZ_SECONDS = 60
fuzz:
	srcdir='$(srcdir)' $(SHELL) $(srcdir)/%D%/fuzz.sh $(FUZZ_SECONDS)

EXTRA_DIST += \
	%D%/corpus \
	%D%/engine.c \
	%D%/frame.c \
	%D%/fuzz.sh \
	%D%/machine.c \
	%D%/value.c

.PHONY: fuzz
