#   local.mk - shared parts of test programs
#
#   SPDX-License-Identifier: MPL-2.0

libkit_la_SOURCES += \
	%D%/engine.c \
	%D%/engine.h \
	%D%/hostile.c \
	%D%/hostile.h \
	%D%/leaks.c \
	%D%/leaks.h \
	%D%/linear.c \
	%D%/linear.h \
	%D%/machine.c \
	%D%/machine.h \
	%D%/malloc.c \
	%D%/malloc.h \
	%D%/matrix.c \
	%D%/matrix.h \
	%D%/matrix_board.c \
	%D%/matrix_board.h \
	%D%/pack.c \
	%D%/pack.h \
	%D%/pipe.h \
	%D%/random_value.c \
	%D%/random_value.h \
	%D%/ready.h \
	%D%/select.h \
	%D%/shared.c \
	%D%/shared.h \
	%D%/support.c \
	%D%/support.h \
	%D%/talk.c \
	%D%/talk.h

check_programs += \
	%D%/check_support
