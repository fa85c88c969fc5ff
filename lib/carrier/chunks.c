/*  chunks.c - the frames of a message, allocated before sending

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/chunks.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/tsan.h"
#include "carrier/socket.h"

//  Copies a frame into the next message of libzmq.
static int keep (void *context, const uint8_t *head, const uint8_t *body,
                 size_t size)
{
    weir__chunks_t *self = context;
    assert (self->count < WEIR__CHUNKS);
    zmq_msg_t *frame = &self->frames [self->count];
    if (zmq_msg_init_size (frame, WEIR__FRAME_HEAD_BYTES + size) != 0)
        return -1;
    self->count++;
    uint8_t *data = zmq_msg_data (frame);
    memcpy (data, head, WEIR__FRAME_HEAD_BYTES);
    if (size)
        memcpy (data + WEIR__FRAME_HEAD_BYTES, body, size);
    weir__hand_over (data);
    return 0;
}

int weir__chunks_make (weir__chunks_t *self, const weir__frame_t *message)
{
    self->count = self->sent = 0;
    if (weir__frame_split (message, keep, self) == 0)
        return 0;
    weir__chunks_free (self);
    errno = ENOMEM;
    return -1;
}

int weir__chunks_send (weir__chunks_t *self, void *socket)
{
    if (weir__socket_send (socket, &self->frames [self->sent]) == -1)
        return -1;
    self->sent++;
    return 0;
}

bool weir__chunks_remain (const weir__chunks_t *self)
{
    return self->sent < self->count;
}

void weir__chunks_free (weir__chunks_t *self)
{
    int error = errno;
    while (self->count > self->sent)
        zmq_msg_close (&self->frames [--self->count]);
    errno = error;
}
