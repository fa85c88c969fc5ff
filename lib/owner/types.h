/*  types.h - what an engine and its carrier tell each other

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_TYPES_H_INCLUDED
#define WEIR__OWNER_TYPES_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "codec/frame.h"

typedef struct weir__engine weir__engine_t;

//  Who a peer is, as the kernel attests it.
typedef struct weir__credentials {
    uid_t uid;
    pid_t pid;
} weir__credentials_t;

//  What the engine asks of whoever runs it.
typedef struct weir__engine_io {
    //  Sends a message, in several frames when it is large. Returns 0, or -1
    //  with EAGAIN (the peer takes nothing any more), EHOSTUNREACH, or ENOMEM
    //  (nothing of it was sent).
    int (*send) (void *context, uint64_t peer, const weir__frame_t *message);

    //  A session has begun in that process: when it dies, and what it sent
    //  before has been handed to weir__engine_frame, call weir__engine_died.
    //  Returns 0, or -1 when it cannot be watched.
    int (*watch) (void *context, uint64_t session, pid_t pid);

    //  The session has ended: stop watching it.
    void (*unwatch) (void *context, uint64_t session);

    //  Something that whoever runs the owner should read.
    void (*note) (void *context, const char *text);

    void *context;
} weir__engine_io_t;

typedef struct weir__engine_config {
    uint64_t epoch;           //  random, not 0
    weir__credentials_t self; //  the owner's own process
} weir__engine_config_t;

//  A frame that has arrived.
typedef struct weir__arrival {
    uint64_t peer;
    const weir__credentials_t
        *credentials; //  NULL: not known; HELLO needs them
    const uint8_t *data;
    size_t size;
    bool crowded; //  hardly any room for more connections: no new links
} weir__arrival_t;

#endif
