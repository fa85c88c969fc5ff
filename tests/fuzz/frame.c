/*  frame.c - arbitrary frames and bodies for the readers of both sides

    For libFuzzer; tests/fuzz/fuzz.sh builds and runs it. The input is cut into
    frames: a size (u16) and that number of bytes.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdint.h>

#include "client/protocol.h"
#include "codec/frame.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void read_bodies (const weir__frame_t *frame)
{
    weir__request_body_t request;
    weir__hello_t hello;
    weir__welcome_t welcome;
    weir__request_body_read (frame->body, frame->size, &request);
    weir__hello_read (frame, &hello);
    weir__welcome_read (frame, &welcome);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    static weir__protocol_t protocol;
    weir__protocol_init (&protocol, &(weir__hello_t){.session = 1});
    weir__joiner_t joiner = {0};
    weir__reader_t reader = weir__reader (data, size);
    while (reader.size > 2) {
        weir__bytes_t bytes;
        bytes.size = weir__reader_u16 (&reader);
        if (bytes.size > reader.size)
            bytes.size = reader.size;
        bytes.data = weir__reader_take (&reader, bytes.size);
        weir__frame_t frame;
        weir__news_t news;
        const char *cause;
        if (!weir__frame_read (bytes.data, bytes.size, &frame) &&
            weir__joiner_take (&joiner, &frame, &cause) == 1)
            read_bodies (&frame);
        weir__protocol_frame (&protocol, bytes, &news);
    }
    weir__joiner_free (&joiner);
    weir__protocol_free (&protocol);
    return 0;
}
