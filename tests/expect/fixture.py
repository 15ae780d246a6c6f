# SPDX-License-Identifier: MIT
"""Makes what the expectation files speak of, in a running copy; making it again changes nothing.

Account `expect` holds the events of events.ndjson, `expect-other` nothing; what is recorded goes to
`expect-record`. `ann` may open the first, `both` the first two, `nobody` none.
"""
import os

PERSONS = {
    "expect.ann": ("expect",),
    "expect.both": ("expect", "expect-other"),
    "expect.nobody": (),
}
EVENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "events.ndjson")


def prepare(copy):
    """Through the module that speaks with the copy. The names in braces, and each person's login."""
    for slug in ("expect", "expect-other", "expect-record"):
        copy.make_account(slug)
    copy.daybook("load", "expect", EVENTS)
    logins = {person: copy.make_person(person, *slugs) for person, slugs in PERSONS.items()}
    values = {
        "ann": "expect.ann",
        "both": "expect.both",
        "nobody": "expect.nobody",
        "read_token": copy.make_token("expect", "read"),
        "other_read_token": copy.make_token("expect-other", "read"),
        "record_token": copy.make_token("expect-record", "record"),
        "revoked_token": copy.make_token("expect-record", "record"),
        "expired_token": copy.make_token("expect-record", "record"),
    }
    for name, column in (("revoked_token", "revoked_ms"), ("expired_token", "expires_ms")):
        digest = f"UNHEX(SHA2('{values[name]}', 256))"
        copy.sql(f"UPDATE token SET {column} = created_ms WHERE secret_hash = {digest}")
    return values, logins
