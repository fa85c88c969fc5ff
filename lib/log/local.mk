#   local.mk - the log of an owner
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/log.h \
	%D%/memory.c \
	%D%/memory.h
