#   local.mk - values, frames, numbers of operations
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/copy.c \
	%D%/equal.c \
	%D%/frame.c \
	%D%/frame.h \
	%D%/limits.h \
	%D%/ops.h \
	%D%/order.c \
	%D%/order.h \
	%D%/pack.c \
	%D%/pack.h \
	%D%/packed.c \
	%D%/packed.h \
	%D%/parse.c \
	%D%/print.c \
	%D%/ready.c \
	%D%/ready.h \
	%D%/status.c \
	%D%/status.h \
	%D%/value.c \
	%D%/value.h
