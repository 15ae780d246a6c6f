-- SPDX-License-Identifier: MIT
-- The rights of the four database users, applied after every schema change. The log is append-only by these
-- grants: no user that the web server can reach may update or delete what was recorded. The recorder may update
-- how far capture files were read (schema/0006_capture.sql) and what became of webhooks, and delete calls that are only held
-- until they are recorded; nothing else. The manager changes who may open an account, which tokens are good, and the named filters of
-- lists, for members and admins, and cannot read or write any log.

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
GRANT INSERT, UPDATE ON daybook.token_use TO 'recorder'@'localhost';
GRANT INSERT, UPDATE, DELETE ON daybook.held_event TO 'recorder'@'localhost';

-- A token that was made changes in nothing but that it is revoked, and no hash of a secret is read.
GRANT SELECT ON daybook.schema_version TO 'manager'@'localhost';
GRANT SELECT, INSERT, DELETE ON daybook.member TO 'manager'@'localhost';
GRANT UPDATE (role) ON daybook.member TO 'manager'@'localhost';
GRANT SELECT (id, account_id, prefix, revoked_ms, form_id) ON daybook.token TO 'manager'@'localhost';
GRANT INSERT (account_id, scope, secret_hash, prefix, label, created_ms, expires_ms, form_id) ON daybook.token TO 'manager'@'localhost';
GRANT UPDATE (revoked_ms) ON daybook.token TO 'manager'@'localhost';
GRANT SELECT (id, account_id, owner, kind, name, query, is_default) ON daybook.saved_view TO 'manager'@'localhost';
GRANT INSERT (account_id, owner, kind, name, query, made_ms, made_by) ON daybook.saved_view TO 'manager'@'localhost';
GRANT UPDATE (name, is_default) ON daybook.saved_view TO 'manager'@'localhost';
GRANT DELETE ON daybook.saved_view TO 'manager'@'localhost';

GRANT SELECT, INSERT, UPDATE, DELETE ON daybook.* TO 'maintainer'@'localhost';
