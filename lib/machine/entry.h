/*  entry.h - an entry of the log: a time and some records

    An entry contains the owner's time in microseconds (u64), then its records:

        u8 type, u8 0, u16 0, u32 link, u64 session, u64 number, u32 size,
        then `size` bytes of body

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_ENTRY_H_INCLUDED
#define WEIR__MACHINE_ENTRY_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"

typedef enum weir__record_type {
    WEIR__RECORD_OPEN = 1,    //  a link opens, and its session if it is new;
                              //  number: the process of the session
    WEIR__RECORD_REQUEST = 2, //  body: as in the frame REQUEST
    WEIR__RECORD_CANCEL = 3,  //  the wait of request `number` ends
    WEIR__RECORD_CLOSE = 4,   //  the link ends
    WEIR__RECORD_EXPIRE = 5 //  the session ends; link is 0; number: 1 when the
                            //  client closed it, 0 when the client died or the
                            //  session was dropped
} weir__record_type_t;

typedef struct weir__record {
    weir__record_type_t type;
    uint32_t link;
    uint64_t session;
    uint64_t number;
    weir__bytes_t body;
} weir__record_t;

enum { WEIR__RECORD_HEAD_BYTES = 28 };

//  Clears the buffer and begins an entry in it.
void weir__entry_begin (weir__buffer_t *entry, uint64_t time_us);

//  Appends a record.
void weir__entry_add (weir__buffer_t *entry, const weir__record_t *record);

//  Changes the time of an entry.
void weir__entry_set_time (weir__buffer_t *entry, uint64_t time_us);

//  Reads the time of an entry.
uint64_t weir__entry_time (weir__reader_t *reader);

//  Reads the next record. Returns false at the end, and when the entry is
//  malformed; then reader->failed is true.
bool weir__entry_next (weir__reader_t *reader, weir__record_t *ret_record);

#endif
