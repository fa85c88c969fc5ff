#   local.mk - ZeroMQ and the runtime directory
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/chunks.c \
	%D%/chunks.h \
	%D%/context.c \
	%D%/context.h \
	%D%/dealer.c \
	%D%/dealer.h \
	%D%/endpoint.h \
	%D%/folder.c \
	%D%/folder.h \
	%D%/router.c \
	%D%/router.h \
	%D%/runtime.c \
	%D%/runtime.h \
	%D%/socket.c \
	%D%/socket.h
