/*  chunks.h - the frames of a message, allocated before sending

    An owner ends the session of a sender whose message breaks off. So the
    memory for all frames of a message is allocated before the first frame is
    sent. Without that memory nothing is sent.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_CHUNKS_H_INCLUDED
#define WEIR__CARRIER_CHUNKS_H_INCLUDED

#include <zmq.h>

#include "codec/frame.h"

enum { WEIR__CHUNKS = WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES };

typedef struct weir__chunks {
    size_t count;
    size_t sent; //  frames sent; libzmq owns these
    zmq_msg_t frames [WEIR__CHUNKS];
} weir__chunks_t;

//  Makes the frames of a message of at most WEIR__MESSAGE_BYTES. Returns 0, or
//  -1 with ENOMEM.
int weir__chunks_make (weir__chunks_t *self, const weir__frame_t *message);

//  Sends the next frame without waiting. Returns 0, or -1 with an errno of
//  zmq_msg_send.
int weir__chunks_send (weir__chunks_t *self, void *socket);

//  Returns whether some frames are still to be sent.
bool weir__chunks_remain (const weir__chunks_t *self);

//  Frees the frames that are not sent. Keeps errno.
void weir__chunks_free (weir__chunks_t *self);

#endif
