/*  weir.h - the whole public interface of Weir

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_H_INCLUDED
#define WEIR_H_INCLUDED

#include "weir/array.h"
#include "weir/barrier.h"
#include "weir/condition.h"
#include "weir/dict.h"
#include "weir/error.h"
#include "weir/event.h"
#include "weir/list.h"
#include "weir/literals.h"
#include "weir/lock.h"
#include "weir/namespace.h"
#include "weir/object.h"
#include "weir/owner.h"
#include "weir/pipe.h"
#include "weir/prelude.h"
#include "weir/process.h"
#include "weir/queue.h"
#include "weir/rwlock.h"
#include "weir/select.h"
#include "weir/semaphore.h"
#include "weir/set.h"
#include "weir/slice.h"
#include "weir/transaction.h"
#include "weir/value.h"
#include "weir/var.h"

#endif
