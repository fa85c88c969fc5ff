/*  leases.c - items that come back unless they are acknowledged

    A leased item is not in the heap, but its room there stays reserved, so that
    it can always come back. It comes back to its old position in the order of
    the queue.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/queue/leases.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "codec/pack.h"
#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/kinds/queue/items.h"
#include "machine/kinds/queue/tasks.h"

//  Adds a lease to the queue. Returns false when out of memory.
static bool enter (weir__queue_state_t *self, weir__lease_t *lease)
{
    HASH_ADD (hh, self->leases, id, sizeof lease->id, lease);
    return lease->hh.tbl != NULL;
}

//  The answer: [value, id, how many times the item was leased].
static void answer_lease (weir__call_t *call, const weir__lease_t *lease)
{
    const weir__item_t *item = lease->item;
    weir__answer_begin (call, WEIR_LIST, 3);
    weir__buffer_put (call->reply, item->data, item->size);
    if (weir__pack (call->reply, weir_value_int ((int64_t) lease->id)) != 0 ||
        weir__pack (call->reply,
                    weir_value_int ((int64_t) item->deliveries + 1)) != 0)
        call->reply->failed = true;
}

void weir__queue_lease (weir__object_t *object, weir__call_t *call)
{
    weir__queue_state_t *self = object->state;
    weir__lease_t *lease = calloc (1, sizeof *lease);
    if (!lease) {
        weir__refuse (call, ENOMEM, "out of memory");
        return;
    }
    *lease = (weir__lease_t){
        .id = self->leased + 1,
        .item = weir__queue_first (self),
    };
    weir__queue_take_out (self, lease->item);
    answer_lease (call, lease);
    bool fits = weir__answer_fits (call);
    if (fits && enter (self, lease)) {
        self->leased++;
        lease->item->deliveries++;
        lease->hold = weir__hold_take (object, call->request, lease->id);
        object->sequence++;
        return;
    }
    if (fits)
        weir__refuse (call, ENOMEM, "out of memory");
    weir__queue_insert (self, lease->item);
    free (lease);
}

static weir__lease_t *find (const weir__queue_state_t *self, uint64_t id)
{
    weir__lease_t *lease;
    HASH_FIND (hh, self->leases, &id, sizeof id, lease);
    return lease;
}

//  Ends a lease, and returns its item.
static weir__item_t *end (weir__queue_state_t *self, weir__lease_t *lease)
{
    weir__item_t *item = lease->item;
    HASH_DELETE (hh, self->leases, lease);
    free (lease);
    return item;
}

//  Ends a lease that was not acknowledged: its item comes back, or is freed
//  when the queue discards its items.
static void take_back (weir__object_t *object, weir__lease_t *lease)
{
    weir__queue_state_t *self = object->state;
    weir__item_t *item = end (self, lease);
    if (self->discards) {
        weir__queue_free (self, item);
        weir__queue_finish (self, 1);
    } else
        weir__queue_insert (self, item);
}

//  Returns the lease whose id is argument 0, or NULL after refusing the call.
static weir__lease_t *arg_lease (weir__queue_state_t *self, weir__call_t *call)
{
    int64_t id;
    if (!weir__arg_integer (call, 0, &id))
        return NULL;
    weir__lease_t *lease = find (self, (uint64_t) id);
    if (!lease && (id < 1 || (uint64_t) id > self->leased))
        weir__refuse (call, EINVAL, "lease %" PRId64 " was never granted", id);
    else if (!lease)
        weir__refuse (call, ESTALE,
                      "lease %" PRId64
                      " has ended: it ran out, or the item was "
                      "acknowledged or given back before",
                      id);
    return lease;
}

void weir__queue_ack (weir__object_t *object, weir__call_t *call)
{
    weir__queue_state_t *self = object->state;
    weir__lease_t *lease = arg_lease (self, call);
    if (!lease)
        return;
    weir__hold_end (lease->hold, object->machine);
    weir__queue_free (self, end (self, lease));
    weir__answer_nil (call);
    weir__queue_finish (self, 1);
}

void weir__queue_nack (weir__object_t *object, weir__call_t *call)
{
    weir__lease_t *lease = arg_lease (object->state, call);
    if (!lease)
        return;
    weir__hold_end (lease->hold, object->machine);
    weir__answer_nil (call);
    take_back (object, lease);
}

//  args: id; the new lease in milliseconds, from now on.
void weir__queue_extend (weir__object_t *object, weir__call_t *call)
{
    int64_t lease_ms;
    weir__lease_t *lease = arg_lease (object->state, call);
    if (!lease || !weir__arg_integer (call, 1, &lease_ms))
        return;
    if (!lease->hold || !lease->hold->lease_ms)
        weir__refuse (call, EINVAL,
                      "the lease has no time limit, so it cannot be extended");
    else if (lease_ms < 1 || lease_ms > WEIR__LEASE_MS_MAX)
        weir__refuse (call, EINVAL, "a lease lasts 1 to %d milliseconds",
                      WEIR__LEASE_MS_MAX);
    else {
        weir__hold_renew (lease->hold, (uint32_t) lease_ms);
        weir__answer_nil (call);
    }
}

//  Ends all leases of a link.
static void take_back_all (weir__object_t *object, const weir__link_t *link)
{
    weir__hold_t *hold;
    while ((hold = weir__hold_of (object, link)) != NULL) {
        take_back (object, find (object->state, hold->token));
        weir__hold_end (hold, object->machine);
    }
}

//  When a thread or a process ends, all its items come back before any of them
//  goes to a waiter. So the waiters get them in the order of the queue.
void weir__queue_holder_gone (weir__object_t *object, const weir__hold_t *hold,
                              weir__leave_t leave)
{
    weir__lease_t *lease = find (object->state, hold->token);
    assert (lease && lease->hold == hold);
    take_back (object, lease);
    object->sequence++;
    if (leave != WEIR__LAPSED)
        take_back_all (object, hold->link);
    const weir__session_t *session = hold->link->session;
    const weir__link_t *link = session->ends ? session->links : NULL;
    for (; link; link = link->hh.next)
        take_back_all (object, link);
}

bool weir__queue_held (weir__object_t *object, const weir__hold_t *hold)
{
    weir__lease_t *lease = find (object->state, hold->token);
    if (!lease || lease->hold)
        return false;
    lease->hold = (weir__hold_t *) hold;
    return true;
}

void weir__queue_save_leases (const weir__queue_state_t *self,
                              weir__buffer_t *to)
{
    weir__buffer_put_u64 (to, self->leased);
    weir__buffer_put_u32 (to, HASH_COUNT (self->leases));
    for (const weir__lease_t *lease = self->leases; lease;
         lease = lease->hh.next) {
        weir__buffer_put_u64 (to, lease->id);
        weir__item_save (lease->item, to);
    }
}

static bool get_lease (weir__queue_state_t *self, weir__reader_t *from)
{
    weir__lease_t *lease = calloc (1, sizeof *lease);
    if (!lease)
        return false;
    lease->id = weir__reader_u64 (from);
    lease->item = weir__item_load (from);
    if (lease->item && lease->item->number < self->put && lease->id > 0 &&
        lease->id <= self->leased && !find (self, lease->id) &&
        weir__heap_claim (&self->items, 1) && enter (self, lease))
        return true;
    free (lease->item);
    free (lease);
    return false;
}

bool weir__queue_load_leases (weir__queue_state_t *self, weir__reader_t *from)
{
    self->leased = weir__reader_u64 (from);
    for (uint32_t count = weir__reader_u32 (from); count > 0; count--)
        if (from->failed || !get_lease (self, from))
            return false;
    return !from->failed;
}

void weir__queue_free_leases (weir__queue_state_t *self)
{
    while (self->leases)
        weir__queue_free (self, end (self, self->leases));
}
