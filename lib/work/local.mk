#   local.mk - processes
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/process.c \
	%D%/start.c \
	%D%/start.h
