-- SPDX-License-Identifier: MIT
-- Names and values of people that were replaced by marks, by `daybook erase`. None of them stands here.

CREATE TABLE erasure (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  mark VARBINARY(25) NOT NULL COMMENT 'mark of all names and values together, by which one that was ended midway is found again',
  began_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it began',
  ended_ms BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'when nothing was left to do; 0: not yet',
  stage TINYINT UNSIGNED NOT NULL DEFAULT 1 COMMENT '1 looking through events, 2 through triggers, 3 taking the names away, 4 clearing the cache',
  last_id BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of stages 1 and 2: the last event that was looked at',
  end_id BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of stages 1 and 2: the last one that is to be looked at; 0: not yet decided',
  events BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how many events were changed, raised in the transaction that changes them',
  triggers BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'the same of triggers',
  PRIMARY KEY (id),
  KEY account (account_id, mark)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='erasures: what was done, never whose name it was';

ALTER TABLE account
  ADD COLUMN names_version BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'raised when names of users or entities are taken away: who records forgets the numbers of names that he remembers';
