/*  uplink.c - one connection of this process to one owner

    A pidfd tells of the owner's death. An owner in this process sends REFUSED
    to all its links when it ends. Until WELCOME has come, the uplink itself
    looks from time to time whether the owner still exists.

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/uplink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "carrier/dealer.h"
#include "codec/pack.h"
#include "codec/packed.h"

struct weir__uplink {
    weir__remote_t *remote; //  borrowed
    uint64_t generation;    //  of the process that made it
    weir__dealer_t *dealer;
    weir__protocol_t protocol;
    uint64_t
        refused_us; //  since when the owner's socket refuses; 0: it does not
    bool lost;      //  the owner refused it, or sent a malformed frame
};

//  Sends a message. An owner in this process may have closed its socket; the
//  remote then ends.
static int send_message (void *context, const weir__frame_t *message)
{
    weir__uplink_t *self = context;
    int rc = weir__dealer_send (self->dealer, message);
    if (rc != 0 && errno == EAGAIN && weir__remote_pidfd (self->remote) < 0) {
        weir__remote_end (self->remote);
        weir__remote_fail_ended (self->remote);
    }
    return rc;
}

static weir__wire_t wire_of (weir__uplink_t *self)
{
    return (weir__wire_t){.send = send_message, .context = self};
}

//  ---------------------------------------------------------------------------
//  Making and ending an uplink

//  Frees an uplink; errno stays. Closes no socket for an uplink that was
//  inherited over a fork, and does not touch its remote, which may be freed.
static void free_uplink (weir__uplink_t *self)
{
    int error = errno;
    weir__protocol_free (&self->protocol);
    if (self->generation == weir__generation ()) {
        weir__dealer_destroy (&self->dealer);
        weir__remote_leave (self->remote);
    } else
        weir__dealer_forget (&self->dealer);
    free (self);
    errno = error;
}

static weir__uplink_t *make_uplink (weir__remote_t *remote)
{
    weir__uplink_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    self->remote = remote;
    self->generation = weir__generation ();
    weir__hello_t hello;
    if (weir__remote_join (remote, self->generation, &hello) != 0) {
        free (self);
        return NULL;
    }
    weir__protocol_init (&self->protocol, &hello);
    self->dealer = weir__dealer_new (weir__remote_path (remote),
                                     weir__remote_pidfd (remote) < 0);
    weir__wire_t wire = wire_of (self);
    if (self->dealer && weir__protocol_hello (&self->protocol, &wire) == 0)
        return self;
    free_uplink (self);
    return NULL;
}

weir__uplink_t *weir__uplink_new (weir__remote_t *remote)
{
    if (weir__remote_has_ended (remote)) {
        weir__remote_fail_ended (remote);
        return NULL;
    }
    return make_uplink (remote);
}

void weir__uplink_destroy (weir__uplink_t **self_p)
{
    weir__uplink_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    int error = errno;
    weir__wire_t wire = wire_of (self);
    if (!weir__uplink_is_stale (self))
        weir__protocol_close (&self->protocol, &wire, false);
    errno = error;
    free_uplink (self);
}

void weir__uplink_end_session (weir__uplink_t **self_p, weir__remote_t *remote)
{
    weir__uplink_t *self = *self_p ? *self_p : make_uplink (remote);
    *self_p = NULL;
    if (!self)
        return;
    weir__wire_t wire = wire_of (self);
    weir__protocol_close (&self->protocol, &wire, true);
    free_uplink (self);
}

bool weir__uplink_is_stale (const weir__uplink_t *self)
{
    return self->generation != weir__generation () || self->lost ||
           weir__remote_has_ended (self->remote);
}

//  ---------------------------------------------------------------------------
//  Requests

int weir__uplink_ask (weir__uplink_t *self, const weir__operation_t *ask,
                      uint64_t *ret_number)
{
    weir__wire_t wire = wire_of (self);
    return weir__protocol_request (&self->protocol, &wire, ask, ret_number);
}

bool weir__uplink_has_room (const weir__uplink_t *self)
{
    return self->protocol.last - self->protocol.acked < WEIR__WINDOW;
}

int weir__uplink_cancel (weir__uplink_t *self, uint64_t number)
{
    weir__wire_t wire = wire_of (self);
    return weir__protocol_cancel (&self->protocol, &wire, number);
}

//  ---------------------------------------------------------------------------
//  Replies

//  Fails because the owner ended during a call. Returns -1.
static int lose_owner (weir__uplink_t *self)
{
    self->lost = true;
    weir__remote_end (self->remote);
    return weir__fail (EOWNERDEAD,
                       "owner at %s: it ended before it answered, and its "
                       "objects with it; whether this call was done is unknown",
                       weir__remote_path (self->remote));
}

//  Fails with the sentence of a refusal or of a failed reply. Returns -1.
static int fail_as_told (const weir__news_t *news)
{
    weir_value_t value;
    weir__packed_peek (news->value.data, news->value.size, &value);
    if (value.type != WEIR_STRING)
        return weir__fail (news->error, "%s", strerror (news->error));
    return weir__fail (news->error, "%.*s", (int) value.size, value.string);
}

//  Handles a REFUSED. Returns -1.
static int refused (weir__uplink_t *self, const weir__news_t *news)
{
    //  When the owner is dead, the refusal may come from another owner in the
    //  same folder.
    if (news->error == EOWNERDEAD || weir__remote_is_dead (self->remote))
        return lose_owner (self);
    self->lost = true;
    //  The owner dropped the session; it cannot be resumed.
    if (news->error == EPROTO)
        weir__remote_end (self->remote);
    return fail_as_told (news);
}

//  Takes in frames. Returns 1 when the reply was among them, 0 when there are
//  no more frames, -1 on failure.
static int drain (weir__uplink_t *self, uint64_t number,
                  weir_value_t *ret_value)
{
    weir__bytes_t bytes;
    while (weir__dealer_recv (self->dealer, &bytes.data, &bytes.size) == 0) {
        weir__news_t news;
        if (weir__protocol_frame (&self->protocol, bytes, &news) != 0) {
            self->lost = true;
            weir__remote_end (self->remote);
            return -1;
        }
        if (news.type == WEIR__NEWS_REFUSED)
            return refused (self, &news);
        if (news.type == WEIR__NEWS_WELCOME &&
            !weir__remote_is_meant (self->remote, &news.welcome))
            return lose_owner (self);
        if (news.type != WEIR__NEWS_REPLY || news.number != number)
            continue;
        if (news.error)
            return fail_as_told (&news);
        if (ret_value &&
            weir__unpack (news.value.data, news.value.size, ret_value) != 0)
            return weir__fail (ENOMEM, "result: out of memory");
        return 1;
    }
    return 0;
}

//  Checks whether the owner's socket has refused connections for too long. An
//  owner that starts or ends has no socket for a moment. Returns 0,
//  ECONNREFUSED, EMFILE or ENFILE.
static int look_at_socket (weir__uplink_t *self)
{
    if (weir__remote_pidfd (self->remote) < 0 ||
        weir__dealer_probe (weir__remote_path (self->remote)) == 0) {
        self->refused_us = 0;
        return 0;
    }
    int error = errno;
    uint64_t now_us = weir__now_us ();
    if (self->refused_us == 0)
        self->refused_us = now_us;
    return now_us <
                   weir__deadline_us (self->refused_us, WEIR__UPLINK_REFUSED_MS)
               ? 0
               : error;
}

//  Checks whether a reply can still come. Returns 0, EOWNERDEAD or, before
//  WELCOME, as look_at_socket.
static int look (weir__uplink_t *self)
{
    if (weir__remote_is_dead (self->remote))
        return EOWNERDEAD;
    if (self->protocol.welcomed)
        return 0;
    return weir__remote_has_ended (self->remote) ||
                   weir__remote_has_lost_folder (self->remote)
               ? EOWNERDEAD
               : look_at_socket (self);
}

//  Fails because no reply will come, for the reason that `look` gave. Closes
//  the link, so that the owner keeps nothing for its requests if it has
//  received them. Returns -1.
static int give_up (weir__uplink_t *self, int error)
{
    if (error == EOWNERDEAD)
        return lose_owner (self);
    weir__wire_t wire = wire_of (self);
    weir__protocol_close (&self->protocol, &wire, false);
    self->lost = true;
    if (error != ECONNREFUSED)
        return weir__fail (error,
                           "owner at %s: no descriptor is left for a "
                           "connection to it (%s); close some, or raise the "
                           "limit",
                           weir__remote_path (self->remote), strerror (error));
    return weir__fail (ECONNREFUSED,
                       "owner at %s (pid %d): it runs, but its socket takes no "
                       "connections: the file was removed or replaced; end the "
                       "owner and start it again",
                       weir__remote_path (self->remote),
                       (int) weir__remote_pid (self->remote));
}

int weir__uplink_take_in (weir__uplink_t *self, uint64_t number,
                          weir_value_t *ret_value)
{
    int rc = drain (self, number, ret_value);
    int error = rc == 0 ? look (self) : 0;
    if (error == 0)
        return rc;
    //  Frames that the owner sent before its end come first.
    rc = drain (self, number, ret_value);
    return rc != 0 ? rc : give_up (self, error);
}

int weir__uplink_await (weir__uplink_t *self, uint64_t number,
                        weir_value_t *ret_value)
{
    int owner = weir__remote_pidfd (self->remote);
    bool cancelled = false;
    int error = 0;
    uint64_t look_us =
        weir__deadline_us (weir__now_us (), WEIR__UPLINK_STEP_MS);
    for (;;) {
        int rc = drain (self, number, ret_value);
        if (rc != 0)
            return rc < 0 ? -1 : 0;
        if (error != 0)
            return give_up (self, error);
        rc =
            weir__dealer_wait (self->dealer, owner,
                               self->protocol.welcomed ? WEIR__NEVER : look_us);
        if (rc == 1)
            error = EOWNERDEAD;
        else if (rc == -1 && errno == EINTR && !cancelled)
            //  The reply still comes: the result, or EINTR.
            cancelled = weir__uplink_cancel (self, number) == 0;
        //  The clock decides, because signals may interrupt more often than
        //  that.
        if (error == 0 && !self->protocol.welcomed &&
            weir__now_us () >= look_us) {
            error = look (self);
            look_us = weir__deadline_us (weir__now_us (), WEIR__UPLINK_STEP_MS);
        }
    }
}

//  ---------------------------------------------------------------------------
//  For callers that wait by their own poll

int weir__uplink_fd (const weir__uplink_t *self)
{
    return weir__dealer_fd (self->dealer);
}

int weir__uplink_owner_fd (const weir__uplink_t *self)
{
    return weir__remote_pidfd (self->remote);
}

bool weir__uplink_is_welcomed (const weir__uplink_t *self)
{
    return self->protocol.welcomed;
}
