-- SPDX-License-Identifier: MIT
-- How far the lines that nginx writes in front of an API have been read, and what became of them. Nothing of the
-- log stands here: these are the only tables that the recorder may update.

CREATE TABLE capture_source (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number used in the tables below',
  name VARBINARY(255) NOT NULL COMMENT 'name given to `daybook follow`; one API, commonly',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id: whose calls these are where a line does not say',
  path VARBINARY(4096) NOT NULL COMMENT 'the file that is followed',
  silent_after_s INT UNSIGNED NOT NULL COMMENT 'no call for longer than this is worth a warning; 0: never',
  started_ms BIGINT UNSIGNED NOT NULL COMMENT 'when the follower that runs now, or ran last, began',
  stopped_ms BIGINT UNSIGNED NULL COMMENT 'when it ended in order; NULL: it runs, or was killed',
  seen_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it last looked at its files: every few seconds while it lives',
  backlog_bytes BIGINT UNSIGNED NOT NULL COMMENT 'bytes of all its files that were not stored then',
  backlog_files INT UNSIGNED NOT NULL COMMENT 'files with such bytes',
  last_line_ms BIGINT UNSIGNED NOT NULL COMMENT 'when nginx wrote the newest line that was read; 0: none yet',
  `lines` BIGINT UNSIGNED NOT NULL COMMENT 'lines read to their end',
  stored BIGINT UNSIGNED NOT NULL COMMENT 'of those: events stored',
  duplicates BIGINT UNSIGNED NOT NULL COMMENT 'of those: stood already',
  dropped BIGINT UNSIGNED NOT NULL COMMENT 'of those: reads left out by a rule of their operation',
  refused BIGINT UNSIGNED NOT NULL COMMENT 'of those: not stored, see capture_trouble',
  PRIMARY KEY (id),
  UNIQUE KEY name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='a capture file that one `daybook follow` reads';

CREATE TABLE capture_file (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'internal number',
  source_id INT UNSIGNED NOT NULL COMMENT 'capture_source.id',
  inode BIGINT UNSIGNED NOT NULL COMMENT 'of the file; numbers are reused, hence the next column',
  first_line_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of its first line, which holds a request id and so is unique',
  name VARBINARY(4096) NOT NULL COMMENT 'path when it was found',
  found_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was found',
  read_bytes BIGINT UNSIGNED NOT NULL COMMENT 'its lines up to here are stored; moves in the transaction that stores them',
  refused BIGINT UNSIGNED NOT NULL COMMENT 'lines of it that were not stored: then the file is not deleted',
  ended_ms BIGINT UNSIGNED NULL COMMENT 'when it was read to its end after its rotation, or had vanished',
  PRIMARY KEY (id),
  UNIQUE KEY file (source_id, inode, first_line_hash)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='one capture file, known again after rotation and restart';

CREATE TABLE capture_account (
  source_id INT UNSIGNED NOT NULL COMMENT 'capture_source.id',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  stored BIGINT UNSIGNED NOT NULL COMMENT 'events of this account from this source',
  duplicates BIGINT UNSIGNED NOT NULL COMMENT 'stood already',
  dropped BIGINT UNSIGNED NOT NULL COMMENT 'reads left out by a rule of their operation',
  unmatched BIGINT UNSIGNED NOT NULL COMMENT 'stored ones that no operation matched',
  last_event_ms BIGINT UNSIGNED NOT NULL COMMENT 'when the newest of its calls was made; 0: none',
  lag_ms BIGINT UNSIGNED NOT NULL COMMENT 'from the end of that call to its commit',
  PRIMARY KEY (source_id, account_id),
  KEY account (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='what each account got from each source: all that its members may see';

CREATE TABLE capture_trouble (
  source_id INT UNSIGNED NOT NULL COMMENT 'capture_source.id',
  reason TINYINT UNSIGNED NOT NULL COMMENT '1 no capture line, 2 cut line, 3 unknown account, 4 refused by the database, 5 file vanished or was cut before its end was read, 6 file that cannot be read',
  count BIGINT UNSIGNED NOT NULL COMMENT 'how often',
  last_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was last met',
  file VARBINARY(4096) NOT NULL COMMENT 'where it was last met',
  at_byte BIGINT UNSIGNED NOT NULL COMMENT 'and at which byte of that file',
  acknowledged BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how many of them somebody has looked at: nobody is called for these',
  PRIMARY KEY (source_id, reason)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='lines that were not stored, and gaps: why, how many, where';
