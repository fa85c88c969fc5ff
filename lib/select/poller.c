/*  poller.c - the part of a select that polls one owner

    SPDX-License-Identifier: MPL-2.0
*/

#include "select/poller.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/error.h"
#include "base/fork.h"
#include "client/links.h"
#include "codec/limits.h"
#include "base/hash.h"

weir__poller_t *weir__poller_new (weir__remote_t *remote)
{
    weir__poller_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    weir__remote_retain (remote);
    self->remote = remote;
    self->epoll = self->fd = self->owner_fd = -1;
    return self;
}

//  ---------------------------------------------------------------------------
//  The connection

//  Destroys the uplink. errno stays.
static void disconnect (weir__poller_t *self)
{
    int error = errno;
    if (self->fd >= 0)
        epoll_ctl (self->epoll, EPOLL_CTL_DEL, self->fd, NULL);
    if (self->owner_fd >= 0)
        epoll_ctl (self->epoll, EPOLL_CTL_DEL, self->owner_fd, NULL);
    if (self->uplink)
        weir__uplink_destroy (&self->uplink);
    self->epoll = self->fd = self->owner_fd = -1;
    self->asked = 0;
    errno = error;
}

void weir__poller_forget (weir__poller_t *self, bool whole)
{
    self->fd = self->owner_fd = -1;
    if (!whole)
        self->uplink = NULL;
    disconnect (self);
}

void weir__poller_destroy (weir__poller_t **self_p)
{
    weir__poller_t *self = *self_p;
    *self_p = NULL;
    disconnect (self);
    weir__links_release (self->remote);
    free (self->members);
    free (self);
}

//  Adds a descriptor (-1: none) to the epoll. Returns 0 or -1.
static int enter (int epoll, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events};
    if (fd < 0 || epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event) == 0)
        return 0;
    return weir__fail (errno, "select: cannot watch an owner: %s",
                       strerror (errno));
}

//  Connects to the owner, unless there is a connection that works. Returns 0 or
//  -1.
static int connect_to (weir__poller_t *self, int epoll)
{
    if (self->uplink && !weir__uplink_is_stale (self->uplink))
        return 0;
    disconnect (self);
    self->uplink = weir__uplink_new (self->remote);
    if (!self->uplink)
        return -1;
    self->epoll = epoll;
    self->fd = weir__uplink_fd (self->uplink);
    self->owner_fd = weir__uplink_owner_fd (self->uplink);
    if (enter (epoll, self->fd, EPOLLIN | EPOLLET) == 0 &&
        enter (epoll, self->owner_fd, EPOLLIN) == 0)
        return 0;
    disconnect (self);
    return -1;
}

static void note_answer (weir__poller_t *self)
{
    self->answered = true;
    self->unheard_us = 0;
}

//  Handles a failure. The end of the owner counts as an answer: all objects are
//  ready, because their next calls will fail. Returns 0 then, else -1.
static int end_or_fail (weir__poller_t *self)
{
    self->asked = 0;
    if (self->uplink && weir__uplink_is_stale (self->uplink))
        disconnect (self);
    if (!weir__remote_has_ended (self->remote))
        return -1;
    for (size_t i = 0; i < self->count; i++)
        self->members [i]->is_ready = true;
    note_answer (self);
    return 0;
}

//  ---------------------------------------------------------------------------
//  Polls

void weir__poller_cancel (weir__poller_t *self)
{
    if (self->asked && !weir__uplink_is_stale (self->uplink))
        weir__uplink_cancel (self->uplink, self->asked);
    self->asked = 0;
}

bool weir__poller_can_ask (const weir__poller_t *self)
{
    return !self->asked && self->uplink && weir__uplink_has_room (self->uplink);
}

//  Returns the items of a poll, one for each member, in one block that the
//  caller frees. Returns NULL with ENOMEM.
static weir_value_t *make_items (weir__polled_t *const *members, size_t count)
{
    enum { EACH = 3 };
    weir_value_t *items = calloc (count + 1, (1 + EACH) * sizeof *items);
    if (!items)
        return weir__fail_null (ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        weir_value_t *item = items + count + EACH * i;
        item [0] = weir_value_int ((int64_t) members [i]->object);
        item [1] = weir_value_int (members [i]->ready);
        item [2] = weir_value_int (members [i]->sequence);
        items [i] = weir_value_list (item, members [i]->sequence < 0 ? 2 : 3);
    }
    return items;
}

