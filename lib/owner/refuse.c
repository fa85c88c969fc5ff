/*  refuse.c - refuses peers, and writes notes for the operator

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/refuse.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "codec/pack.h"
#include "codec/status.h"

void weir__engine_note (weir__engine_t *self, weir__note_t sort,
                        uint64_t now_us, const char *format, ...)
{
    char text [512];
    unsigned *count = &self->note_count [sort];
    if (now_us / 1000000 != self->note_second [sort]) {
        if (*count > NOTES_PER_SECOND) {
            snprintf (text, sizeof text, "and %u more",
                      *count - NOTES_PER_SECOND);
            self->io.note (self->io.context, text);
        }
        self->note_second [sort] = now_us / 1000000;
        *count = 0;
    }
    if ((*count)++ >= NOTES_PER_SECOND)
        return;
    va_list args;
    va_start (args, format);
    vsnprintf (text, sizeof text, format, args);
    va_end (args);
    self->io.note (self->io.context, text);
}

void weir__engine_refuse (weir__engine_t *self, uint64_t peer, int error,
                          const char *sentence)
{
    weir__buffer_clear (&self->control);
    weir__buffer_put_u16 (&self->control, weir__status_of (error));
    weir__buffer_put_u16 (&self->control, 0);
    int rc = weir__pack (&self->control, weir_value_string (sentence));
    assert (rc == 0 && self->control.size <= CONTROL_RESERVE);
    (void) rc;
    weir__frame_t message = {
        .type = WEIR__REFUSED,
        .body = self->control.data,
        .size = self->control.size,
    };
    self->io.send (self->io.context, peer, &message);
}

void weir__engine_forget (weir__engine_t *self, weir__peer_t *peer)
{
    self->joining_bytes -= peer->joiner.body.capacity;
    weir__peer_remove (&self->peers, peer);
}

void weir__engine_deafen (weir__engine_t *self, weir__peer_t *peer,
                          const char *cause)
{
    peer->deaf = cause;
    self->deaf = true;
}
