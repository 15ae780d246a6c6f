-- SPDX-License-Identifier: MIT
-- Blocks of entities hold each name as it was written, beside the one that is searched. Those made before are cleared, and the entities
-- count as not indexed: every answer comes from `entity` until `daybook maintain` has made the blocks anew.

DELETE FROM log WHERE kind = 0;
UPDATE entity_block SET entities = 0, checksum = 0, block = '';
