/*  context.h - the ZeroMQ contexts of the library

    Weir never uses a context of the application. It has two contexts of its
    own, which it makes when first needed: one for links and owners, one for
    pipes. A forked child makes contexts of its own.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_CONTEXT_H_INCLUDED
#define WEIR__CARRIER_CONTEXT_H_INCLUDED

#include <stddef.h>

typedef enum weir__context {
    WEIR__CONTEXT_LINKS,
    WEIR__CONTEXT_PIPES,
    WEIR__CONTEXTS
} weir__context_t;

//  Returns the context of this process, for making one socket. Makes the
//  context if necessary. Returns NULL with EMFILE, ENFILE or ENOMEM. Any
//  thread.
void *weir__context (weir__context_t which);

//  Ends a context. All its sockets must be closed. Waits until libzmq has sent
//  what is left on them (ZMQ_LINGER). For use at exit.
void weir__context_end (weir__context_t which);

#endif
