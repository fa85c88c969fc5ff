#   local.mk - the engine and its loop
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/admit.c \
	%D%/admit.h \
	%D%/engine.c \
	%D%/engine.h \
	%D%/entries.c \
	%D%/entries.h \
	%D%/host.c \
	%D%/host.h \
	%D%/intake.c \
	%D%/intake.h \
	%D%/loop.c \
	%D%/loop.h \
	%D%/notes.c \
	%D%/notes.h \
	%D%/peers.c \
	%D%/peers.h \
	%D%/refuse.c \
	%D%/refuse.h \
	%D%/sessions.c \
	%D%/sessions.h \
	%D%/state.h \
	%D%/types.h
