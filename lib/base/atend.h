/*  atend.h - functions to call when the process ends normally

    A process ends normally when main returns, when exit () is called, or when
    the function of a worker (work/process.c) returns. A forked child does not
    call the functions that its parent registered; they clean up the state of
    the parent.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_ATEND_H_INCLUDED
#define WEIR__BASE_ATEND_H_INCLUDED

//  Registers a function to be called once when this process ends normally. The
//  function registered last is called first, because it may depend on modules
//  that registered earlier. Registering fn again makes it the last one. Returns
//  0, or -1 with ENOMEM. Any thread.
int weir__at_end_do (void (*fn) (void));

//  Calls all registered functions now, also those that are registered
//  meanwhile. Calls no function twice. The atexit handler calls this.
void weir__at_end (void);

#endif
