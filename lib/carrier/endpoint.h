/*  endpoint.h - what ZeroMQ calls an owner's place, and its links

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_ENDPOINT_H_INCLUDED
#define WEIR__CARRIER_ENDPOINT_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "carrier/runtime.h"

enum { WEIR__ENDPOINT_SIZE = WEIR__PATH_SIZE + 16 };

//  The endpoint of the owner whose folder is at `path`: ipc, or (local) inproc
//  for links of the owner's own process.
void weir__endpoint (const char *path, bool local,
                     char ret_endpoint [WEIR__ENDPOINT_SIZE]);

//  A fresh routing id for a link to an owner of this process: it begins with
//  what no other process can guess. By it the owner knows where it comes from:
//  of an inproc connection ZeroMQ says nothing, and neither does it of an ipc
//  connection that speaks an old ZMTP.
enum { WEIR__LOCAL_ID_BYTES = 13 };
void weir__local_id (uint8_t ret_id [WEIR__LOCAL_ID_BYTES]);

#endif
