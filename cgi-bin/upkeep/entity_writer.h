/* SPDX-License-Identifier: MIT */
/*
 * Writing the blocks of an account's entities, which are to table entity what segments are to event: steps as in
 * upkeep/segment_writer.h, with the lock held.  Each entity is in a block or in entity_recent; one that two recorders have made at once may for a
 * while be in both.
 */
#ifndef DAYBOOK_UPKEEP_ENTITY_WRITER_H
#define DAYBOOK_UPKEEP_ENTITY_WRITER_H

#include "upkeep/segment_verify.h"
#include "upkeep/segment_writer.h"

/* work->events counts entities here. */
enum segment_step entity_merge_step(struct db *db, const struct config *config, uint32_t account_id,
                                    struct segment_work *work);
enum segment_step entity_rebuild_step(struct db *db, const struct config *config,
                                      uint32_t account_id, struct segment_work *work);

/* As segment_verify(), for ids of entities and numbers of blocks. */
int entity_verify(struct db *db, const struct config *config, uint32_t account_id,
                  const struct segment_verify *verify, struct segment_verdict *verdict);

#endif
