/*  entry.h - what the log holds: records, under one moment of time

    An entry is the owner's time in microseconds (u64), then its records:

        u8 type, u8 0, u16 0, u32 link, u64 session, u64 number, u32 size,
        and as many bytes of body

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_ENTRY_H_INCLUDED
#define WEIR__MACHINE_ENTRY_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"

typedef enum weir__record_type {
    WEIR__RECORD_OPEN = 1, //  a link of a session, which begins with it;
                           //  number: its process
    WEIR__RECORD_REQUEST,  //  body: as in the frame REQUEST
    WEIR__RECORD_CANCEL,   //  the wait of request `number` ends
    WEIR__RECORD_CLOSE,    //  the link ends
    WEIR__RECORD_EXPIRE    //  the session ends; link is 0; number: 1 when it
                           //  said so, 0 when it died or was thrown out
} weir__record_type_t;

typedef struct weir__record {
    weir__record_type_t type;
    uint32_t link;
    uint64_t session;
    uint64_t number;
    weir__bytes_t body;
} weir__record_t;

enum { WEIR__RECORD_HEAD_BYTES = 28 };

void weir__entry_begin (weir__buffer_t *entry, uint64_t time_us);
void weir__entry_add (weir__buffer_t *entry, const weir__record_t *record);

//  Sets the time of an entry that was begun.
void weir__entry_set_time (weir__buffer_t *entry, uint64_t time_us);

//  Reads the time, then record by record. weir__entry_next returns false at
//  the end, and when the entry is malformed: reader->failed tells.
uint64_t weir__entry_time (weir__reader_t *reader);
bool weir__entry_next (weir__reader_t *reader, weir__record_t *ret_record);

#endif