//  Sends a poll of all members, and cancels the one before. Returns 0 or -1.
static int ask (weir__poller_t *self, int timeout_ms)
{
    weir_value_t *items = make_items (self->members, self->count);
    if (!items)
        return -1;
    weir_value_t list = weir_value_list (items, self->count);
    weir__operation_t ask = {
        .op = WEIR__DIRECTORY_POLL,
        .argc = 1,
        .args = &list,
        .timeout_ms = timeout_ms,
    };
    uint64_t number = 0;
    int rc = weir__uplink_ask (self->uplink, &ask, &number);
    free (items);
    //  EAGAIN: too many polls have no answer yet. The select polls again after
    //  some answers have come (weir__poller_can_ask).
    if (rc != 0 && errno != EAGAIN)
        return -1;
    weir__poller_cancel (self);
    self->asked = number;
    self->waits = timeout_ms != 0;
    return 0;
}

int weir__poller_ask (weir__poller_t *self, int epoll, int timeout_ms)
{
    self->answered = false;
    for (size_t i = 0; i < self->count; i++)
        self->members [i]->is_ready = false;
    if (connect_to (self, epoll) == 0 && ask (self, timeout_ms) == 0)
        return 0;
    return end_or_fail (self);
}

static int fail_malformed (void)
{
    return weir__fail (EPROTO, "owner: it sent a malformed result");
}

//  Marks the members that an answer names: {index: sequence or nil, ...}.
//  Returns false when the answer is malformed.
static bool mark (weir__polled_t *const *members, size_t count,
                  weir_value_t answer)
{
    if (answer.type != WEIR_MAP)
        return false;
    for (size_t i = 0; i < answer.size; i++) {
        weir_value_t place = answer.items [2 * i];
        weir_value_t sequence = answer.items [2 * i + 1];
        if (place.type != WEIR_INTEGER || place.integer < 0 ||
            (uint64_t) place.integer >= count)
            return false;
        weir__polled_t *member = members [place.integer];
        member->is_ready = true;
        member->told = sequence.type == WEIR_INTEGER ? sequence.integer : -1;
    }
    return true;
}

int weir__poller_take_in (weir__poller_t *self)
{
    weir_value_t answer;
    if (!self->uplink)
        return 0;
    int rc = weir__uplink_take_in (self->uplink, self->asked, &answer);
    if (rc == 0)
        return 0;
    if (rc < 0 && errno != EAGAIN && errno != EINTR)
        return end_or_fail (self);
    //  EINTR: weir__poller_cancel ended the poll.
    self->asked = 0;
    if (rc == 1 || errno == EAGAIN)
        note_answer (self);
    if (rc == 1 && !mark (self->members, self->count, answer)) {
        weir_value_clear (&answer);
        return fail_malformed ();
    }
    if (rc == 1)
        weir_value_clear (&answer);
    return 0;
}

//  ---------------------------------------------------------------------------
//  Members

//  Polls one object over this thread's own link, and marks it. Returns 0 or -1.
static int inquire (const weir__poller_t *self, weir__polled_t *member)
{
    weir_value_t answer, *items = make_items (&member, 1);
    if (!items)
        return -1;
    weir_value_t list = weir_value_list (items, 1);
    weir__operation_t ask = {
        .op = WEIR__DIRECTORY_POLL, .argc = 1, .args = &list};
    int rc = weir__links_call (self->remote, &ask, &answer);
    free (items);
    if (rc != 0)
        return errno == EAGAIN ? 0 : -1;
    bool good = mark (&member, 1, answer);
    weir_value_clear (&answer);
    return good ? 0 : fail_malformed ();
}

int weir__poller_expect (weir__poller_t *self, weir__polled_t *member)
{
    if (self->count == WEIR__POLLED)
        return weir__fail (ENOBUFS,
                           "select: it has %d objects of that owner already, "
                           "the most that are allowed",
                           WEIR__POLLED);
    member->sequence = member->told = -1;
    if (inquire (self, member) != 0)
        return -1;
    if (member->ready == WEIR__READY_CHANGE && member->told < 0)
        return weir__fail (ENOENT, "weir_select_add: the object was dropped");
    if (member->ready == WEIR__READY_CHANGE)
        member->sequence = member->told;
    weir__process_lock ();
    weir__polled_t **members =
        realloc (self->members, (self->count + 1) * sizeof *members);
    if (members)
        self->members = members;
    weir__process_unlock ();
    return members ? 0 : weir__fail (ENOMEM, "out of memory");
}

void weir__poller_add_locked (weir__poller_t *self, weir__polled_t *member)
{
    self->members [self->count++] = member;
}

void weir__poller_remove_locked (weir__poller_t *self,
                                 const weir__polled_t *member)
{
    size_t place = 0;
    while (self->members [place] != member)
        place++;
    self->count--;
    memmove (self->members + place, self->members + place + 1,
             (self->count - place) * sizeof *self->members);
}
