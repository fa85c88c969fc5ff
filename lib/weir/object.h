/*  object.h - what all shared objects have in common

    The functions here take the handle of any object: a weir_dict_t *, a
    weir_list_t *, a weir_set_t *, a weir_queue_t * and so on. Any
    other pointer that is not NULL is an error of the program that Weir cannot
    see.

    An object with a name lives until it is dropped or its owner ends. An object
    without one lives until then or until the session that made it ends: with
    the process that made it, or with the destroy of its last handle there of
    that owner or its objects. So it can be stored in others by its reference,
    and its handle be destroyed. Who makes many for a moment drops each.

    Any thread.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_OBJECT_H_INCLUDED
#define WEIR_OBJECT_H_INCLUDED

#include "prelude.h"
#include "value.h"

WEIR_BEGIN_C

//  A reference to the object: a value that can be stored in other objects and
//  sent through queues and pipes; whoever gets it opens the object by
//  weir_dict_from, weir_queue_from and so on. Borrowed: valid as long as the
//  handle; a copy lives as long as you like. WEIR_INVALID for NULL.
//  Since 0.1.
WEIR_EXPORT weir_value_t weir_object_reference (const void *object);

//  Its name; NULL for an object without one, also for a handle that was opened
//  by a reference, which does not tell the name; and with EINVAL for NULL.
//  Borrowed: valid as long as the handle. Since 0.1.
WEIR_EXPORT const char *weir_object_name (const void *object);

//  What tools show of it, as a map: 'kind', 'name', 'sequence' (how many
//  operations have changed it; of a dict, namespace, list, set, array, var, event
//  or queue), 'waiting' (how many wait),
//  'waiters' (the first thousand: 'pid', 'thread', 'for' what), 'holders'
//  ('pid', 'thread', 'token' of the grant, 'count', 'lease_ms'; 0: no lease),
//  and facts of its kind, as the page of the kind says. Owned by the caller.
//  Returns 0, or -1 with the errors of weir_object_drop. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_object_info (void *object,
                                             weir_value_t *ret_info);

//  How many operations have changed it; reads and waits do not count. When it is
//  what it was, nobody has changed the object since: see
//  weir_transaction_expect_sequence. Returns 0, or -1 with ENOTSUP (it is none
//  of a dict, namespace, list, set, array, var, event or queue) or the errors of
//  weir_object_drop. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_object_sequence (void *object,
                                                 int64_t *ret_sequence);

//  Ends the object for everybody: who waits at it, and who uses it from then
//  on, gets ENOENT. The handle remains to be destroyed. Returns 0, or -1 with
//  ENOENT (it is gone already), EOWNERDEAD, ECONNREFUSED, EINTR, EINVAL, EMFILE,
//  ENOBUFS, EACCES, EPROTO, ENOMEM (as in dict.h). Since 0.1.
WEIR_EXPORT int weir_object_drop (void *object);

WEIR_END_C

#endif
