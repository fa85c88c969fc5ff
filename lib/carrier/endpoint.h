/*  endpoint.h - what ZeroMQ calls the place where an owner listens

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_ENDPOINT_H_INCLUDED
#define WEIR__CARRIER_ENDPOINT_H_INCLUDED

#include <stdbool.h>

#include "carrier/runtime.h"

enum { WEIR__ENDPOINT_SIZE = WEIR__PATH_SIZE + 16 };

//  The endpoint of the owner whose folder is at `path`: ipc, or (local) inproc
//  for links of the owner's own process.
void weir__endpoint (const char *path, bool local,
                     char ret_endpoint [WEIR__ENDPOINT_SIZE]);

#endif
