#   local.mk - errors, buffers, clock, fork: what every layer uses
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/atend.c \
	%D%/atend.h \
	%D%/bell.c \
	%D%/bell.h \
	%D%/buffer.c \
	%D%/buffer.h \
	%D%/bytes.h \
	%D%/clock.c \
	%D%/clock.h \
	%D%/error.c \
	%D%/error.h \
	%D%/fork.c \
	%D%/fork.h \
	%D%/hash.h \
	%D%/identity.c \
	%D%/identity.h \
	%D%/pidfd.c \
	%D%/pidfd.h \
	%D%/random.c \
	%D%/random.h \
	%D%/tsan.h \
	%D%/turn.c \
	%D%/turn.h
