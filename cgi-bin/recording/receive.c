/* SPDX-License-Identifier: MIT */
/* The order of things: secret, signature, redaction, then the log or the record of refusals.  Never logs what was sent. */
#include "recording/receive.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"
#include "store/hook_store.h"

enum { ATTEMPTS_MAX = 5, PROVIDER_MAX = 64 };

static int find(struct db *db, struct arena *arena, struct str account, struct str name,
                struct hook *hook)
{
    return db_connect(db) < 0 ? -1 : hook_by_name(db, arena, account, name, hook);
}

int receive_find(struct recording *recording, struct arena *arena, struct str account,
                 struct str name, struct hook *hook)
{
    struct db *db = recording_db(recording);
    int found;

    if (name.len <= HOOK_KEY_DIGITS || name.len > HOOK_LABEL_MAX + 1 + HOOK_KEY_DIGITS)
        return 0;
    found = find(db, arena, account, name, hook);
    if (found < 0 && db_last_error(db) == DB_ERROR_GONE)
        found = find(db, arena, account, name, hook);
    return found;
}

/* ---- Refused ----------------------------------------------------------------------------------- */

static enum receive_end end_of(enum webhook_signature signature)
{
    switch (signature) {
    case WEBHOOK_UNSIGNED:
        return RECEIVE_UNSIGNED;
    case WEBHOOK_INVALID:
        return RECEIVE_BAD;
    case WEBHOOK_TOO_OLD:
        return RECEIVE_TOO_OLD;
    case WEBHOOK_VALID:
    case WEBHOOK_UNCHECKED:
        break;
    }
    return RECEIVE_RECORDED;
}

static enum hook_reason reason_of(enum receive_end end)
{
    return end == RECEIVE_UNSIGNED  ? HOOK_REASON_UNSIGNED
           : end == RECEIVE_TOO_OLD ? HOOK_REASON_TOO_OLD
                                    : HOOK_REASON_INVALID;
}

/* `event` has gone through intake_complete(): what a stranger has put into its names may be somebody's secret. */
static void note_refused(struct recording *recording, const struct hook *hook,
                         const struct event *event, struct str body, enum receive_end end)
{
    struct db *db = recording_db(recording);
    unsigned char sha256[DIGEST_BYTES];
    const struct hook_refusal refusal = {
        .at_ms = event->occurred_ms,
        .reason = reason_of(end),
        .client_address = event->client_address,
        .user_agent = utf8_cut(event->user_agent, HOOK_AGENT_MAX),
        .provider = utf8_cut(event->trigger_provider, PROVIDER_MAX),
        .event = event->trigger_event,
        .delivery_id = event->trigger_delivery_id,
        .body_bytes = body.len,
        .body_sha256 = {(const char *)sha256, sizeof(sha256)},
    };
    int result = -1;

    digest_sha256(body, sha256);
    for (int i = 0; i < ATTEMPTS_MAX && result < 0; i++) {
        result = hook_note_refused(db, hook->id, &refusal);
        if (result < 0 && db_last_error(db) != DB_ERROR_RETRY)
            return; /* logged: the webhook is refused all the same */
    }
}

/* ---- Recorded ---------------------------------------------------------------------------------- */

/* Runs in the transaction that records (store/recorder.h). */
static int count_received(struct db *db, size_t stored, void *context)
{
    const struct hook *hook = context;

    return stored ? hook_note_received(db, hook->id, stored, hook->last_received_ms) : 0;
}

/* Slack asks once whether an address is its owner's, and waits for its own words. */
static struct str challenge_of(const struct webhook *webhook, struct str body)
{
    struct json_value type, challenge;

    if (str_equal(webhook->provider, STR("slack")) && json_find(body, STR("type"), &type) &&
        str_equal(type.text, STR("\"url_verification\"")) &&
        json_find(body, STR("challenge"), &challenge) && challenge.type == JSON_STRING)
        return challenge.text;
    return (struct str){NULL, 0};
}

enum receive_end receive_webhook(struct recording *recording, struct arena *arena,
                                 struct hook *hook, const struct capture_received *received,
                                 struct receive_answer *answer)
{
    const struct recorder_also also = {count_received, hook};
    struct capture_webhook found;
    struct intake intake;
    struct event event;
    enum receive_end end;

    *answer = (struct receive_answer){0};
    if (recording_intake(recording, arena, hook->account_id, &intake) < 0)
        return RECEIVE_FAILED;
    if (!recording_hook_secret(recording, arena, hook))
        return RECEIVE_UNREADABLE;
    capture_receive(&intake, hook, received, &found, &event);
    if (!intake_complete(&intake, &event, &answer->complaint))
        return RECEIVE_UNFIT;
    end = end_of(found.signature);
    if (end != RECEIVE_RECORDED) {
        note_refused(recording, hook, &event, received->body, end);
        return end;
    }
    hook->last_received_ms = event.occurred_ms;
    if (recorder_store_also(recording_recorder(recording), hook->account_id, &event, 1, &also,
                            NULL) != 0)
        return RECEIVE_FAILED;
    answer->id = event.id;
    answer->challenge = challenge_of(&found.webhook, received->body);
    return end;
}
