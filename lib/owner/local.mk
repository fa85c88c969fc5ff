#   local.mk - the engine and its loop
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/admit.c \
	%D%/engine.c \
	%D%/engine.h \
	%D%/host.c \
	%D%/host.h \
	%D%/intake.c \
	%D%/loop.c \
	%D%/loop.h \
	%D%/notes.c \
	%D%/notes.h \
	%D%/peers.c \
	%D%/peers.h \
	%D%/state.h
