#   local.mk - the pure state machine
#
#   SPDX-License-Identifier: MPL-2.0

libinternals_la_SOURCES += \
	%D%/call.c \
	%D%/call.h \
	%D%/copy.c \
	%D%/deadlock.c \
	%D%/deadlock.h \
	%D%/entry.c \
	%D%/entry.h \
	%D%/info.c \
	%D%/kind.h \
	%D%/machine.c \
	%D%/machine.h \
	%D%/poll.c \
	%D%/poll.h \
	%D%/session.c \
	%D%/snapshot.c \
	%D%/transaction.c \
	%D%/core/heap.c \
	%D%/core/heap.h \
	%D%/core/hold.c \
	%D%/core/hold.h \
	%D%/core/object.h \
	%D%/core/timers.c \
	%D%/kinds/array.c \
	%D%/kinds/barrier.c \
	%D%/kinds/condition.c \
	%D%/kinds/directory.c \
	%D%/kinds/event.c \
	%D%/kinds/kinds.c \
	%D%/kinds/lock.c \
	%D%/kinds/lock.h \
	%D%/kinds/rwlock.c \
	%D%/kinds/semaphore.c \
	%D%/kinds/set.c \
	%D%/kinds/var.c \
	%D%/kinds/dict/dict.c \
	%D%/kinds/dict/dict.h \
	%D%/kinds/dict/namespace.c \
	%D%/kinds/dict/paths.c \
	%D%/kinds/list/list.c \
	%D%/kinds/list/list.h \
	%D%/kinds/list/slices.c \
	%D%/kinds/list/wait.c \
	%D%/kinds/queue/flow.c \
	%D%/kinds/queue/items.c \
	%D%/kinds/queue/leases.c \
	%D%/kinds/queue/queue.c \
	%D%/kinds/queue/queue.h \
	%D%/kinds/queue/tasks.c \
	%D%/kinds/queue/undo.c \
	%D%/values/blob.c \
	%D%/values/blob.h \
	%D%/values/canonical.c \
	%D%/values/canonical.h \
	%D%/values/element.c \
	%D%/values/element.h \
	%D%/values/order.c \
	%D%/values/order.h \
	%D%/values/path.c \
	%D%/values/path.h \
	%D%/values/range.c \
	%D%/values/range.h \
	%D%/values/table.c \
	%D%/values/table.h
