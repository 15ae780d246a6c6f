-- SPDX-License-Identifier: MIT
-- Calls of which an early stage was reported, while a later one is still to come: they are recorded when it comes, or when it
-- has not come for a while. Not part of the log: the recorder may delete here.

CREATE TABLE held_event (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  key_hash BINARY(16) NOT NULL COMMENT 'first 128 bits of the SHA-256 of the idempotency key',
  stage TINYINT UNSIGNED NOT NULL COMMENT 'a greater one takes the place of a smaller',
  held_ms BIGINT UNSIGNED NOT NULL COMMENT 'since when it is held',
  body_bytes BIGINT UNSIGNED NOT NULL COMMENT 'length of its body as sent',
  event MEDIUMBLOB NOT NULL COMMENT 'as NDJSON, secrets replaced',
  PRIMARY KEY (account_id, key_hash),
  KEY held (account_id, held_ms)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='early stages of calls, until a later one comes';
