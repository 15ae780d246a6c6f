-- SPDX-License-Identifier: MIT
-- The rights of the three database users, applied after every schema change. The log is append-only by these
-- grants: no user that the web server can reach may update or delete what was recorded. The recorder may update
-- how far capture files were read (schema/0006_capture.sql) and what became of webhooks, and delete calls that are only held
-- until they are recorded; nothing else.

-- hook.secret too, which is of no use without the installation's key: rights on single columns would have to name every other one.
GRANT SELECT ON daybook.* TO 'reader'@'localhost';

GRANT SELECT ON daybook.* TO 'recorder'@'localhost';
GRANT INSERT ON daybook.entity_type TO 'recorder'@'localhost';
GRANT INSERT ON daybook.action TO 'recorder'@'localhost';
GRANT INSERT ON daybook.user TO 'recorder'@'localhost';
GRANT INSERT ON daybook.entity TO 'recorder'@'localhost';
GRANT INSERT ON daybook.entity_recent TO 'recorder'@'localhost';
GRANT INSERT ON daybook.provider TO 'recorder'@'localhost';
GRANT INSERT ON daybook.event TO 'recorder'@'localhost';
GRANT INSERT ON daybook.event_request TO 'recorder'@'localhost';
GRANT INSERT ON daybook.event_recent TO 'recorder'@'localhost';
GRANT INSERT ON daybook.recent_key TO 'recorder'@'localhost';
GRANT INSERT ON daybook.event_link TO 'recorder'@'localhost';
GRANT INSERT, UPDATE ON daybook.capture_source TO 'recorder'@'localhost';
GRANT INSERT, UPDATE ON daybook.capture_file TO 'recorder'@'localhost';
GRANT INSERT, UPDATE ON daybook.capture_account TO 'recorder'@'localhost';
GRANT INSERT, UPDATE ON daybook.capture_trouble TO 'recorder'@'localhost';
GRANT INSERT, UPDATE ON daybook.hook_state TO 'recorder'@'localhost';
GRANT INSERT, UPDATE ON daybook.hook_refusal TO 'recorder'@'localhost';
GRANT INSERT, UPDATE, DELETE ON daybook.held_event TO 'recorder'@'localhost';

GRANT SELECT, INSERT, UPDATE, DELETE ON daybook.* TO 'maintainer'@'localhost';
