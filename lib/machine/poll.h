/*  poll.h - waits until one of several objects is ready

    A poll is a request to the directory. It waits there until at least one of
    its objects is ready: the object has changed, or a call such as queue.get
    would not wait. An object that does not exist counts as ready, because a
    call for it fails at once. A poll takes and reserves nothing. The machine
    answers a waiting poll at the end of an entry, with the objects that are
    ready then.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_POLL_H_INCLUDED
#define WEIR__MACHINE_POLL_H_INCLUDED

#include "machine/core/types.h"

//  Applies WEIR__DIRECTORY_POLL.
void weir__poll (weir__object_t *directory, weir__call_t *call);

//  Answers the polls that have a ready object, at the end of an entry.
void weir__poll_settle (weir__machine_t *machine);

//  Restores the poll of a request at the directory, after all objects. Returns
//  false when the request cannot wait there, or when out of memory.
bool weir__poll_load (weir__request_t *request);

#endif
