/* SPDX-License-Identifier: MIT */
/* Messages to Retraced's publisher, each taken for one event and for many. */
#include "intake/retraced.h"
#include "message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const struct intake intake = {
        .arena = arena, .body_max_bytes = MESSAGE_BODY_MAX, .body_head_max_bytes = 16};
    struct message message;

    message_make(arena, (struct str){(const char *)data, size}, &message);
    message_try(&intake, &message.sent, retraced_read_event, retraced_answer_event,
                retraced_refuse);
    message_try(&intake, &message.sent, retraced_read_bulk, retraced_answer_bulk, retraced_refuse);
    arena_free(arena);
    return 0;
}
