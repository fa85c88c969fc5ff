/*  snapshot.c - writes the machine's whole state as bytes and restores it

    The order of a snapshot: the time and a counter; the slots; the sessions,
    with their links and kept replies; the objects, with their state and
    waiters; for each session its holds and temporary objects, oldest first; the
    polls, which wait at the directory. The inner layout of heaps and hash
    tables has no effect, so a snapshot does not contain it.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/core/objects.h"
#include "machine/core/requests.h"
#include "machine/core/sessions.h"
#include "machine/core/timers.h"
#include "machine/kinds/kinds.h"
#include "machine/kinds/lock.h"
#include "machine/machine.h"
#include "machine/parking.h"
#include "machine/poll.h"

enum { FORMAT = 6 };

static void save_slots (const weir__machine_t *self, weir__buffer_t *to)
{
    weir__buffer_put_u32 (to, FORMAT);
    weir__buffer_put_u64 (to, self->time_us);
    weir__buffer_put_u64 (to, self->order);
    weir__buffer_put_u32 (to, self->slot_count);
    for (uint32_t i = 0; i < self->slot_count; i++)
        weir__buffer_put_u32 (to, self->slots [i].generation);
    weir__buffer_put_u32 (to, self->free_count);
    for (uint32_t i = 0; i < self->free_count; i++)
        weir__buffer_put_u32 (to, self->free_slots [i]);
}

static void save_link (const weir__link_t *link, weir__buffer_t *to)
{
    weir__buffer_put_u32 (to, link->number);
    weir__buffer_put_u64 (to, link->acked);
    for (uint64_t place = 0; place < WEIR__WINDOW; place++) {
        const weir__request_t *request = link->requests [place];
        bool done = request && !request->object;
        weir__buffer_put_u8 (to, done);
        if (!done)
            continue;
        weir__bytes_t reply = weir__request_reply (request);
        weir__buffer_put_u64 (to, request->number);
        weir__buffer_put_block (to, reply.data, reply.size);
        weir__buffer_put_u64 (to, request->notice.condition);
        weir__buffer_put_u64 (to, request->notice.order);
    }
}

static void save_sessions (const weir__machine_t *self, weir__buffer_t *to)
{
    weir__buffer_put_u32 (to, HASH_COUNT (self->sessions));
    for (const weir__session_t *session = self->sessions; session;
         session = session->hh.next) {
        weir__buffer_put_u64 (to, session->id);
        weir__buffer_put_u64 (to, session->process);
        weir__buffer_put_u32 (to, HASH_COUNT (session->links));
        for (const weir__link_t *link = session->links; link;
             link = link->hh.next)
            save_link (link, to);
    }
}

static void save_parked (const weir__request_t *request, weir__buffer_t *to)
{
    weir__buffer_put_u64 (to, request->link->session->id);
    weir__buffer_put_u32 (to, request->link->number);
    weir__buffer_put_u64 (to, request->number);
    weir__buffer_put_u64 (to, request->timer.deadline_us);
    weir__buffer_put_u64 (to, request->timer.order);
    weir__buffer_put_block (to, request->body, request->size);
    const weir__hold_t *hold = request->hold;
    weir__buffer_put_u16 (to, request->outcome);
    weir__buffer_put_u64 (to, request->notice.order);
    weir__buffer_put_u8 (to, hold != NULL);
    weir__buffer_put_u64 (to, hold ? hold->count : 0);
    weir__buffer_put_u32 (to, hold ? hold->lease_ms : 0);
}

static void save_line (const weir__object_t *object, unsigned line,
                       weir__buffer_t *to)
{
    const weir__request_t *request;
    int count;
    DL_COUNT (object->lines [line], request, count);
    weir__buffer_put_u32 (to, (uint32_t) count);
    DL_FOREACH (object->lines [line], request)
    save_parked (request, to);
}

static void save_object (const weir__object_t *object, weir__buffer_t *to)
{
    weir__buffer_put_u32 (to, (uint32_t) object->id);
    weir__buffer_put_u8 (to, (uint8_t) object->kind->code);
    weir__buffer_put_block (to, object->name,
                            object->name ? strlen (object->name) : 0);
    weir__buffer_put_u64 (to, object->sequence);
    object->kind->save (object, to);
    for (unsigned line = 0; line < WEIR__LINES; line++)
        save_line (object, line, to);
}

static void save_belongings (const weir__session_t *session, weir__buffer_t *to)
{
    const weir__object_t *object;
    for (const weir__link_t *link = session->links; link;
         link = link->hh.next) {
        const weir__hold_t *hold;
        DL_FOREACH2 (link->holds, hold, link_next)
        weir__hold_save (hold, to);
        weir__buffer_put_u64 (to, 0);
    }
    DL_FOREACH2 (session->temporaries, object, temporary_next)
    weir__buffer_put_u64 (to, object->id);
    weir__buffer_put_u64 (to, 0);
}

void weir__machine_save (const weir__machine_t *self, weir__buffer_t *snapshot)
{
    save_slots (self, snapshot);
    save_sessions (self, snapshot);
    for (uint32_t index = 1; index < self->slot_count; index++)
        if (self->slots [index].object)
            save_object (self->slots [index].object, snapshot);
    for (const weir__session_t *session = self->sessions; session;
         session = session->hh.next)
        save_belongings (session, snapshot);
    save_line (self->slots [0].object, 0, snapshot);
}

//  Reading. Each function returns false when the bytes are invalid, or when out
//  of memory. The caller then frees the incomplete machine by
//  weir__machine_destroy.

static bool load_slots (weir__machine_t *self, weir__reader_t *from)
{
    if (weir__reader_u32 (from) != FORMAT)
        return false;
    self->time_us = weir__reader_u64 (from);
    self->order = weir__reader_u64 (from);
    uint32_t count = weir__reader_u32 (from);
    if (count == 0 || count > from->size / sizeof (uint32_t))
        return false;
    self->slots = calloc (count, sizeof *self->slots);
    self->free_slots = calloc (count, sizeof *self->free_slots);
    if (!self->slots || !self->free_slots)
        return false;
    self->slot_count = self->slot_capacity = count;
    for (uint32_t i = 0; i < count; i++)
        self->slots [i].generation = weir__reader_u32 (from);
    self->free_count = weir__reader_u32 (from);
    if (self->free_count >= count || self->slots [0].generation != 0)
        return false; //  slot 0 is that of the directory
    for (uint32_t i = 0; i < self->free_count; i++)
        self->free_slots [i] = weir__reader_u32 (from);
    return !from->failed;
}

//  Reads the notice of a done request: the one that ended its wait, if any. The
//  notice's condition may have been dropped.
static bool load_notice (weir__request_t *request, const weir__machine_t *self,
                         weir__reader_t *from)
{
    weir__notice_t *notice = &request->notice;
    notice->condition = weir__reader_u64 (from);
    notice->order = weir__reader_u64 (from);
    return !from->failed && notice->order <= self->order &&
           (notice->order == 0) == (notice->condition == 0);
}

static bool load_link (weir__machine_t *self, uint64_t session,
                       weir__reader_t *from)
{
    uint32_t number = weir__reader_u32 (from);
    if (from->failed || weir__link_find (self, session, number))
        return false;
    weir__link_t *link = weir__link_open (self, session, number);
    if (!link)
        return false;
    link->acked = weir__reader_u64 (from);
    for (uint64_t place = 0; place < WEIR__WINDOW; place++) {
        if (!weir__reader_u8 (from))
            continue;
        uint64_t request_number = weir__reader_u64 (from);
        size_t size;
        const uint8_t *reply = weir__reader_block (from, &size);
        if (!reply || size <= WEIR__REPLY_HEAD_BYTES ||
            request_number % WEIR__WINDOW != place)
            return false;
        weir__request_t *request = weir__request_new (link, request_number);
        if (!request)
            return false;
        weir__buffer_put (&request->reply, reply, size);
        if (request->reply.failed || !load_notice (request, self, from))
            return false;
    }
    return !from->failed;
}

static bool load_sessions (weir__machine_t *self, weir__reader_t *from)
{
    uint32_t sessions = weir__reader_u32 (from);
    while (sessions-- > 0) {
        uint64_t id = weir__reader_u64 (from);
        uint64_t process = weir__reader_u64 (from);
        uint32_t links = weir__reader_u32 (from);
        unsigned before = HASH_COUNT (self->sessions);
        weir__session_t *session =
            from->failed ? NULL : weir__session_open (self, id);
        if (!session || HASH_COUNT (self->sessions) == before)
            return false;
        session->process = process;
        while (links-- > 0)
            if (!load_link (self, id, from))
                return false;
    }
    return !from->failed;
}

//  Returns the operation of a request that waits at an object; NULL when it
//  cannot wait there. A request at a lock may have begun at a condition.
static const weir__op_t *op_of (const weir__object_t *object,
                                const weir__request_body_t *body)
{
    const weir__kind_t *kind = object->kind;
    if (body->object != object->id)
        kind = weir__is_lock (object) ? &weir__condition_kind : NULL;
    return kind && body->op < kind->op_count ? &kind->ops [body->op] : NULL;
}

//  Returns true when the request can wait in that line and be resumed.
static bool parks (const weir__object_t *object, unsigned line,
                   const weir__request_t *request,
                   const weir__request_body_t *body)
{
    const weir__op_t *op = op_of (object, body);
    unsigned effect = request->hold ? WEIR__GRANTS : WEIR__PARKS;
    return op && op->effect == effect && op->line == line &&
           body->argc >= op->argc_min && body->argc <= op->argc_max;
}

//  Reads the reserved hold of a parked request, if it has one.
static bool load_reserved (weir__request_t *request, weir__object_t *object,
                           weir__reader_t *from)
{
    bool reserved = weir__reader_u8 (from);
    uint64_t count = weir__reader_u64 (from);
    uint32_t lease_ms = weir__reader_u32 (from);
    if (!reserved || from->failed)
        return !from->failed;
    if (lease_ms > WEIR__LEASE_MS_MAX ||
        !weir__hold_reserve_for (request, object->machine, lease_ms))
        return false;
    request->hold->count = count;
    return true;
}

//  Reads how a wait at a condition ended, when the request has moved to the
//  lock: by a notice, or by an error.
static bool load_outcome (weir__request_t *request,
                          const weir__object_t *object,
                          const weir__request_body_t *body,
                          weir__reader_t *from)
{
    bool moved = body->object != object->id;
    request->outcome = weir__reader_u16 (from);
    uint64_t order = weir__reader_u64 (from);
    if (order)
        request->notice = (weir__notice_t){body->object, order};
    return !from->failed && order <= object->machine->order &&
           (order != 0) == (moved && request->outcome == 0);
}

static bool load_parked (weir__object_t *object, unsigned line,
                         weir__reader_t *from)
{
    weir__machine_t *self = object->machine;
    uint64_t session = weir__reader_u64 (from);
    weir__link_t *link =
        weir__link_find (self, session, weir__reader_u32 (from));
    uint64_t number = weir__reader_u64 (from);
    if (!link || link->requests [number % WEIR__WINDOW])
        return false;
    weir__request_t *request = weir__request_new (link, number);
    if (!request)
        return false;
    uint64_t deadline_us = weir__reader_u64 (from);
    request->timer.order = weir__reader_u64 (from);
    weir__request_body_t body;
    const uint8_t *data = weir__reader_block (from, &request->size);
    if (!data || weir__request_body_read (data, request->size, &body) != NULL ||
        !load_outcome (request, object, &body, from) ||
        !load_reserved (request, object, from) ||
        !parks (object, line, request, &body))
        return false;
    request->body = malloc (request->size);
    if (!request->body || (deadline_us != WEIR__NEVER &&
                           !weir__timer_claim (self, &request->timer)))
        return false;
    memcpy (request->body, data, request->size);
    weir__timer_set (self, &request->timer, deadline_us);
    request->object = object;
    request->line = (uint8_t) line;
    DL_APPEND (object->lines [line], request);
    return true;
}

static bool load_line (weir__object_t *object, unsigned line,
                       weir__reader_t *from)
{
    for (uint32_t count = weir__reader_u32 (from); count > 0; count--)
        if (!load_parked (object, line, from))
            return false;
    return !from->failed;
}

//  Gives a restored object its name. An object without a name is temporary; see
//  load_belongings.
static bool load_name (weir__object_t *object, weir__bytes_t name)
{
    weir__object_t *other = NULL;
    if (name.size == 0)
        return true;
    if (name.size > WEIR__NAME_BYTES || memchr (name.data, '\0', name.size))
        return false;
    HASH_FIND (hh, object->machine->names, name.data, name.size, other);
    return !other && weir__object_place (object, (const char *) name.data,
                                         name.size, NULL);
}

static bool load_object (weir__machine_t *self, uint32_t index,
                         weir__reader_t *from)
{
    uint32_t written = weir__reader_u32 (from);
    uint8_t code = weir__reader_u8 (from);
    weir__bytes_t name;
    name.data = weir__reader_block (from, &name.size);
    uint64_t sequence = weir__reader_u64 (from);
    if (from->failed || written != index || code == WEIR__DIRECTORY ||
        code >= WEIR__KINDS || !weir__kinds [code])
        return false;
    weir__object_t *object =
        weir__object_new_at (self, index, weir__kinds [code]);
    if (object)
        object->sequence = sequence;
    if (!object || !load_name (object, name) ||
        !object->kind->load (object, from))
        return false;
    for (unsigned line = 0; line < WEIR__LINES; line++)
        if (!load_line (object, line, from))
            return false;
    return true;
}

static bool load_objects (weir__machine_t *self, weir__reader_t *from)
{
    //  Every slot that is not on the stack of free slots has an object.
    bool *is_free = calloc (self->slot_count, sizeof *is_free);
    if (!is_free)
        return false;
    bool good = weir__object_new_at (self, 0, &weir__directory_kind) != NULL;
    for (uint32_t i = 0; i < self->free_count && good; i++) {
        uint32_t index = self->free_slots [i];
        good = index > 0 && index < self->slot_count && !is_free [index];
        if (good)
            is_free [index] = true;
    }
    for (uint32_t index = 1; index < self->slot_count && good; index++)
        if (!is_free [index])
            good = load_object (self, index, from);
    free (is_free);
    return good;
}

static bool load_belongings (weir__session_t *session, weir__machine_t *self,
                             weir__reader_t *from)
{
    uint64_t id;
    for (weir__link_t *link = session->links; link; link = link->hh.next)
        while ((id = weir__reader_u64 (from)) != 0)
            if (!weir__hold_load (link, weir__object_find (self, id), from))
                return false;
    while ((id = weir__reader_u64 (from)) != 0) {
        weir__object_t *object = weir__object_find (self, id);
        if (!object || object->name || object->creator)
            return false;
        weir__object_place (object, NULL, 0, session);
    }
    return !from->failed;
}

static bool load_polls (weir__machine_t *self, weir__reader_t *from)
{
    weir__request_t *request;
    weir__object_t *directory = self->slots [0].object;
    if (!load_line (directory, 0, from))
        return false;
    DL_FOREACH (directory->lines [0], request)
    if (!weir__poll_load (request))
        return false;
    return true;
}

weir__machine_t *weir__machine_load (weir__bytes_t snapshot)
{
    errno = 0;
    weir__reader_t from = weir__reader (snapshot.data, snapshot.size);
    weir__machine_t *self = calloc (1, sizeof *self);
    bool good = self && load_slots (self, &from) &&
                load_sessions (self, &from) && load_objects (self, &from);
    for (weir__session_t *session = good ? self->sessions : NULL;
         session && good; session = session->hh.next)
        good = load_belongings (session, self, &from);
    if (good && load_polls (self, &from) && from.size == 0)
        return self;
    int error = errno == ENOMEM ? ENOMEM : EPROTO;
    weir__machine_destroy (&self);
    errno = error;
    return NULL;
}

uint64_t weir__machine_hash (const weir__machine_t *self)
{
    //  http://www.isthe.com/chongo/tech/comp/fnv/ (FNV-1a, 64 bits)
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    weir__machine_save (self, &snapshot);
    uint64_t hash = UINT64_C (0xcbf29ce484222325);
    for (size_t i = 0; i < snapshot.size; i++)
        hash = (hash ^ snapshot.data [i]) * UINT64_C (0x100000001b3);
    if (snapshot.failed)
        hash = 0;
    weir__buffer_free (&snapshot);
    return hash;
}
