/*  memory.h - a log in memory: a ring of the latest entries

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__LOG_MEMORY_H_INCLUDED
#define WEIR__LOG_MEMORY_H_INCLUDED

#include "log/log.h"

//  Makes a log of the latest entries: at most `count` entries, with at most
//  `size_bytes` in total. The log ends with its process, so append never fails;
//  an entry for which the log has no memory can only not be read. Returns NULL
//  when out of memory.
weir__log_t *weir__log_memory (size_t count, size_t size_bytes);

#endif
