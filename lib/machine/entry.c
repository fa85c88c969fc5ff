/*  entry.c - an entry of the log: a time and some records

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/entry.h"

void weir__entry_begin (weir__buffer_t *entry, uint64_t time_us)
{
    weir__buffer_clear (entry);
    weir__buffer_put_u64 (entry, time_us);
}

void weir__entry_add (weir__buffer_t *entry, const weir__record_t *record)
{
    weir__buffer_put_u32 (entry, (uint32_t) record->type);
    weir__buffer_put_u32 (entry, record->link);
    weir__buffer_put_u64 (entry, record->session);
    weir__buffer_put_u64 (entry, record->number);
    weir__buffer_put_block (entry, record->body.data, record->body.size);
}

void weir__entry_set_time (weir__buffer_t *entry, uint64_t time_us)
{
    weir__buffer_set_u32 (entry, 0, (uint32_t) time_us);
    weir__buffer_set_u32 (entry, 4, (uint32_t) (time_us >> 32));
}

uint64_t weir__entry_time (weir__reader_t *reader)
{
    return weir__reader_u64 (reader);
}

bool weir__entry_next (weir__reader_t *reader, weir__record_t *ret_record)
{
    if (reader->failed || reader->size == 0)
        return false;
    uint32_t type = weir__reader_u32 (reader);
    ret_record->type = (weir__record_type_t) type;
    ret_record->link = weir__reader_u32 (reader);
    ret_record->session = weir__reader_u64 (reader);
    ret_record->number = weir__reader_u64 (reader);
    ret_record->body.data = weir__reader_block (reader, &ret_record->body.size);
    if (type < WEIR__RECORD_OPEN || type > WEIR__RECORD_EXPIRE)
        reader->failed = true;
    return !reader->failed;
}
