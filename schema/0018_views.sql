-- SPDX-License-Identifier: MIT
-- Filters of lists that people have given a name, for themselves or for all members of an account.

CREATE TABLE saved_view (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number, in addresses',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  owner VARBINARY(255) NOT NULL COMMENT 'member.person, and gone with that row; empty: shared by all members',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'the tab: 1 events, 2 triggers',
  name VARBINARY(255) NOT NULL COMMENT 'as it was typed, at most 80 bytes; longer where an erasure has put marks in',
  query BLOB NOT NULL COMMENT 'the query string of the list, without the question mark; may be empty',
  is_default TINYINT UNSIGNED NULL COMMENT '1: the tab opens with it; NULL: not, so that the key below takes many',
  made_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was made',
  made_by VARBINARY(255) NOT NULL COMMENT 'who made it, as in member.person',
  PRIMARY KEY (id),
  UNIQUE KEY name (account_id, owner, kind, name),
  UNIQUE KEY one_default (account_id, owner, is_default, kind),
  CONSTRAINT saved_view_kind CHECK (kind IN (1, 2)),
  CONSTRAINT saved_view_default CHECK (is_default = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='named filters of lists';
