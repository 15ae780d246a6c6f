# SPDX-License-Identifier: MIT
"""What the recorder must leave for the index, by plain SQL over the tables: see schema/0010_segments.sql.

Of the index itself only the numbers of what it holds are looked at.
"""
from daybook import database

# One statement, so that all of it is of one moment.
COUNTS = """SELECT
    (SELECT COUNT(*) FROM event WHERE account_id = {0}),
    (SELECT COUNT(*) FROM event_recent WHERE account_id = {0}),
    (SELECT COALESCE(SUM(events), 0) FROM segment WHERE account_id = {0}),
    (SELECT COUNT(*) FROM event NATURAL JOIN event_recent WHERE account_id = {0}),
    (SELECT COUNT(*) FROM event e
        JOIN event_request r ON r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id
        LEFT JOIN provider p ON p.id = e.provider_id
        WHERE e.account_id = {0}
        AND COALESCE(p.name, '') = IF(e.kind = 2, r.trigger_provider, '')
        AND e.signature = IF(e.kind = 2, r.trigger_signature, 0)
        AND e.method = IF(r.method = '', 0, COALESCE(NULLIF(FIND_IN_SET(CAST(UPPER(CONVERT(r.method USING latin1)) AS BINARY),
            'GET,HEAD,POST,PUT,DELETE,CONNECT,OPTIONS,TRACE,PATCH'), 0), 10))),
    (SELECT COUNT(*) FROM entity n WHERE account_id = {0} AND NOT EXISTS (
        SELECT 1 FROM entity_recent r WHERE r.account_id = {0} AND r.entity_id = n.id)),
    (SELECT COALESCE(SUM(entities), 0) FROM entity_block WHERE account_id = {0}),
    (SELECT COUNT(*) FROM entity_recent r LEFT JOIN entity n ON n.id = r.entity_id
        WHERE r.account_id = {0} AND (n.id IS NULL OR n.account_id <> {0}))"""


def assert_index_rows(account):
    """Each event is in event_recent with equal columns, unless a segment holds it, and in one of both only;
    each entity is in entity_recent unless a block holds it."""
    (row,) = database().rows(COUNTS.format(account.number))
    events, recent, indexed, equal, told, entities, in_blocks, strange = map(int, row)
    assert events == recent + indexed, f"{events} events: {recent} recent ones, {indexed} in segments"
    assert recent == equal, f"{recent - equal} rows of event_recent are no event's"
    assert events == told, f"{events - told} events do not have the method, provider and signature of their texts"
    assert entities <= in_blocks, f"{entities} entities are not in entity_recent, {in_blocks} in blocks"
    assert strange == 0, f"{strange} rows of entity_recent are no entity's of this account"
