-- SPDX-License-Identifier: MIT
-- What leads from a trigger to the calls that it caused and back, from one attempt of a delivery to the others, and to the
-- triggers of a provider or with a result of the check of their signature.
--
-- An event has a row for each id that it may share with others. Request id, trace id and a trigger's delivery id are one kind of
-- id: whichever an API hands on to the calls that it makes, these find the trigger by it. Such rows begin with the hour, so that new
-- ones stand together however large the table is; who looks asks for the hours of a day before and after. No row has the request
-- id of a captured call that nobody but the server in front knows (most calls of most APIs).
--
-- A trigger also has rows for what is looked for at all times, with 0 for the hour: one for provider and delivery id together (two
-- providers may give the same id), one for its provider and one for its signature, or for the empty word. base/event_link.h makes all of them. Rows are
-- written in the transaction that stores their event, and could be made again from event_request.

CREATE TABLE event_link (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  hour INT UNSIGNED NOT NULL COMMENT '1 + hours from 1970 to the time of the event; 0: looked for at all times',
  value_hash BIGINT UNSIGNED NOT NULL COMMENT 'first 64 bits of the SHA-256 of the id; with hour 0 of "delivery", provider and delivery id, of "provider" and it, or of "signature" and its word, a NUL behind each',
  kind TINYINT UNSIGNED NOT NULL COMMENT 'as in event',
  id BIGINT UNSIGNED NOT NULL COMMENT 'as in event',
  PRIMARY KEY (account_id, hour, value_hash, kind, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='events by the ids that they share with others';
