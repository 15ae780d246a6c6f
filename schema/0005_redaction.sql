-- SPDX-License-Identifier: MIT
-- What an account changes about the secrets that are taken out of its events, written by `daybook redaction`.
-- Without a row everything is on. The programs that record look at the version once a second.

CREATE TABLE redaction_rule (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  kind TINYINT UNSIGNED NOT NULL COMMENT '1 a further secret name, 2 a name that is no secret here, 3 secrets are not recognised by their form, 4 only logins and cookies are replaced',
  name VARBINARY(128) NOT NULL COMMENT 'of kinds 1 and 2: the name, as it was given; else empty',
  PRIMARY KEY (account_id, kind, name),
  CONSTRAINT redaction_rule_kind CHECK (kind IN (1, 2, 3, 4))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='which secrets are taken out, where that is not as built in';

CREATE TABLE redaction_version (
  account_id INT UNSIGNED NOT NULL COMMENT 'account.id',
  version BIGINT UNSIGNED NOT NULL COMMENT 'one more with every change of the rules of the account; no row: 0',
  PRIMARY KEY (account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='tells those who keep rules in memory that they have changed';
