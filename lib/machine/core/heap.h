/*  heap.h - a binary heap whose nodes know their index

    An element contains a node as a member. The element that comes before all
    others is at index 0. The caller reserves room before it pushes a node, so a
    push cannot fail. A removed node keeps its room and can be pushed again.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_HEAP_H_INCLUDED
#define WEIR__MACHINE_CORE_HEAP_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WEIR__NOWHERE = UINT32_MAX };

typedef struct weir__node {
    uint32_t place; //  index in the heap; WEIR__NOWHERE: in no heap
} weir__node_t;

//  Returns true when a comes before b. No two nodes may be equal.
typedef bool (weir__before_fn) (const weir__node_t *a, const weir__node_t *b);

typedef struct weir__heap {
    weir__node_t **nodes;
    size_t count;
    size_t claims; //  reserved room: for these nodes and for others
    size_t capacity;
} weir__heap_t;

//  Reserves room for `count` more nodes. Returns false when out of memory, or
//  when the heap would have room for more than 2^32 - 1 nodes.
bool weir__heap_claim (weir__heap_t *self, size_t count);

//  Releases the room for `count` nodes. Nodes in the heap keep theirs.
void weir__heap_disclaim (weir__heap_t *self, size_t count);

//  Inserts a node. The caller has reserved room for it.
void weir__heap_push (weir__heap_t *self, weir__node_t *node,
                      weir__before_fn *before);

//  Removes a node. Its room stays reserved.
void weir__heap_remove (weir__heap_t *self, weir__node_t *node,
                        weir__before_fn *before);

//  Turns a pointer to a member into a pointer to the struct that contains it.
#define WEIR__OF(part, type, member) \
    ((type *) ((char *) (uintptr_t) (part) -offsetof (type, member)))

#endif
