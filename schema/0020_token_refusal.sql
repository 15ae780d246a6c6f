-- SPDX-License-Identifier: MIT
-- Who still uses a token that is revoked or expired is refused; here is when that was last so.

ALTER TABLE token_use
  MODIFY COLUMN used_ms BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'when it was last used, as far as somebody notes it: each recorder every five minutes at most; 0: not known',
  ADD COLUMN refused_ms BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'when it was last refused because it is revoked or expired, noted in the same way; 0: not known',
  ADD COLUMN refused BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how many such calls have been noted',
  COMMENT='last use of tokens, and of those that are good no more';
