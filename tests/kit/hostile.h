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

//  Longer than PATIENCE_MS no call may take, whatever goes on. Instrumented
//  programs are slow: they get more time and smaller floods.
enum {
    PATIENCE_MS = TEST_IS_WATCHED ? 20000 : 4000,
    FRAMES = TEST_IS_WATCHED ? 500 : 5000
};

//  Starts / ends the owner. To be used as a fixture. The end fails the test
//  when a sanitizer has said something in the owner.
void hostile_begin (void);
void hostile_end (void);

//  Starts an attacker: a process that runs attack () and ends.
void hostile_attack (void (*attack) (void));

//  Uses the owner until all attackers have ended, each with code 0, then until
//  its log has a text (NULL: at once). Fails the test when a call fails or
//  takes longer than PATIENCE_MS.
void hostile_endure (const char *logged);

//  The same, only until its log has the text.
void hostile_endure_until (const char *logged);

//  Uses the owner once / with a value of that size.
void hostile_use (void);
void hostile_use_large (size_t size);

//  Fails the test when the owner has grown by more than that since its start.
//  Says nothing in instrumented programs, which have memory of their own.
void hostile_check_memory (long mebibytes);

//  For attackers.

//  A DEALER that is connected to the owner; it never blocks for ever.
void *hostile_dealer (const char *routing_id);
void hostile_close (void *dealer);

//  Sends a frame.
void hostile_send (void *dealer, weir__frame_type_t type, uint64_t number,
                   const weir__buffer_t *body);
void hostile_hello (void *dealer, uint64_t session, uint32_t link);

//  Begins the body of a request; arguments follow as packed values.
weir__buffer_t hostile_body (uint64_t object, unsigned op, unsigned argc);

//  Receives messages until one of that type is there, or for ever on failure;
//  its bytes are in the result, valid until the next call.
weir__frame_t hostile_await (void *dealer, weir__frame_type_t type);

//  The status of a REPLY or REFUSED as an errno.
int hostile_status (const weir__frame_t *frame);

//  A plain connection to the owner's socket, below ZMTP.
int hostile_connect (void);

//  Sends all bytes, as far as the other side takes them / receives until the
//  other side closes, and returns whether it did.
void hostile_write (int fd, const void *data, size_t size);
bool hostile_is_closed (int fd);

//  Speaks ZMTP 3 (2: ZMTP 2) until messages can be sent.
int hostile_zmtp (int version);

#endif
