/*  context.h - the library's own ZeroMQ contexts

    Weir never touches an application's context. It has two of its own, made
    when first needed: one for links and owners, one for pipes. A forked
    child makes its own.

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

//  This process's context, to make a socket; NULL with EMFILE, ENFILE or ENOMEM.
//  Any thread.
void *weir__context (weir__context_t which);

//  Ends a context: sockets of it must have been closed; waits until what they
//  had sent is out (ZMQ_LINGER). For use at exit.
void weir__context_end (weir__context_t which);

#endif
