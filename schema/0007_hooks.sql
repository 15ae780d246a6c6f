-- SPDX-License-Identifier: MIT
-- Where webhooks arrive: at an address here (/hooks/{account}/{name}), or at a path of an API whose calls are captured.
-- `daybook hook` writes `hook`; the recorder counts.

CREATE TABLE hook (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  label VARBINARY(64) NOT NULL COMMENT 'name of the hook for people, unique in the account',
  name_hash BINARY(32) NULL COMMENT 'SHA-256 of the last segment of its address, which only the sender knows; NULL: calls are captured',
  path VARBINARY(1024) NOT NULL COMMENT 'template of the captured calls that are webhooks: /webhooks/{provider}; empty: received here',
  provider VARBINARY(64) NOT NULL COMMENT 'who sends; empty: recognised by the headers',
  trigger_id VARBINARY(1024) NOT NULL COMMENT 'what its webhooks start: entity id of type trigger; empty: nothing in particular, type provider',
  secret VARBINARY(2048) NOT NULL COMMENT 'secret of the signatures, encrypted with a key made from redaction_key_file; empty: none is checked',
  created_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was added',
  PRIMARY KEY (id),
  UNIQUE KEY label (account_id, label),
  UNIQUE KEY name_hash (name_hash)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='a place where webhooks arrive';

CREATE TABLE hook_version (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  version BIGINT UNSIGNED NOT NULL COMMENT 'one more with every change of the hooks of the account; no row: 0',
  PRIMARY KEY (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='tells those who keep hooks in memory that they have changed';

CREATE TABLE hook_state (
  hook_id INT UNSIGNED NOT NULL COMMENT 'hook.id',
  received BIGINT UNSIGNED NOT NULL COMMENT 'webhooks that were recorded',
  last_received_ms BIGINT UNSIGNED NOT NULL COMMENT 'when the last of them was; 0: none yet',
  refused BIGINT UNSIGNED NOT NULL COMMENT 'webhooks that were not: see hook_refusal',
  last_refused_ms BIGINT UNSIGNED NOT NULL COMMENT 'when the last of them was; 0: none yet',
  PRIMARY KEY (hook_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='what became of the webhooks of a hook';

CREATE TABLE hook_refusal (
  hook_id INT UNSIGNED NOT NULL COMMENT 'hook.id',
  slot TINYINT UNSIGNED NOT NULL COMMENT 'number of the refusal modulo 32: the newest ones are kept',
  at_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was refused',
  reason TINYINT UNSIGNED NOT NULL COMMENT '1 no signature, 2 signature does not fit, 3 signed too long ago',
  client_address VARBINARY(255) NOT NULL COMMENT 'address of the peer',
  user_agent VARBINARY(255) NOT NULL COMMENT 'as sent, cut',
  provider VARBINARY(64) NOT NULL COMMENT 'as the headers say',
  event VARBINARY(255) NOT NULL COMMENT 'as the headers say, cut',
  delivery_id VARBINARY(255) NOT NULL COMMENT 'as the headers say, cut',
  body_bytes BIGINT UNSIGNED NOT NULL COMMENT 'length of the body',
  body_sha256 BINARY(32) NOT NULL COMMENT 'SHA-256 of the body, which is not kept',
  PRIMARY KEY (hook_id, slot)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='the last webhooks that were refused: enough to find out why, no more';
