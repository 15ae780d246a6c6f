-- SPDX-License-Identifier: MIT
-- The methods of what was recorded before file 21, in the column that it made.
--
-- Reads the whole log once, some thousand calls at a time, each of these committed by itself. Then every index counts as not made: answers
-- come from `event` until `daybook maintain` has made it anew, with the method in it. If it was interrupted it can be applied again.

DROP PROCEDURE IF EXISTS set_methods;
DELIMITER //
CREATE PROCEDURE set_methods()
BEGIN
  DECLARE done BOOLEAN DEFAULT FALSE;
  DECLARE at_account INT UNSIGNED;
  DECLARE at_kind TINYINT UNSIGNED;
  DECLARE first_id, last_id BIGINT UNSIGNED;
  DECLARE logs CURSOR FOR SELECT DISTINCT account_id, kind FROM event;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;

  OPEN logs;
  FETCH logs INTO at_account, at_kind;
  WHILE NOT done DO
    SET first_id = 0;
    WHILE first_id IS NOT NULL DO
      SELECT MAX(id) INTO last_id
        FROM (SELECT id FROM event WHERE account_id = at_account AND kind = at_kind AND id >= first_id ORDER BY id LIMIT 5000) some;
      UPDATE event e JOIN event_request r ON r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id
        SET e.method = CASE CAST(UPPER(CONVERT(r.method USING latin1)) AS BINARY)
          WHEN '' THEN 0
          WHEN 'GET' THEN 1
          WHEN 'HEAD' THEN 2
          WHEN 'POST' THEN 3
          WHEN 'PUT' THEN 4
          WHEN 'DELETE' THEN 5
          WHEN 'CONNECT' THEN 6
          WHEN 'OPTIONS' THEN 7
          WHEN 'TRACE' THEN 8
          WHEN 'PATCH' THEN 9
          ELSE 10 END
        WHERE e.account_id = at_account AND e.kind = at_kind AND e.id BETWEEN first_id AND last_id;
      SELECT MIN(id) INTO first_id FROM event WHERE account_id = at_account AND kind = at_kind AND id > last_id;
    END WHILE;
    FETCH logs INTO at_account, at_kind;
  END WHILE;
END//
DELIMITER ;
CALL set_methods();
DROP PROCEDURE set_methods;

UPDATE event_recent r JOIN event e ON e.account_id = r.account_id AND e.kind = r.kind AND e.id = r.id SET r.method = e.method;

DELETE FROM log WHERE kind <> 0;
UPDATE segment SET events = 0, checksum = 0, text_check = 0, block = '';
