/*  sink.h - the receiver of the machine's replies

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_SINK_H_INCLUDED
#define WEIR__MACHINE_CORE_SINK_H_INCLUDED

#include <stdint.h>

#include "base/bytes.h"

typedef struct weir__machine weir__machine_t;

//  The link that a reply goes to.
typedef struct weir__origin {
    uint64_t session;
    uint32_t link;
} weir__origin_t;

//  Receives each reply when the machine makes it. The body is borrowed for the
//  call. The callback must not use the machine.
typedef struct weir__sink {
    void (*reply) (void *context, weir__origin_t to, uint64_t number,
                   weir__bytes_t body);
    void *context;
} weir__sink_t;

#endif
