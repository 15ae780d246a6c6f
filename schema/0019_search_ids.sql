-- SPDX-License-Identifier: MIT
-- Searches look into addresses and ids of calls too: `daybook maintain` makes the index of texts anew, in its own time. Until then what has no
-- index is read in full.

UPDATE segment SET text_check = 0;
