/*  endpoint.h - the ZeroMQ endpoints of owners, and routing ids of links

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_ENDPOINT_H_INCLUDED
#define WEIR__CARRIER_ENDPOINT_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "carrier/runtime.h"

enum { WEIR__ENDPOINT_SIZE = WEIR__PATH_SIZE + 16 };

//  Writes the endpoint of the owner whose folder is at `path`: ipc, or with
//  `local` inproc, for links in the process of the owner.
void weir__endpoint (const char *path, bool local,
                     char ret_endpoint [WEIR__ENDPOINT_SIZE]);

//  A routing id for a link in the process of its owner. It begins with a secret
//  that no other process can guess, by which the owner recognizes a local link:
//  ZeroMQ does not tell the peer of an inproc connection, nor that of an ipc
//  connection with an old ZMTP.
enum { WEIR__LOCAL_ID_BYTES = 13 };

//  Writes a new local routing id.
void weir__local_id (uint8_t ret_id [WEIR__LOCAL_ID_BYTES]);

#endif
