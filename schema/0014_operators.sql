-- SPDX-License-Identifier: MIT
-- Who may read the logs of all accounts.

CREATE TABLE operator (
  person VARBINARY(255) NOT NULL COMMENT 'the login name, as in member',
  created_ms BIGINT UNSIGNED NOT NULL COMMENT 'when the right was given',
  PRIMARY KEY (person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='those who read every account; made by command only';
