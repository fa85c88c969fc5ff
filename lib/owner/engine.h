/*  engine.h - an owner without I/O: from frames to entries and replies

    The engine knows the peers (connections, numbered by its carrier), their
    sessions and links, and their permissions. It gathers arrived frames into
    one entry, appends the entry to the log, applies it, and hands the replies
    to its carrier. A read is answered after the entry before it. The engine
    reads no clock and uses no socket, so a simulator runs exactly this code.

    One thread uses an engine.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_ENGINE_H_INCLUDED
#define WEIR__OWNER_ENGINE_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "log/log.h"
#include "machine/machine.h"
#include "owner/types.h"

//  Makes an engine with a borrowed log. Applies the entries in the log first;
//  watches their sessions, whose links may come back. Returns NULL with ENOMEM,
//  or EPROTO (the log is damaged).
weir__engine_t *weir__engine_new (const weir__engine_config_t *config,
                                  weir__log_t *log,
                                  const weir__engine_io_t *io);

//  Frees the engine.
void weir__engine_destroy (weir__engine_t **self_p);

//  Ends a watched session, because its process is dead.
void weir__engine_died (weir__engine_t *self, uint64_t session,
                        uint64_t now_us);

//  Makes an entry of the gathered records, if there are any or a deadline has
//  passed, and sends the replies. Then ends the sessions that cannot be served
//  any more.
void weir__engine_commit (weir__engine_t *self, uint64_t now_us);

//  Returns the time when weir__engine_commit must be called even if no frame
//  arrives; WEIR__NEVER if it need not be.
uint64_t weir__engine_deadline_us (const weir__engine_t *self);

//  Calls `each` for each peer of a session, until a call returns false. Returns
//  whether all calls returned true.
bool weir__engine_each_peer (weir__engine_t *self, uint64_t session,
                             bool (*each) (void *context, uint64_t peer),
                             void *context);

//  Tells all peers that the owner ends, and removes them.
void weir__engine_stop (weir__engine_t *self);

//  Returns whether the log has failed, so that the engine has stopped.
bool weir__engine_failed (const weir__engine_t *self);

//  Returns the machine, borrowed, for tests and tools.
const weir__machine_t *weir__engine_machine (const weir__engine_t *self);

#endif
