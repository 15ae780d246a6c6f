-- SPDX-License-Identifier: MIT
-- What makes totals, numbered pages, menus and search quick: an index over `event` that can be rebuilt from it at any time.
--
-- The log of an account and kind is cut into segments, contiguous runs of events in order of their ids. What has been recorded since
-- the last merge stands in `event_recent` beside them, whether it is new or late: the recorder writes there, in the transaction that
-- stores the event, and never touches a segment. `daybook maintain` merges such rows into the segments that they belong to and deletes
-- exactly these rows, in one transaction. So each event of a log that has a row in `log` is in one segment or in event_recent, never in
-- both. Without that row there is no index yet, and every answer comes from `event`.
--
-- The names of entities, for search in them, are kept in the same way: `entity_block` and `entity_recent`, with kind 0 in `log`.

CREATE TABLE provider (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number used in event',
  name VARBINARY(255) NOT NULL COMMENT 'such as github',
  PRIMARY KEY (id),
  UNIQUE KEY name (name)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='who sends webhooks, of the whole installation';

-- Without a default: a program of an older version that still runs cannot store an event that no index would know of.
ALTER TABLE event
  ADD COLUMN provider_id INT UNSIGNED NOT NULL COMMENT 'of a trigger: provider.id, or 0: has none',
  ADD COLUMN signature TINYINT UNSIGNED NOT NULL COMMENT 'of a trigger, as event_request.trigger_signature';

INSERT INTO provider (name)
  SELECT DISTINCT r.trigger_provider
  FROM account a JOIN event_request r ON r.account_id = a.id AND r.kind = 2
  WHERE r.trigger_provider <> '';
UPDATE account a
  JOIN event e ON e.account_id = a.id AND e.kind = 2
  JOIN event_request r ON r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id
  LEFT JOIN provider p ON p.name = r.trigger_provider
  SET e.provider_id = COALESCE(p.id, 0), e.signature = r.trigger_signature;

-- By these rows of event_link triggers were found by provider and signature before.
DELETE l FROM account a
  JOIN (
    SELECT CAST(CONV(LEFT(SHA2(CONCAT(t.word, CHAR(0), t.value, CHAR(0)), 256), 16), 16, 10) AS UNSIGNED) AS hash
    FROM (
      SELECT CAST('provider' AS BINARY) AS word, name AS value FROM provider
      UNION ALL SELECT 'provider', ''
      UNION ALL SELECT 'signature', ''
      UNION ALL SELECT 'signature', 'valid'
      UNION ALL SELECT 'signature', 'invalid'
      UNION ALL SELECT 'signature', 'unchecked'
    ) t
  ) h
  JOIN event_link l ON l.account_id = a.id AND l.hour = 0 AND l.value_hash = h.hash AND l.kind = 2;

-- What occurs in an account is now asked of the index.
DROP TABLE occurrence;

CREATE TABLE event_recent (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  id BIGINT UNSIGNED NOT NULL COMMENT 'as in event',
  entity_type_id INT UNSIGNED NOT NULL COMMENT 'as in event',
  action_id INT UNSIGNED NOT NULL COMMENT 'as in event',
  user_id INT UNSIGNED NOT NULL COMMENT 'as in event',
  entity_id INT UNSIGNED NOT NULL COMMENT 'as in event',
  status SMALLINT UNSIGNED NOT NULL COMMENT 'as in event',
  source TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  provider_id INT UNSIGNED NOT NULL COMMENT 'as in event',
  signature TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  PRIMARY KEY (account_id, kind, id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='events that no segment holds yet';

CREATE TABLE entity_recent (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  entity_id INT UNSIGNED NOT NULL COMMENT 'entity.id',
  PRIMARY KEY (account_id, entity_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='entities that no block holds yet';

CREATE TABLE log (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event; 0: the entities of the account',
  generation BIGINT UNSIGNED NOT NULL COMMENT 'raised by each transaction that changes a segment or block of it; never goes back, also when the index is made anew',
  changed_ms BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'when that was last',
  PRIMARY KEY (account_id, kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='which logs are indexed';

CREATE TABLE segment (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  segment_id INT UNSIGNED NOT NULL COMMENT 'number in this log; says nothing about the order',
  generation BIGINT UNSIGNED NOT NULL COMMENT 'of the log, when this row was written',
  events INT UNSIGNED NOT NULL COMMENT 'how many it holds; 0: it is no more',
  first_id BIGINT UNSIGNED NOT NULL COMMENT 'the smallest id in it',
  last_id BIGINT UNSIGNED NOT NULL COMMENT 'the greatest; segments do not overlap',
  checksum BIGINT UNSIGNED NOT NULL COMMENT 'first 64 bits of the SHA-256 of the block before compression; names its file in the cache',
  text_check BIGINT UNSIGNED NOT NULL COMMENT 'names the file that says which texts may hold what; 0: there is none, texts are read',
  block MEDIUMBLOB NOT NULL COMMENT 'ids and filter columns, compressed: index/segment.h',
  PRIMARY KEY (account_id, kind, segment_id),
  KEY generation (account_id, kind, generation)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='a run of events with their filter columns';

CREATE TABLE entity_block (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  block_id INT UNSIGNED NOT NULL COMMENT 'number in this account',
  generation BIGINT UNSIGNED NOT NULL COMMENT 'of the log of kind 0, when this row was written',
  entities INT UNSIGNED NOT NULL COMMENT 'how many it holds; 0: it is no more',
  checksum BIGINT UNSIGNED NOT NULL COMMENT 'as in segment',
  block MEDIUMBLOB NOT NULL COMMENT 'ids and names, compressed: index/entity_block.h',
  PRIMARY KEY (account_id, block_id),
  KEY generation (account_id, generation)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='a run of entities with their names, for search';
