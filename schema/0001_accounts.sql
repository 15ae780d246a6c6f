-- SPDX-License-Identifier: MIT
-- Who owns a log, who may open it, and which programs may write or read it.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Names are bytes: nothing is folded or trimmed.

CREATE TABLE account (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'internal number; other tables refer to it',
  slug VARBINARY(63) NOT NULL COMMENT 'name in every URL: [a-z0-9][a-z0-9-]{1,62}; never changes',
  name VARBINARY(255) NOT NULL COMMENT 'what people read',
  created_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was made',
  PRIMARY KEY (id),
  UNIQUE KEY slug (slug)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='a tenant; everything belongs to one';

CREATE TABLE member (
  person VARBINARY(255) NOT NULL COMMENT 'the login name, as the server in front gives it',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  role TINYINT UNSIGNED NOT NULL COMMENT '1 auditor: reads and downloads; 2 admin: manages the account too',
  created_ms BIGINT UNSIGNED NOT NULL COMMENT 'when the right was given',
  PRIMARY KEY (person, account_id),
  KEY account (account_id),
  CONSTRAINT member_role CHECK (role IN (1, 2))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='the right of a person in an account';

CREATE TABLE token (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number by which it is listed and revoked',
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id; a token is good for this one alone',
  scope TINYINT UNSIGNED NOT NULL COMMENT '1 record, 2 read',
  secret_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the secret; the secret itself is stored nowhere',
  prefix VARBINARY(16) NOT NULL COMMENT 'first characters of the secret, to tell tokens apart',
  label VARBINARY(255) NOT NULL COMMENT 'what it is for',
  created_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was made',
  expires_ms BIGINT UNSIGNED NULL COMMENT 'refused from then on; NULL: never',
  revoked_ms BIGINT UNSIGNED NULL COMMENT 'refused since then; NULL: not revoked',
  PRIMARY KEY (id),
  UNIQUE KEY secret_hash (secret_hash),
  KEY account (account_id),
  CONSTRAINT token_scope CHECK (scope IN (1, 2))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='a secret for programs';
