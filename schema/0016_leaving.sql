-- SPDX-License-Identifier: MIT
-- Accounts that were deleted, or are about to be. The row of `account` goes first, in one transaction with this one: from then on nobody
-- finds the account, and whoever records holds that row until the commit, so nothing is added behind the deletion.

CREATE TABLE left_account (
  account_id INT UNSIGNED NOT NULL COMMENT 'what account.id was; never given to another',
  slug VARBINARY(63) NOT NULL COMMENT 'what account.slug was: no other account gets this name, since links and files go on to bear it',
  began_ms BIGINT UNSIGNED NOT NULL COMMENT 'when it was decided',
  ended_ms BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'when everything of it had been deleted; 0: not yet',
  events BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how many events were deleted, raised in the transaction that deletes them',
  triggers BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'the same of triggers',
  PRIMARY KEY (account_id),
  UNIQUE KEY slug (slug)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='accounts that are no more';
