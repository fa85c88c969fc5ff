/*  machine.h - a machine that a test talks to in Python literals

        kit_t *kit = kit_new ();
        uint64_t dict = kit_create (kit, A, WEIR__DICT, "'d'");
        ck_assert_str_eq (kit_ask (kit, A, dict, WEIR__DICT_SET, "'k', 1"),
                          "None");
        kit_destroy (&kit);

    A failed request gives the name of its errno.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_MACHINE_H_INCLUDED
#define WEIR_TESTS_KIT_MACHINE_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "codec/ops.h"
#include "machine/machine.h"
#include "machine/entry.h"

//  Two threads of one process, and one thread of another.
#define A ((weir__origin_t){1, 1})
#define A2 ((weir__origin_t){1, 2})
#define B ((weir__origin_t){2, 1})

enum { KIT_REPLIES = 512, KIT_LINKS = 8, KIT_NUMBERS = 4096 };

//  The requests and replies of a link.
typedef struct kit_link {
    weir__origin_t who;
    uint64_t last;
    bool replied [KIT_NUMBERS];
} kit_link_t;

typedef struct kit_reply {
    weir__origin_t to;
    uint64_t number;
    char *text;     //  the value, or the name of the errno
    char *sentence; //  of a failure; else NULL
} kit_reply_t;

typedef struct kit {
    weir__machine_t *machine;
    uint64_t time_us;
    int timeout_ms;  //  of the requests that follow; -1 at first
    uint64_t number; //  of the next request; 0: one more than the last
    bool acks;       //  whether requests acknowledge all received replies;
    uint64_t acked;  //  true at first. Else they acknowledge this
    weir__buffer_t entry;
    kit_link_t links [KIT_LINKS];
    kit_reply_t replies [KIT_REPLIES]; //  since kit_forget, oldest first
    unsigned reply_count;
} kit_t;

//  Makes a machine. A, A2 and B are open.
kit_t *kit_new (void);
void kit_destroy (kit_t **self_p);

//  Begins an entry in kit->entry, to which kit_add and weir__entry_add add.
void kit_begin (kit_t *self);

//  Applies the entry that was begun.
void kit_commit (kit_t *self);

//  Applies an entry of one record without a body.
void kit_record (kit_t *self, weir__record_type_t type, weir__origin_t who,
                 uint64_t number);

//  Adds a request to the entry. Returns its number. args: a list's items.
uint64_t kit_add (kit_t *self, weir__origin_t who, uint64_t object, unsigned op,
                  const char *args);

//  Applies an entry with one request. Returns the text of its reply, "" when it
//  has none yet. Borrowed until kit_forget.
const char *kit_ask (kit_t *self, weir__origin_t who, uint64_t object,
                     unsigned op, const char *args);

//  Reads without an entry. Returns the text of the reply.
const char *kit_read (kit_t *self, uint64_t object, unsigned op,
                      const char *args);

//  Creates an object; args: its name or None, and more. Returns its id.
uint64_t kit_create (kit_t *self, weir__origin_t who, int kind,
                     const char *args);

//  A request, and the expected reply.
typedef struct kit_line {
    unsigned op;
    const char *args;
    const char *expected;
} kit_line_t;

//  Sends requests of A to the object, line by line.
void kit_play (kit_t *self, uint64_t object, const kit_line_t *lines,
               size_t count);

#define KIT_PLAY(kit, object, lines) \
    kit_play (kit, object, lines, sizeof (lines) / sizeof *(lines))

//  Returns the text of the last reply to a request, or "".
const char *kit_reply (const kit_t *self, weir__origin_t who, uint64_t number);

//  Returns the sentence of the last reply, "" when it did not fail.
const char *kit_sentence (const kit_t *self);

//  Returns the number of the last request of that link.
uint64_t kit_last (kit_t *self, weir__origin_t who);

//  Lets time pass and the deadlines fire.
void kit_wait (kit_t *self, unsigned ms);

//  Forgets all replies.
void kit_forget (kit_t *self);

//  The result of an entry. For tests in which allocations fail: nothing here
//  allocates, as an assertion would.
typedef struct kit_statuses {
    int rc;
    size_t count;    //  of replies
    int errors [16]; //  of these replies
} kit_statuses_t;

kit_statuses_t kit_apply (weir__machine_t *machine, weir__bytes_t entry);

//  Replaces the machine by one restored from its snapshot. Both must have the
//  same hash.
void kit_restore (kit_t *self);

#endif
