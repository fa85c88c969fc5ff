#   local.mk - two ends, without an owner
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/box.c \
	%D%/box.h \
	%D%/channel.h \
	%D%/end.c \
	%D%/end.h \
	%D%/link.c \
	%D%/link.h \
	%D%/pipe.c \
	%D%/ready.c \
	%D%/ready.h \
	%D%/receiver.c \
	%D%/receiver.h \
	%D%/sender.c \
	%D%/sender.h
