/*  limits.h - the limits that both sides of the wire keep

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_LIMITS_H_INCLUDED
#define WEIR__CODEC_LIMITS_H_INCLUDED

enum {
    WEIR__DEPTH_MAX = 32,           //  nesting of lists and maps
    WEIR__CHUNK_BYTES = 1 << 20,    //  body of one frame
    WEIR__MESSAGE_BYTES = 64 << 20, //  body of one request or reply
    WEIR__WINDOW = 64,              //  open requests of a link
    WEIR__NAME_BYTES = 255,         //  an object's name
    WEIR__ARGS = 8,                 //  arguments of one request
    WEIR__STEPS = 1024,             //  steps of one transaction
    WEIR__POLLED = 4096,            //  objects of one poll
    WEIR__SESSIONS = 4096           //  sessions of an owner
};

#endif
