-- SPDX-License-Identifier: MIT
-- When a token was last used, and from which form of the page of tokens one was made, so that a form that is sent again makes no second one.

ALTER TABLE token
  ADD COLUMN form_id BIGINT UNSIGNED NULL COMMENT 'number of the form that it was made by; NULL: made by the command',
  ADD UNIQUE KEY form (form_id, account_id);

-- Beside token, so that whoever notes a use may change nothing that says what the token is good for.
CREATE TABLE token_use (
  token_id INT UNSIGNED NOT NULL COMMENT 'token.id',
  used_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was last used, as far as somebody notes it: each recorder every five minutes at most',
  PRIMARY KEY (token_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='last use of tokens';
