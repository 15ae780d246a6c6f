/* SPDX-License-Identifier: MIT */
/* daybook maintain: what is due: small steps, so that recorders do not wait. */
#include <stdio.h>

#include "base/clock.h"
#include "recording/held.h"
#include "tools/accounts.h"
#include "tools/command.h"

static const struct str delete_recent =
    STR("DELETE FROM recent_key WHERE noted_ms < ? ORDER BY noted_ms LIMIT 5000");

/* Keys that are kept for a day only. */
static int remove_keys(const struct config *config)
{
    uint64_t before = (uint64_t)(clock_now_ms() - RECORDER_RECENT_MS);
    uint64_t removed = 0, step = 0;
    struct db *db = accounts_open(config, CONFIG_MAINTAINER);
    int result = 0;

    if (!db)
        return -1;
    do {
        result = db_run(db, delete_recent, DB_VALUES(DB_NUMBER(before)), &step);
        removed += result == 0 ? step : 0;
    } while (result == 0 && step > 0);
    db_free(db);
    printf("%llu keys older than a day removed\n", (unsigned long long)removed);
    return result;
}

/* Calls whose last stage has not come. */
static int record_held(const struct config *config)
{
    struct recording *recording = recording_open(config);
    uint64_t released = 0;
    int result = -1;

    if (!recording)
        return -1;
    if (db_connect(recording_db(recording)) < 0)
        fputs("daybook: the database does not answer (the log above says why).\n", stderr);
    else
        result = held_release_all(recording, &released);
    recording_close(recording);
    printf("%llu held calls recorded\n", (unsigned long long)released);
    return result;
}

int maintain_run(const struct config *config, int argc, char **argv)
{
    int keys, held;

    (void)argv;
    if (argc != 1)
        return COMMAND_USAGE;
    keys = remove_keys(config);
    held = keys == 0 ? record_held(config) : -1;
    return held == 0 ? 0 : 1;
}
