/*  atend.h - what the library does when a process ends normally

    The process ends normally when main returns, when exit () is called, and
    when the function of a worker (work/process.c) returns. A forked child has
    nothing to do for what its parent registered: that is the parent's.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_ATEND_H_INCLUDED
#define WEIR__BASE_ATEND_H_INCLUDED

//  fn () is called once when this process ends normally: the last registered
//  first, because it may need what was there before it. Registering again
//  moves fn to the last place. Returns 0, or -1 with ENOMEM. Any thread.
int weir__at_end_do (void (*fn) (void));

//  Does it now; an atexit handler calls this. Also what is registered
//  meanwhile is done. Nothing is done twice.
void weir__at_end (void);

#endif
