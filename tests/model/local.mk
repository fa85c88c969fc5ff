#   local.mk - the sequential model, and random histories against it
#
#   SPDX-License-Identifier: MPL-2.0

libkit_la_SOURCES += \
	%D%/array.c \
	%D%/barrier.c \
	%D%/condition.c \
	%D%/dict.c \
	%D%/directory.c \
	%D%/event.c \
	%D%/history.c \
	%D%/history.h \
	%D%/history_poll.c \
	%D%/history_step.c \
	%D%/history_transaction.c \
	%D%/history_value.c \
	%D%/hold.c \
	%D%/item.c \
	%D%/list.c \
	%D%/lock.c \
	%D%/model.c \
	%D%/model.h \
	%D%/path.c \
	%D%/poll.c \
	%D%/queue.c \
	%D%/rwlock.c \
	%D%/semaphore.c \
	%D%/set.c \
	%D%/transaction.c \
	%D%/var.c
