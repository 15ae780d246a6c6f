/* SPDX-License-Identifier: MIT */
/* daybook maintain: removes what is kept for a day only.  Small steps, so that recorders do not wait. */
#include <stdio.h>

#include "base/clock.h"
#include "store/recorder.h"
#include "tools/accounts.h"
#include "tools/command.h"

static const struct str delete_recent =
    STR("DELETE FROM recent_key WHERE noted_ms < ? ORDER BY noted_ms LIMIT 5000");

int maintain_run(const struct config *config, int argc, char **argv)
{
    uint64_t before = (uint64_t)(clock_now_ms() - RECORDER_RECENT_MS);
    uint64_t removed = 0, step = 0;
    struct db *db;
    int result;

    (void)argv;
    if (argc != 1)
        return COMMAND_USAGE;
    db = accounts_open(config, CONFIG_MAINTAINER);
    if (!db)
        return 1;
    do {
        result = db_run(db, delete_recent, DB_VALUES(DB_NUMBER(before)), &step);
        removed += result == 0 ? step : 0;
    } while (result == 0 && step > 0);
    db_free(db);
    printf("%llu keys older than a day removed\n", (unsigned long long)removed);
    return result == 0 ? 0 : 1;
}
