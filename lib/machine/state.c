/*  state.c - an object's state: one block, and a copy for transactions

    The copy is for kinds whose snapshot contains their whole state. A
    transaction changes the copy. To undo, weir__copy_end puts the old state
    back and frees the copy; to keep, it frees the old state. Neither allocates.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/state.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "machine/call.h"
#include "machine/core/kind.h"

bool weir__state_new (weir__object_t *object, weir__call_t *call, size_t size)
{
    object->state = calloc (1, size);
    if (!object->state)
        weir__refuse (call, ENOMEM, "out of memory");
    return object->state != NULL;
}

void weir__state_free (weir__object_t *object)
{
    free (object->state);
}

bool weir__copy_begin (weir__object_t *object)
{
    assert (!object->before);
    weir__buffer_t bytes = WEIR__BUFFER_INIT;
    object->kind->save (object, &bytes);
    weir__reader_t from = weir__reader (bytes.data, bytes.size);
    object->before = object->state;
    object->state = NULL;
    bool good = !bytes.failed && object->kind->load (object, &from);
    weir__buffer_free (&bytes);
    if (!good)
        weir__copy_end (object, false);
    return good;
}

void weir__copy_end (weir__object_t *object, bool keeps)
{
    void *kept = keeps ? object->state : object->before;
    if (keeps)
        object->state = object->before;
    object->kind->destroy (object);
    object->state = kept;
    object->before = NULL;
}
