-- SPDX-License-Identifier: MIT
-- How long a log is kept, and what was removed because of it.

CREATE TABLE plan (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'account.plan_id refers to it',
  name VARBINARY(63) NOT NULL COMMENT 'what people call it',
  days INT UNSIGNED NOT NULL COMMENT 'whole days, UTC, that are kept before the present one',
  created_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was made',
  PRIMARY KEY (id),
  UNIQUE KEY name (name),
  CONSTRAINT plan_days CHECK (days BETWEEN 1 AND 36500)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='a period of retention';

ALTER TABLE account
  ADD COLUMN plan_id INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'plan.id, or 0: everything is kept',
  ADD COLUMN is_held TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT '1: under legal hold, nothing is removed';

CREATE TABLE purge_record (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  before_ms BIGINT UNSIGNED NOT NULL COMMENT 'what occurred before this was removed',
  cause TINYINT UNSIGNED NOT NULL COMMENT '1 the plan, 2 an administrator''s command',
  started_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it first began',
  ended_ms BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'when it last came to its end; 0: it has not yet',
  events BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how many events were removed, raised in the transaction that removes them',
  triggers BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'the same of triggers',
  PRIMARY KEY (account_id, before_ms, cause),
  CONSTRAINT purge_cause CHECK (cause IN (1, 2))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='removals of old events; those with one bound are one row';
