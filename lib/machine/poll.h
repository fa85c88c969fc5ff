/*  poll.h - waiting until one of several objects is ready

    A poll is a request to the directory that waits there until at least one of
    its objects is ready: until a call such as queue.get would not wait, or the
    object has changed. An object that is not there (any more) is ready, too: a
    call will say so. Nothing is taken or reserved. A poll that waits is answered
    at the end of an entry, by what is ready then.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_POLL_H_INCLUDED
#define WEIR__MACHINE_POLL_H_INCLUDED

#include "machine/core/types.h"

//  WEIR__DIRECTORY_POLL.
void weir__poll (weir__object_t *directory, weir__call_t *call);

//  The end of an entry: answers the polls of which something is ready.
void weir__poll_settle (weir__machine_t *machine);

//  A request that waits at the directory was restored, and all objects were.
//  False: it cannot wait there, or memory is out.
bool weir__poll_restore (weir__request_t *request);

#endif
