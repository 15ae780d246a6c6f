-- SPDX-License-Identifier: MIT
-- The operations of the APIs whose calls are recorded: which calls belong together, and what they do to what.
-- `daybook import-openapi` writes them, always all of one account and base path in one transaction.

CREATE TABLE operation (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  base_path VARBINARY(255) NOT NULL COMMENT 'what the import put in front of every path; empty: nothing',
  place INT UNSIGNED NOT NULL COMMENT 'order in the description: of two that match a call equally well the first counts',
  method VARBINARY(32) NOT NULL COMMENT 'as on the wire: PATCH',
  path VARBINARY(1024) NOT NULL COMMENT 'template with the base path: /api/projects/{id}; {+name} may span segments',
  operation_id VARBINARY(1024) NOT NULL COMMENT 'in the description; empty: has none',
  entity_type VARBINARY(1024) NOT NULL COMMENT 'of the events of its calls, such as pipeline',
  action VARBINARY(1024) NOT NULL COMMENT 'of the events of its calls, such as updatePipeline',
  entity_id VARBINARY(1024) NOT NULL COMMENT 'where the id stands: params.x, query.x, body.a.b, res.a.b, location or "text", alternatives separated by |',
  entity_name VARBINARY(1024) NOT NULL COMMENT 'where the name stands, likewise',
  is_read TINYINT UNSIGNED NOT NULL COMMENT '1: changes nothing',
  keep TINYINT UNSIGNED NOT NULL COMMENT '0: its calls are left out of the log unless they failed',
  PRIMARY KEY (account_id, base_path, place),
  CONSTRAINT operation_is_read CHECK (is_read <= 1),
  CONSTRAINT operation_keep CHECK (keep <= 1)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COMMENT='what a call of this method and path means';

CREATE TABLE operation_version (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  version BIGINT UNSIGNED NOT NULL COMMENT 'raised by each import: programs that remember operations read them again',
  PRIMARY KEY (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='how often the operations of an account were imported';
