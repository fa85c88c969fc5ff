/*  engine.h - an engine on a stage: no sockets, a clock that the test moves

        stage_t *stage = stage_new ();
        stage_hello (stage, 1, 10, 1);          //  peer 1: link 1 of session 10
        stage_commit (stage);
        ck_assert_str_eq (stage_take (stage, 1), "WELCOME");
        uint64_t dict = stage_dict (stage, 1);  //  its request 1
        STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
                   .op = WEIR__DICT_SET, .args = "'k', 1");
        stage_commit (stage);
        ck_assert_str_eq (stage_take (stage, 1), "2: None");
        stage_destroy (&stage);

    The stage itself allocates nothing while the engine calls it. Programs that
    use it are linked as kit/malloc.h says: `starves_at` is the
    number of the engine's allocations that succeed before one fails.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_ENGINE_H_INCLUDED
#define WEIR_TESTS_KIT_ENGINE_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "codec/ops.h"
#include "owner/engine.h"
#include "owner/intake.h"

enum {
    STAGE_UID = 1000,
    STAGE_PID = 77, //  of the owner
    STAGE_EPOCH = 4711,
    STAGE_MESSAGES = 6000,
    STAGE_NOTES = 64,
    STAGE_WATCHES = 8192
};

//  A message that the engine sent.
typedef struct stage_message {
    uint64_t peer; //  0: taken
    weir__frame_type_t type;
    uint64_t number;
    size_t size;
    uint8_t head [256]; //  the first bytes of its body
} stage_message_t;

typedef struct stage {
    weir__engine_t *engine;
    uint64_t now_us;
    weir__log_t log;    //  the real log, behind `log`
    weir__log_t *inner; //  ... the real one
    unsigned appends;
    int append_error; //  of the next append; 0: none

    stage_message_t messages [STAGE_MESSAGES];
    unsigned message_count;
    uint64_t send_error_peer; //  the peer whose sends fail; UINT64_MAX: all
    int send_error;
    bool watch_fails;
    bool crowded;        //  frames arrive when room is short
    unsigned starves_at; //  TEST_NONE_FAILS: never
    unsigned famine;     //  later calls that have no memory at all
    bool starved;        //  calls that had none
    struct stage_watch {
        uint64_t session; //  0: none
        pid_t pid;
    } watches [STAGE_WATCHES];
    char notes [STAGE_NOTES][160];
    unsigned note_count;
} stage_t;

//  Makes an engine with an empty log, at second 1.
stage_t *stage_new (void);
void stage_destroy (stage_t **self_p);

//  Ends the engine and begins another one where the log ends. With NULL it
//  begins no other one.
weir__engine_t *stage_restart (stage_t *self);

//  Lets the engine make its entry.
void stage_commit (stage_t *self);

//  Reports that the process of a session is dead.
void stage_died (stage_t *self, uint64_t session);

//  Delivers a frame, as bytes or as a message that is split. The sender is
//  process `pid` of the owner's user; with 0 it is unknown.
void stage_bytes (stage_t *self, uint64_t peer, const void *data, size_t size);
void stage_send (stage_t *self, uint64_t peer, const weir__frame_t *message);
void stage_greet (stage_t *self, uint64_t peer, const weir__hello_t *hello,
                  const weir__credentials_t *who);

//  Sends HELLO of process 1000 + session, for any epoch, the first attempt.
void stage_hello (stage_t *self, uint64_t peer, uint64_t session,
                  uint32_t link);

//  Sends HELLO and takes the WELCOME.
void stage_enter (stage_t *self, uint64_t peer, uint64_t session,
                  uint32_t link);

//  Sends a frame without a body.
void stage_signal (stage_t *self, uint64_t peer, weir__frame_type_t type,
                   uint64_t number);

//  Sends a request.
typedef struct stage_ask {
    uint64_t peer;
    uint64_t number;
    uint64_t acked;
    uint64_t object;
    unsigned op;
    int timeout_ms;
    bool waits;       //  for ever
    const char *args; //  a list's items, in Python; NULL: none
} stage_ask_t;
void stage_ask (stage_t *self, const stage_ask_t *ask);
#define STAGE_ASK(stage, ...) stage_ask (stage, &(stage_ask_t){__VA_ARGS__})

//  Makes a dict, a lock or a queue by the peer's request 1, and takes the
//  reply.
uint64_t stage_dict (stage_t *self, uint64_t peer);
uint64_t stage_make (stage_t *self, uint64_t peer, uint64_t number, int kind);

//  Takes the oldest message to a peer: "WELCOME", "7: None", "7: ENOENT" or
//  "REFUSED EPROTO: why"; "" when no message is left. Valid until the next
//  call.
const char *stage_take (stage_t *self, uint64_t peer);

//  Returns the number of messages to a peer that were not taken. Forgets all
//  messages.
unsigned stage_waiting (const stage_t *self, uint64_t peer);
void stage_forget (stage_t *self);

//  Returns the process that is watched for a session, or 0.
pid_t stage_watched (const stage_t *self, uint64_t session);

#endif
