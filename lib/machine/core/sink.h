/*  sink.h - where the replies of the machine go

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_SINK_H_INCLUDED
#define WEIR__MACHINE_CORE_SINK_H_INCLUDED

#include <stdint.h>

#include "base/bytes.h"

typedef struct weir__machine weir__machine_t;

//  Where a reply goes.
typedef struct weir__origin {
    uint64_t session;
    uint32_t link;
} weir__origin_t;

//  Who takes the replies, as they arise. The body is borrowed for the call,
//  in which the machine must not be touched.
typedef struct weir__sink {
    void (*reply) (void *context, weir__origin_t to, uint64_t number,
                   weir__bytes_t body);
    void *context;
} weir__sink_t;

#endif
