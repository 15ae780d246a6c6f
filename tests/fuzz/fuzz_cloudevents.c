/* SPDX-License-Identifier: MIT */
/* Messages of CloudEvents in every mode, and the question before them. */
#include "intake/cloudevents.h"
#include "intake/handshake.h"
#include "message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const struct intake intake = {
        .arena = arena, .body_max_bytes = MESSAGE_BODY_MAX, .body_head_max_bytes = 16};
    struct message message;
    struct sender_answer answer;

    message_make(arena, (struct str){(const char *)data, size}, &message);
    message_try(&intake, &message.sent, cloudevents_read, cloudevents_answer, sender_refuse_json);
    answer = handshake_answer(arena, &message.sent, 60);
    message_check_answer(&answer);
    arena_free(arena);
    return 0;
}
