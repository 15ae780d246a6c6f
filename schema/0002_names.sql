-- SPDX-License-Identifier: MIT
-- Dictionaries: an event holds numbers, the names stand here once. Names are bytes, so `Deploy`,
-- `deploy` and `deploy ` are three. A row is never changed: names are kept as they were at the time.
-- Number 0 is no row: it stands for "has none".

CREATE TABLE entity_type (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number used in event',
  name VARBINARY(1024) NOT NULL COMMENT 'such as pipeline',
  PRIMARY KEY (id),
  UNIQUE KEY name (name)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='kinds of things, of the whole installation';

CREATE TABLE action (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number used in event',
  name VARBINARY(1024) NOT NULL COMMENT 'such as updatePipeline',
  PRIMARY KEY (id),
  UNIQUE KEY name (name)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='what can happen, of the whole installation';

CREATE TABLE user (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number used in event',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  name VARBINARY(1024) NOT NULL COMMENT 'who did it, as named at that time',
  PRIMARY KEY (id),
  UNIQUE KEY name (account_id, name)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='who did something in an account; not who may open the log';

CREATE TABLE entity (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number used in event',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  entity_type_id INT UNSIGNED NOT NULL COMMENT 'entity_type.id, or 0',
  external_id VARBINARY(1024) NOT NULL COMMENT 'its id in the API; empty: has none',
  name VARBINARY(1024) NOT NULL COMMENT 'its name then; empty: has none. A renamed thing is another row',
  name_folded VARBINARY(1024) NOT NULL COMMENT 'name with A-Z made a-z, for search',
  PRIMARY KEY (id),
  UNIQUE KEY entity (account_id, entity_type_id, external_id, name),
  KEY external_id (account_id, external_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='what was affected, as named at that time';

CREATE TABLE occurrence (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  kind TINYINT UNSIGNED NOT NULL COMMENT '1 event, 2 trigger',
  dimension TINYINT UNSIGNED NOT NULL COMMENT '1 entity type, 2 action, 3 user, 4 status, 5 source',
  value_id INT UNSIGNED NOT NULL COMMENT 'the number in the dictionary, or the status or source itself; 0: has none',
  PRIMARY KEY (account_id, kind, dimension, value_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='which values have occurred in an account: what the filter menus offer';
