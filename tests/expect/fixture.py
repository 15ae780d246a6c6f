# SPDX-License-Identifier: MIT
"""Makes what the expectation files speak of, in a running copy; making it again changes nothing.

Account `expect` holds the events of events.ndjson, `expect-other` nothing; what is recorded goes to
`expect-record`. `ann` may open the first, `both` the first two, `nobody` none; `boss` is an admin of the first, `keeper` may open the third.
"""
import os

from daybook import database, run, run_well
from running_copy import make_person

PERSONS = {
    "expect.ann": ("expect",),
    "expect.both": ("expect", "expect-other"),
    "expect.nobody": (),
    "expect.boss": ("expect",),
    "expect.keeper": ("expect-record",),
}
ADMINS = ("expect.boss",)
EVENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "events.ndjson")


def _make_account(slug):
    if slug not in [line.split("\t")[0] for line in run_well("account", "list").splitlines()]:
        run_well("account", "add", slug)


def _make_member(slug, person):
    known = database().rows("SELECT 1 FROM member m JOIN account a ON a.id = m.account_id "
                            f"WHERE m.person = '{person}' AND a.slug = '{slug}'")
    if not known:
        run_well("member", "add", slug, person, "admin" if person in ADMINS else "auditor")


def prepare():
    """The values of the names in braces, and the login of each person."""
    for slug in ("expect", "expect-other", "expect-record"):
        _make_account(slug)
    for person, slugs in PERSONS.items():
        for slug in slugs:
            _make_member(slug, person)
    run_well("load", "expect", EVENTS)
    database().run("DELETE v FROM saved_view v JOIN account a ON a.id = v.account_id WHERE a.slug LIKE 'expect%'")
    values = {
        "ann": "expect.ann",
        "both": "expect.both",
        "nobody": "expect.nobody",
        "boss": "expect.boss",
        "keeper": "expect.keeper",
        "read_token": run_well("token", "add", "expect", "read"),
        "other_read_token": run_well("token", "add", "expect-other", "read"),
        "record_token": run_well("token", "add", "expect-record", "record"),
        "revoked_token": run_well("token", "add", "expect-record", "record"),
        "expired_token": run_well("token", "add", "expect-record", "record"),
        "revoked_read_token": run_well("token", "add", "expect", "read"),
        "labelled_token": run_well("token", "add", "expect", "read", "--label", "night \"shift\""),
    }
    for name, column in (("revoked_token", "revoked_ms"), ("expired_token", "expires_ms"),
                         ("revoked_read_token", "revoked_ms")):
        database().run(f"UPDATE token SET {column} = created_ms "
                       f"WHERE secret_hash = UNHEX(SHA2('{values[name]}', 256))")
    for name, options, secret in (("hook", ["--trigger", "deploy"], None),
                                  ("signed_hook", ["--secret"], b"s3cret\n")):
        label = name.replace("_", "-")
        run("hook", "remove", "expect-record", label)
        values[name] = run_well("hook", "add", "expect-record", label, *options, stdin=secret)
    return values, {person: make_person(person) for person in PERSONS}
