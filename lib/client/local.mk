#   local.mk - session and links
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/handle.c \
	%D%/handle.h \
	%D%/links.c \
	%D%/links.h \
	%D%/owner.c \
	%D%/owner.h \
	%D%/protocol.c \
	%D%/protocol.h \
	%D%/remote.c \
	%D%/remote.h \
	%D%/uplink.c \
	%D%/uplink.h
