/*  wait.c - waiting for an item of a list

    Line 0 has the requests that wait for an item at an index, to remove it. A
    list that is too short for one waiter may be long enough for the next.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/list/wait.h"

#include "machine/call.h"
#include "machine/kinds/list/items.h"
#include "machine/parking.h"

//  Converts an index, which may be negative, to an index from 0. Returns false
//  when the list has no such item.
static bool find_place (const weir__list_t *self, int64_t index,
                        size_t *ret_place)
{
    int64_t size = (int64_t) self->size;
    if (index < -size || index >= size)
        return false;
    *ret_place = (size_t) (index < 0 ? index + size : index);
    return true;
}

static void take_item (weir__object_t *object, weir__call_t *call, size_t place)
{
    weir__list_t *self = object->state;
    weir__answer_packed (call, weir__blob_slice (self->items [place]));
    if (!weir__answer_fits (call))
        return;
    weir__list_remove (self, place);
    object->sequence++;
}

//  args: index. The answer: the item, which is removed.
void weir__list_pop_wait (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    int64_t index;
    size_t place;
    if (!weir__arg_integer (call, 0, &index))
        return;
    if (find_place (self, index, &place))
        take_item (object, call, place);
    else
        weir__park (call, 0, "it has no item at that index");
}

//  Resumes the waiters whose item exists. A removal makes the list shorter for
//  the other waiters, so one pass is enough.
void weir__list_settle (weir__object_t *object)
{
    weir__list_t *self = object->state;
    weir__request_t *request, *next;
    for (request = object->lines [0]; request; request = next) {
        weir__call_t call = {.object = object};
        size_t place;
        next = request->next;
        weir__request_body_read (request->body, request->size, &call.body);
        if (!find_place (self, weir__arg (&call, 0).integer, &place))
            continue;
        weir__resume (request, &call);
        if (weir__is_guarded (&call))
            take_item (object, &call, place);
        weir__reply (&call);
    }
}
