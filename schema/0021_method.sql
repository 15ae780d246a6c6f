-- SPDX-License-Identifier: MIT
-- The method of a call is something that lists filter by: a number in event, beside the text as it was sent in event_request.

-- Without a default: a program of an older version that still runs cannot store an event without its method.
ALTER TABLE event
  ADD COLUMN method TINYINT UNSIGNED NOT NULL COMMENT '1 GET, 2 HEAD, 3 POST, 4 PUT, 5 DELETE, 6 CONNECT, 7 OPTIONS, 8 TRACE, 9 PATCH, 10 another one, or 0: not known';
ALTER TABLE event_recent
  ADD COLUMN method TINYINT UNSIGNED NOT NULL COMMENT 'as in event';
