-- SPDX-License-Identifier: MIT
-- The log itself. `event` is what lists need and stays slim; `event_request` has the same key and holds the texts.
--
-- An id is one 64-bit number that sorts by time: milliseconds of "occurred at" (42 bits), then 22 bits taken from the
-- SHA-256 of the idempotency key (random without one). Newest first is the primary key backwards.

CREATE TABLE event (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  kind TINYINT UNSIGNED NOT NULL COMMENT '1 event (an API call), 2 trigger (a webhook)',
  id BIGINT UNSIGNED NOT NULL COMMENT 'occurred at in ms << 22 | 22 bits; shown as 16 hex digits',
  entity_type_id INT UNSIGNED NOT NULL COMMENT 'entity_type.id, or 0: has none',
  action_id INT UNSIGNED NOT NULL COMMENT 'action.id',
  user_id INT UNSIGNED NOT NULL COMMENT 'user.id, or 0: has none',
  entity_id INT UNSIGNED NOT NULL COMMENT 'entity.id, or 0: has neither id nor name',
  status SMALLINT UNSIGNED NOT NULL COMMENT 'HTTP status of the answer, or 0: not known',
  source TINYINT UNSIGNED NOT NULL COMMENT '1 ui, 2 cli, 3 integration, 4 webhook, or 0: not known',
  PRIMARY KEY (account_id, kind, id),
  KEY entity (account_id, kind, entity_id, id),
  CONSTRAINT event_kind CHECK (kind IN (1, 2)),
  CONSTRAINT event_source CHECK (source <= 4),
  CONSTRAINT event_status CHECK (status = 0 OR status BETWEEN 100 AND 599)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='one recorded call: what a list shows and filters';

CREATE TABLE event_request (
  account_id INT UNSIGNED NOT NULL COMMENT 'as in event',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  id BIGINT UNSIGNED NOT NULL COMMENT 'as in event',
  key_hash BINARY(16) NOT NULL COMMENT 'first 128 bits of the SHA-256 of the idempotency key (of "daybook:" and the id in hex without one)',
  idempotency_key VARBINARY(255) NULL COMMENT 'as sent; NULL: none was',
  received_ms BIGINT UNSIGNED NOT NULL COMMENT 'when Daybook stored it',
  method VARBINARY(32) NOT NULL COMMENT 'as sent; empty: not known',
  url BLOB NOT NULL COMMENT 'raw request target, as sent',
  params MEDIUMBLOB NOT NULL COMMENT 'parameters from the path: JSON text as it stood',
  query MEDIUMBLOB NOT NULL COMMENT 'query parameters: JSON text as it stood',
  headers MEDIUMBLOB NOT NULL COMMENT 'headers: JSON text as it stood, secrets replaced in place',
  body MEDIUMBLOB NOT NULL COMMENT 'the bytes as sent, cut at the configured size',
  body_bytes BIGINT UNSIGNED NOT NULL COMMENT 'length as sent; more than is stored when it was cut',
  body_sha256 BINARY(32) NOT NULL COMMENT 'SHA-256 of the stored bytes',
  response_time_ms INT UNSIGNED NULL COMMENT 'how long the answer took; NULL: not known',
  response_bytes BIGINT UNSIGNED NULL COMMENT 'length of the answer; NULL: not known',
  response_body_head BLOB NOT NULL COMMENT 'first bytes of the answer',
  request_id VARBINARY(255) NOT NULL COMMENT 'joins the events of one request',
  trace_id VARBINARY(255) NOT NULL COMMENT 'joins the events of one trace',
  client_address VARBINARY(255) NOT NULL COMMENT 'address of the peer',
  forwarded_for VARBINARY(4096) NOT NULL COMMENT 'chain of proxies, as sent',
  user_agent BLOB NOT NULL COMMENT 'as sent',
  trigger_provider VARBINARY(255) NOT NULL COMMENT 'of a webhook: github, gitlab, …',
  trigger_event VARBINARY(255) NOT NULL COMMENT 'of a webhook: push, …',
  trigger_delivery_id VARBINARY(255) NOT NULL COMMENT 'of a webhook: the provider''s id of this delivery',
  trigger_signature TINYINT UNSIGNED NOT NULL COMMENT '0 nothing said, 1 valid, 2 invalid, 3 unchecked',
  extra MEDIUMBLOB NOT NULL COMMENT 'anything else: JSON text as it stood',
  PRIMARY KEY (account_id, kind, id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='the texts of one recorded call';

CREATE TABLE recent_key (
  account_id INT UNSIGNED NOT NULL COMMENT 'as in event',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  key_hash BINARY(16) NOT NULL COMMENT 'as in event_request',
  id BIGINT UNSIGNED NOT NULL COMMENT 'the id that the first sender was given',
  noted_ms BIGINT UNSIGNED NOT NULL COMMENT 'rows older than 24 hours are removed',
  PRIMARY KEY (account_id, kind, key_hash),
  KEY noted (noted_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='keys whose sender gave no usable time: the id cannot be found from the key alone';
