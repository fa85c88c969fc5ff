/*  types.h - the interface between an engine and its carrier

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

//  The identity of a peer, as reported by the kernel.
typedef struct weir__credentials {
    uid_t uid;
    pid_t pid;
} weir__credentials_t;

//  The functions that the engine calls in its carrier.
typedef struct weir__engine_io {
    //  Sends a message, in several frames when it is large. Returns 0, or -1
    //  with EAGAIN (the peer does not receive any more), EHOSTUNREACH (it is
    //  gone), or ENOMEM (nothing was sent).
    int (*send) (void *context, uint64_t peer, const weir__frame_t *message);

    //  Watches the process of a new session. When the process dies, and after
    //  its last frames are handed to weir__engine_frame, the carrier calls
    //  weir__engine_died. Returns 0, or -1 when the process cannot be watched.
    int (*watch) (void *context, uint64_t session, pid_t pid);

    //  Stops watching the process of a session, which has ended.
    void (*unwatch) (void *context, uint64_t session);

    //  Writes a note for the operator of the owner.
    void (*note) (void *context, const char *text);

    void *context;
} weir__engine_io_t;

typedef struct weir__engine_config {
    uint64_t epoch;           //  random, not 0
    weir__credentials_t self; //  the process of the owner
} weir__engine_config_t;

//  A received frame.
typedef struct weir__arrival {
    uint64_t peer;
    const weir__credentials_t
        *credentials; //  NULL: unknown; a HELLO needs them
    const uint8_t *data;
    size_t size;
    bool crowded; //  few descriptors are free: admit no new links
} weir__arrival_t;

#endif
