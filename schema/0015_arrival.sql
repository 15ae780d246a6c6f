-- SPDX-License-Identifier: MIT
-- The order of arrival, for programs that follow a log: each event of an account and kind gets the next number, 1, 2, 3, once it is
-- committed, whenever it occurred. Numbers are given by `daybook maintain` alone, one writer after another, so that no later one is seen before an
-- earlier one; recorders do nothing for it, and do not wait for each other.

CREATE TABLE arrival_log (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  next_number BIGINT UNSIGNED NOT NULL COMMENT 'of the event that arrives next',
  filled_to BIGINT UNSIGNED NOT NULL COMMENT 'events with ids below this have numbers, or are in event_recent without a row of arrival_recent; 18446744073709551615: all have',
  PRIMARY KEY (account_id, kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='how far numbers have been given; a log without a row has none yet';

CREATE TABLE arrival (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  first_number BIGINT UNSIGNED NOT NULL COMMENT 'of the first event in it; the others follow',
  events INT UNSIGNED NOT NULL COMMENT 'how many it holds',
  last_id BIGINT UNSIGNED NOT NULL COMMENT 'the greatest id among them',
  ids MEDIUMBLOB NOT NULL COMMENT 'their ids in order of arrival, packed: index/arrival_block.h',
  PRIMARY KEY (account_id, kind, first_number)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='which event has which number';

CREATE TABLE arrival_recent (
  account_id INT UNSIGNED NOT NULL COMMENT 'as in event_recent',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event_recent',
  id BIGINT UNSIGNED NOT NULL COMMENT 'as in event_recent',
  PRIMARY KEY (account_id, kind, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='which rows of event_recent have their number already';
