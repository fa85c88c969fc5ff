/*  hostile.h - an owner, its user, and attackers

    The owner is a process whose notes are captured. Attackers are processes of
    their own with plain ZeroMQ sockets, or less. While they work, the test's
    own process calls the owner and measures how long each call takes.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_HOSTILE_H_INCLUDED
#define WEIR_TESTS_KIT_HOSTILE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "codec/frame.h"
#include "codec/ops.h"
#include "kit/support.h"

//  No call may take longer than PATIENCE_MS, whatever the attackers do.
//  Instrumented programs are slow: they get more time and smaller floods.
enum {
    PATIENCE_MS = TEST_IS_WATCHED ? 20000 : 4000,
    FRAMES = TEST_IS_WATCHED ? 500 : 5000
};

//  Starts the owner. For a fixture.
void hostile_begin (void);

//  Ends the owner. Fails the test when a sanitizer has reported an error in the
//  owner.
void hostile_end (void);

//  Starts an attacker: a process that runs attack () and ends.
void hostile_attack (void (*attack) (void));

//  Uses the owner until all attackers have ended, each with code 0, then until
//  its log contains `text` (NULL: at once). Fails the test when a call fails or
//  takes longer than PATIENCE_MS.
void hostile_endure (const char *logged);

//  Uses the owner until its log contains the text.
void hostile_endure_until (const char *logged);

//  Uses the owner once.
void hostile_use (void);

//  Uses the owner once with a value of that size.
void hostile_use_large (size_t size);

//  Fails the test when the owner has grown by more than that since its start.
//  Does nothing in instrumented programs, which use memory of their own.
void hostile_check_memory (long mebibytes);

//  For attackers.

//  Makes a DEALER that is connected to the owner and never blocks for ever.
void *hostile_dealer (const char *routing_id);
void hostile_close (void *dealer);

//  Sends a frame.
void hostile_send (void *dealer, weir__frame_type_t type, uint64_t number,
                   const weir__buffer_t *body);
void hostile_hello (void *dealer, uint64_t session, uint32_t link);

//  Begins the body of a request; its arguments follow as packed values.
weir__buffer_t hostile_body (uint64_t object, unsigned op, unsigned argc);

//  Receives messages until one of that type arrives, or for ever on failure.
//  Its bytes are in the result, valid until the next call.
weir__frame_t hostile_await (void *dealer, weir__frame_type_t type);

//  Returns the status of a REPLY or REFUSED as an errno.
int hostile_status (const weir__frame_t *frame);

//  Makes a plain connection to the owner's socket, below ZMTP.
int hostile_connect (void);

//  Sends as many of the bytes as the other side receives.
void hostile_write (int fd, const void *data, size_t size);

//  Receives until the other side closes. Returns whether it did.
bool hostile_is_closed (int fd);

//  Speaks ZMTP 3 (or 2) until messages can be sent.
int hostile_zmtp (int version);

#endif
