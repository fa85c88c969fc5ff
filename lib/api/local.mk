#   local.mk - a file for each class
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/array.c \
	%D%/barrier.c \
	%D%/condition.c \
	%D%/dict.c \
	%D%/event.c \
	%D%/list.c \
	%D%/lock.c \
	%D%/lock.h \
	%D%/namespace.c \
	%D%/owner.c \
	%D%/queue.c \
	%D%/rwlock.c \
	%D%/semaphore.c \
	%D%/set.c \
	%D%/transaction.c \
	%D%/var.c
