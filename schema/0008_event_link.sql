-- SPDX-License-Identifier: MIT
-- What leads from a trigger to the calls that it caused and back, and from one attempt of a delivery to the others.

CREATE TABLE event_link (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  hour INT UNSIGNED NOT NULL COMMENT 'hours from 1970 to the time of the event, so that new rows stand together; 0 for a delivery id, which is looked for at all times',
  value_hash BIGINT UNSIGNED NOT NULL COMMENT 'first 64 bits of the SHA-256 of the request id, trace id or delivery id',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  id BIGINT UNSIGNED NOT NULL COMMENT 'as in event',
  PRIMARY KEY (account_id, hour, value_hash, kind, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='events by the ids that they share with others';
