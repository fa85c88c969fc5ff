/*  memory.h - a log in memory: a ring of the last entries

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__LOG_MEMORY_H_INCLUDED
#define WEIR__LOG_MEMORY_H_INCLUDED

#include "log/log.h"

//  A log in memory: a ring of the last entries, at most `count` of them and at
//  most `size_bytes` in all. It dies with its process, so appending never
//  fails; an entry for which there is no memory is only not readable. NULL:
//  no memory.
weir__log_t *weir__log_memory (size_t count, size_t size_bytes);

#endif
