#   local.mk - the public headers
#
#   SPDX-License-Identifier: MPL-2.0

include_HEADERS = lib/weir.h

weirincludedir = $(includedir)/weir
weirinclude_HEADERS = \
	%D%/array.h \
	%D%/barrier.h \
	%D%/condition.h \
	%D%/dict.h \
	%D%/error.h \
	%D%/event.h \
	%D%/list.h \
	%D%/literals.h \
	%D%/lock.h \
	%D%/namespace.h \
	%D%/object.h \
	%D%/owner.h \
	%D%/pipe.h \
	%D%/prelude.h \
	%D%/process.h \
	%D%/queue.h \
	%D%/rwlock.h \
	%D%/select.h \
	%D%/semaphore.h \
	%D%/set.h \
	%D%/slice.h \
	%D%/transaction.h \
	%D%/value.h \
	%D%/var.h
