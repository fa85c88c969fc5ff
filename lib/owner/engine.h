/*  engine.h - an owner without I/O: frames in, entries, replies out

    The engine knows peers (connections, as its carrier numbers them), which
    sessions and links they are, and what they may do. It gathers what has
    arrived into one entry, appends that to the log, applies it, and hands the
    replies to its carrier. Reads are answered after the entry before them.
    It reads no clock and touches no socket, so a simulator runs this very
    code.

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

//  The log is borrowed. What it holds is applied first; the sessions in it are
//  watched and may come back. NULL with ENOMEM, or EPROTO (the log is no log).
weir__engine_t *weir__engine_new (const weir__engine_config_t *config,
                                  weir__log_t *log,
                                  const weir__engine_io_t *io);
void weir__engine_destroy (weir__engine_t **self_p);

//  The process of a watched session is dead.
void weir__engine_died (weir__engine_t *self, uint64_t session,
                        uint64_t now_us);

//  Makes an entry of what has been gathered, when there is anything or a
//  deadline has passed, and sends what is to be sent.
void weir__engine_commit (weir__engine_t *self, uint64_t now_us);

//  When weir__engine_commit must be called though nothing arrives;
//  WEIR__NEVER: not at all.
uint64_t weir__engine_deadline_us (const weir__engine_t *self);

//  Calls back for each peer of a session, until one call returns false.
//  Returns whether all returned true.
bool weir__engine_each_peer (weir__engine_t *self, uint64_t session,
                             bool (*each) (void *context, uint64_t peer),
                             void *context);

//  Tells all peers that the owner ends, and forgets them.
void weir__engine_stop (weir__engine_t *self);

//  Whether the log has failed the engine, so that it has stopped.
bool weir__engine_failed (const weir__engine_t *self);

//  Borrowed: for tests and tools.
const weir__machine_t *weir__engine_machine (const weir__engine_t *self);

#endif
