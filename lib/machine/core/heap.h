/*  heap.h - a binary heap of things that know their places

    A thing has a node as a member; the heap's first one is before all others.
    Places are claimed before they are needed, so that pushing what has a place
    cannot fail: what was taken out and may come back keeps its place.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_HEAP_H_INCLUDED
#define WEIR__MACHINE_CORE_HEAP_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WEIR__NOWHERE = UINT32_MAX };

typedef struct weir__node {
    uint32_t place; //  in the heap; WEIR__NOWHERE: it is in none
} weir__node_t;

//  Whether a comes before b. No two may be the same.
typedef bool (weir__before_fn) (const weir__node_t *a, const weir__node_t *b);

typedef struct weir__heap {
    weir__node_t **nodes;
    size_t count;
    size_t claims; //  places that are promised: of those in it, and of others
    size_t capacity;
} weir__heap_t;

//  Claims so many places more / gives them back. False: no memory, or over
//  2^32 - 1 of them.
bool weir__heap_claim (weir__heap_t *self, size_t count);
void weir__heap_disclaim (weir__heap_t *self, size_t count);

//  Puts a node, which must have a claim, into its place / takes it out; the
//  claim stays.
void weir__heap_push (weir__heap_t *self, weir__node_t *node,
                      weir__before_fn *before);
void weir__heap_remove (weir__heap_t *self, weir__node_t *node,
                        weir__before_fn *before);

//  The struct that has that member.
#define WEIR__OF(part, type, member) \
    ((type *) ((char *) (uintptr_t) (part) -offsetof (type, member)))

#endif
