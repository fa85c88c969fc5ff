/*  net.c - connections between links and the owner

    Frames of one direction of a connection arrive in order; connections
    overtake each other. When a connection breaks, a random prefix of the frames
    under way arrives, and the rest is lost.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOW = 10,      //  one frame, or connection, in this many
    SLOW_US = 5000, //  takes this much longer, at most
    BYTES_PER_US = 500,
    TORN = 4 //  one connection in this many breaks within a large message
};

typedef struct flight {
    sim_connection_t *connection;
    int direction;
    uint64_t place;   //  in its direction, 1, 2, 3 ...
    uint64_t sent_at; //  the log's last entry then
    uint64_t order;   //  of its event
    size_t size;
    uint8_t data [];
} flight_t;

sim_connection_t *sim_connect (sim_t *self, sim_link_t *link)
{
    sim_connection_t *connection = calloc (1, sizeof *connection);
    assert (connection);
    connection->peer = ++self->last_peer;
    connection->link = link;
    connection->incarnation = self->incarnation;
    connection->cut [SIM_TO_OWNER] = connection->cut [SIM_TO_LINK] = UINT64_MAX;
    if (sim_chance (self, SIM_DELAY, SLOW))
        connection->slow_us = sim_below (self, SLOW_US);
    connection->next = self->connections;
    self->connections = connection;
    return connection;
}

static void arrive (sim_t *self, void *target, uint64_t detail)
{
    (void) detail;
    flight_t *flight = target;
    sim_connection_t *connection = flight->connection;
    sim_link_t *link = connection->link;
    weir__bytes_t frame = {flight->data, flight->size};
    //  A stopped process receives its frames in order when it continues.
    if (flight->direction == SIM_TO_LINK &&
        link->process->paused_until_us > self->now_us) {
        sim_enter (self, (sim_event_t){
                             .time_us = link->process->paused_until_us,
                             .order = flight->order,
                             .run = arrive,
                             .target = flight,
                             .detail = UINT64_MAX,
                         });
        return;
    }
    //  An owner does not receive frames sent to its predecessor.
    if (flight->place <= connection->cut [flight->direction] &&
        (flight->direction == SIM_TO_LINK ||
         connection->incarnation == self->incarnation)) {
        sim_tell (self, "%s: peer %llu frame %llu type %u",
                  flight->direction == SIM_TO_OWNER ? "in" : "out",
                  (unsigned long long) connection->peer,
                  (unsigned long long) flight->place, flight->data [2]);
        if (flight->direction == SIM_TO_OWNER) {
            connection->heard = true;
            sim_owner_frame (self, connection, frame);
        } else if (!link->gone && link->connection == connection)
            sim_link_frame (self, link, frame, flight->sent_at);
    }
    free (flight);
}

static uint64_t delay (sim_t *self, const sim_connection_t *connection,
                       size_t size)
{
    uint64_t delay_us =
        connection->slow_us + 5 + sim_below (self, 40) + size / BYTES_PER_US;
    if (sim_chance (self, SIM_DELAY, SLOW))
        delay_us += sim_below (self, SLOW_US);
    return delay_us;
}

void sim_send (sim_t *self, sim_connection_t *connection, int direction,
               const uint8_t *head, weir__bytes_t body)
{
    if (!connection || connection->broken)
        return;
    bool may_repeat = head [2] == WEIR__REQUEST || head [2] == WEIR__REPLY ||
                      head [2] == WEIR__CANCEL;
    bool more = head [3] & WEIR__FRAME_MORE;
    bool whole = !more && !connection->within [direction];
    unsigned copies =
        may_repeat && whole && sim_chance (self, SIM_DUPLICATE, 15) ? 2 : 1;
    connection->within [direction] = more;
    connection->sent [direction]++;
    while (copies-- > 0) {
        flight_t *flight =
            malloc (sizeof *flight + WEIR__FRAME_HEAD_BYTES + body.size);
        assert (flight);
        *flight = (flight_t){
            .connection = connection,
            .direction = direction,
            .place = connection->sent [direction],
            .sent_at = self->log.count,
            .size = WEIR__FRAME_HEAD_BYTES + body.size,
        };
        memcpy (flight->data, head, WEIR__FRAME_HEAD_BYTES);
        if (body.size)
            memcpy (flight->data + WEIR__FRAME_HEAD_BYTES, body.data,
                    body.size);
        uint64_t arrival_us =
            self->now_us + delay (self, connection, body.size);
        uint64_t earliest_us =
            connection->last_us [direction] + body.size / BYTES_PER_US;
        if (arrival_us < earliest_us)
            arrival_us = earliest_us;
        connection->last_us [direction] = arrival_us;
        flight->order = sim_plan (self, arrival_us - self->now_us, arrive,
                                  flight, UINT64_MAX);
    }
    if (more && sim_chance (self, SIM_BREAK, TORN))
        sim_plan (self, connection->last_us [direction] - self->now_us + 1,
                  sim_break, connection, 0);
}

void sim_disconnect (sim_t *self, sim_connection_t *connection)
{
    connection->broken = true;
    for (int i = SIM_TO_OWNER; i <= SIM_TO_LINK; i++) {
        //  Frames that have arrived are below any cut that matters.
        connection->cut [i] =
            connection->sent [i] -
            sim_below (self,
                       connection->sent [i] < 4 ? connection->sent [i] + 1 : 4);
    }
}

void sim_break (sim_t *self, void *target, uint64_t detail)
{
    (void) detail;
    sim_connection_t *connection = target;
    sim_link_t *link = connection->link;
    if (self->healed || link->gone || link->connection != connection)
        return;
    sim_tell (self, "connection %llu breaks",
              (unsigned long long) connection->peer);
    sim_disconnect (self, connection);
    sim_link_lost (self, link);
}

uint64_t sim_silent_us (const sim_t *self, const sim_process_t *process)
{
    uint64_t silent_us = self->now_us;
    for (const sim_connection_t *connection = self->connections; connection;
         connection = connection->next)
        if (connection->link->process == process && connection->heard &&
            connection->last_us [SIM_TO_OWNER] > silent_us)
            silent_us = connection->last_us [SIM_TO_OWNER];
    return silent_us;
}

sim_connection_t *sim_find_peer (sim_t *self, uint64_t peer)
{
    sim_connection_t *connection = self->connections;
    while (connection && connection->peer != peer)
        connection = connection->next;
    return connection;
}

void sim_net_free (sim_t *self)
{
    while (self->connections) {
        sim_connection_t *connection = self->connections;
        self->connections = connection->next;
        free (connection);
    }
}
