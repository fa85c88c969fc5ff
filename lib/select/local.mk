#   local.mk - waiting for several things
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/poller.c \
	%D%/poller.h \
	%D%/select.c \
	%D%/select.h \
	%D%/sources.c \
	%D%/sources.h \
	%D%/wait.c
