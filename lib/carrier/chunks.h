/*  chunks.h - the frames of a message, made before the first of them is sent

    A message that breaks off ends its sender's session. So the memory for all
    of its frames is there before the first frame leaves: without that memory
    nothing is sent.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_CHUNKS_H_INCLUDED
#define WEIR__CARRIER_CHUNKS_H_INCLUDED

#include <zmq.h>

#include "codec/frame.h"

enum { WEIR__CHUNKS = WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES };

typedef struct weir__chunks {
    size_t count;
    size_t sent; //  of them; libzmq owns these
    zmq_msg_t frames [WEIR__CHUNKS];
} weir__chunks_t;

//  Makes the frames of a message of at most WEIR__MESSAGE_BYTES. Returns 0, or
//  -1 with ENOMEM.
int weir__chunks_make (weir__chunks_t *self, const weir__frame_t *message);

//  Sends the next frame, without waiting. Returns 0, or -1 with an errno of
//  zmq_msg_send.
int weir__chunks_send (weir__chunks_t *self, void *socket);

//  Whether frames are left to send.
bool weir__chunks_remain (const weir__chunks_t *self);

//  Frees the frames that were not sent. errno stays.
void weir__chunks_free (weir__chunks_t *self);

#endif
