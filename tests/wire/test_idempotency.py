# SPDX-License-Identifier: MIT
"""The same idempotency key is the same event: stored once, under one id, whatever happens."""
import hashlib
import itertools
import json
import secrets
import socket
import threading
import time
import unittest

import daybook
from daybook import Account, TestCase
from index_rows import assert_index_rows

NOON = 1738324800000
SLOTS = 2**22
AHEAD_MS = 5 * 60 * 1000


def slot_of(key):
    """Where an event with this key goes within its millisecond."""
    head = hashlib.sha256(key.encode()).digest()
    return (head[0] << 16 | head[1] << 8 | head[2]) % SLOTS


def keys_of_slots(*offsets):
    """Different keys with the slots s + offset, for some s."""
    by_slot = {}
    for number in itertools.count():
        key = f"key-{number}"
        slot = slot_of(key)
        by_slot.setdefault(slot, []).append(key)
        for base in {slot - offset for offset in offsets}:
            if all(len(by_slot.get(base + offset, ())) >= offsets.count(offset)
                   for offset in set(offsets)):
                pools = {offset: list(by_slot[base + offset]) for offset in set(offsets)}
                return [pools[offset].pop(0) for offset in offsets]


def now_ms():
    return int(time.time() * 1000)


def keyed(key, action="a", **members):
    return {"idempotency_key": key, "action": action} | members


class Once(TestCase):
    def setUp(self):
        self.account = Account()

    def test_repeated_with_a_time(self):
        ids = [self.account.record(keyed("k", f"a{i}", occurred_at=NOON))[0] for i in range(3)]
        self.assertEqual(1, len(set(ids)))
        self.assertEqual(NOON * SLOTS + slot_of("k"), int(ids[0], 16))
        self.assertEqual(b"a0", self.account.one_stored()["action"], "the first one stays")

    def test_repeated_without_a_time(self):
        ids = []
        for i in range(3):
            ids += self.account.record(keyed("k", f"a{i}"))
            time.sleep(0.01)
        self.assertEqual(1, len(set(ids)))
        self.assertEqual(b"a0", self.account.one_stored()["action"])

    def test_repeated_in_one_message(self):
        for member in ({}, {"occurred_at": NOON}):
            with self.subTest(member):
                account = Account()
                ids = account.record([keyed(f"k{i % 3}", f"a{i}", **member) for i in range(12)])
                self.assertEqual(ids[:3] * 4, ids)
                self.assertEqual({b"a0", b"a1", b"a2"}, {e["action"] for e in account.stored()})

    def test_some_of_a_message_stand_already(self):
        for member in ({}, {"occurred_at": NOON}):
            with self.subTest(member):
                account = Account()
                first = account.record([keyed(f"k{i}", **member) for i in range(0, 200, 3)])
                second = account.record([keyed(f"k{i}", **member) for i in range(200)])
                self.assertEqual(first, second[::3])
                self.assertEqual(200, len(set(second)))
                self.assertEqual(200, account.count())

    def test_a_time_that_is_told_only_later(self):
        (first,) = self.account.record(keyed("k"))
        self.assertEqual([first], self.account.record(keyed("k", occurred_at=NOON)))
        self.assertEqual(1, self.account.count())

    def test_keys_are_bytes(self):
        keys = ("k", "K", "k ", " k", "k\t", "ḱ", "k\u0301", "", "kk")
        ids = [self.account.record(keyed(key, occurred_at=NOON))[0] for key in keys + keys]
        again = [self.account.record(keyed(key, occurred_at=NOON))[0] for key in keys]
        with_key = [i for i, key in enumerate(keys) if key]
        self.assertEqual([ids[i] for i in with_key], [again[i] for i in with_key])
        self.assertEqual(len(with_key) + 3, self.account.count(), "an empty key is none")

    def test_a_key_for_each_kind(self):
        for member in ({}, {"occurred_at": NOON}):
            for kind in ("event", "trigger"):
                events = [keyed("k", kind=kind, **member) for _ in range(2)]
                self.assertEqual(1, len(set(self.account.record(events))))
            self.assertEqual([1, 2], sorted(event["kind"] for event in self.account.stored()))

    def test_a_key_for_each_account(self):
        other = Account()
        for account in (self.account, other, self.account, other):
            account.record(keyed("k", occurred_at=NOON))
        self.assertEqual((1, 1), (self.account.count(), other.count()))

    def test_without_a_key_each_is_another(self):
        same = {"action": "a", "occurred_at": NOON}
        ids = self.account.record([same, same]) + self.account.record(same)
        self.assertEqual(3, len(set(ids)))
        self.assertEqual(3, self.account.count())

    def test_without_keys_none_is_lost_in_a_crowd(self):
        """So many at once that some draw the same number: within a message, and between two."""
        for member in ({}, {"occurred_at": NOON}):
            account = Account()
            message = "\n".join([json.dumps({"action": "a"} | member)] * daybook.EVENTS_MAX)
            ids = account.record(message) + account.record(message)
            with self.subTest(member):
                self.assertEqual(2 * daybook.EVENTS_MAX, len(set(ids)))
                self.assertEqual(2 * daybook.EVENTS_MAX, account.count())

    def test_the_answer_was_lost(self):
        for member in ({}, {"occurred_at": NOON}):
            event = keyed(secrets.token_hex(8), **member)
            message = json.dumps(event).encode()
            with self.subTest(member), socket.create_connection(daybook.HOST.split(":")) as lost:
                lost.sendall(b"POST /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: "
                             b"%b\r\nContent-Length: %d\r\n\r\n%b" % (
                                 self.account.token("record").encode(), len(message), message))
            ids = [self.account.record(event)[0] for _ in range(2)]
            self.assertEqual(1, len(set(ids)))
        self.assertEqual(2, self.account.count())

    def test_the_key_of_an_export(self):
        identifier = f"{NOON * SLOTS + 77:016x}"
        event = keyed("daybook:" + identifier, occurred_at=NOON)
        self.assertEqual([identifier] * 2, self.account.record([event, event]))
        self.assertEqual([identifier], self.account.record(event))
        self.assertEqual(1, self.account.count())


class Ahead(TestCase):
    """A clock that is more than five minutes ahead is not believed."""

    def setUp(self):
        self.account = Account()

    def test_received_time_is_used_and_the_claim_kept(self):
        claims = ((None, {}), ('{"a" : 1}', {"a": 1}), ("{}", {}), ("[1]", {"extra": [1]}),
                  ("no JSON", {"extra": "no JSON"}), ("{ }", {}), ("5", {"extra": 5}))
        for extra, kept in claims:
            claim = now_ms() + AHEAD_MS + 60000
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(claim // 1000))
            text += f".{claim % 1000:03}Z"
            for given in (claim, text):
                with self.subTest(extra=extra, given=given):
                    (identifier,) = self.account.record(
                        {"action": "a", "occurred_at": given, "extra": extra})
                    stored = self.account.find(identifier)
                    self.assertEqual(stored["received_ms"], stored["id"] >> 22)
                    self.assertLess(stored["received_ms"], claim - AHEAD_MS)
                    self.assertEqual({"claimed_occurred_at": text} | kept,
                                     json.loads(stored["extra"]))

    def test_up_to_five_minutes_are_believed(self):
        claim = now_ms() + AHEAD_MS - 30000
        (identifier,) = self.account.record({"action": "a", "occurred_at": claim})
        self.assertEqual(claim, int(identifier, 16) >> 22)
        self.assertEqual(b"", self.account.one_stored()["extra"])

    def test_retried_at_once(self):
        event = keyed("k", occurred_at=now_ms() + AHEAD_MS + 60000)
        ids = self.account.record([event, event]) + self.account.record(event)
        self.assertEqual(1, len(set(ids)))
        self.assertEqual(1, self.account.count())

    def test_retried_when_the_time_is_no_longer_ahead(self):
        claim = now_ms() + AHEAD_MS + 1500
        (first,) = self.account.record(keyed("k", occurred_at=claim))
        self.assertLess(int(first, 16) >> 22, claim)
        time.sleep(2)
        self.assertEqual([first], self.account.record(keyed("k", occurred_at=claim)))
        self.assertEqual(1, self.account.count())


class Collisions(TestCase):
    """Two keys, one slot: the second one goes to the next, and both are found again."""

    def check(self, keys, messages):
        """Records the keys as `messages` groups them, then again in every order."""
        account = Account()
        ids = {}
        for message in messages:
            events = [keyed(keys[i], f"a{i}", occurred_at=NOON) for i in message]
            ids |= zip(message, account.record(events))
        self.assertEqual(len(keys), len(set(ids.values())))
        for order in itertools.permutations(range(len(keys))):
            for i in order:
                self.assertEqual([ids[i]], account.record(keyed(keys[i], occurred_at=NOON)))
            self.assertEqual([ids[i] for i in order], account.record(
                [keyed(keys[i], occurred_at=NOON) for i in order]))
        self.assertEqual({ids[i]: f"a{i}".encode() for i in ids},
                         {f"{e['id']:016x}": e["action"] for e in account.stored()})
        self.assertEqual({NOON}, {e["id"] >> 22 for e in account.stored()})

    def test_two_keys(self):
        keys = keys_of_slots(0, 0)
        self.assertEqual(slot_of(keys[0]), slot_of(keys[1]))
        for messages in ([[0], [1]], [[1], [0]], [[0, 1]], [[1, 0]], [[0], [0, 1]], [[1], [0, 1]]):
            with self.subTest(messages):
                self.check(keys, messages)

    def test_a_third_one_stands_in_the_next_slot(self):
        keys = keys_of_slots(0, 0, 1)
        for order in itertools.permutations(range(3)):
            a, b, c = order
            for messages in ([[a], [b], [c]], [[a], [b, c]], [[a, b], [c]], [[a, b, c]]):
                with self.subTest(messages):
                    self.check(keys, messages)

    def test_an_event_of_the_other_kind_is_no_obstacle(self):
        account = Account()
        ids = [account.record(keyed("k", kind=kind, occurred_at=NOON))[0]
               for kind in ("event", "trigger", "event")]
        self.assertEqual(1, len(set(ids)))
        self.assertEqual(2, account.count())


class Races(TestCase):
    def at_once(self, count, work):
        """Runs work(0) … work(count - 1) in threads that begin together; their results."""
        results = [None] * count
        barrier = threading.Barrier(count)

        def one(number):
            barrier.wait()
            try:
                results[number] = work(number)
            except Exception as error:  # shown by the comparison that follows
                results[number] = error

        threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_two_senders_with_one_key(self):
        account = Account()
        account.token("record")
        for turn in range(25):
            event = keyed(f"k{turn}", **({"occurred_at": NOON} if turn % 2 else {}))
            ids = self.at_once(2, lambda _, event=event: account.record(event))
            self.assertEqual(ids[0], ids[1])
        self.assertEqual(25, account.count())

    def test_eight_recorders_with_the_same_keys_and_new_names(self):
        """Over HTTP: names that nobody has seen, in another order from each."""
        account = Account()
        account.token("record")
        for turn in range(3):
            events = [keyed(f"{turn}-{i}", f"{account.slug} action {turn} {i % 40}",
                            user=f"user {turn} {i % 30}", entity_type=f"{account.slug} {i % 20}",
                            entity_id=f"{turn} {i}", entity_name=f"name {i % 50}",
                            **({"occurred_at": NOON + i % 7} if i % 2 else {}))
                      for i in range(150)]

            def work(number, events=events):
                turned = events[number * 19:] + events[:number * 19]
                answer = account.send(turned[::-1] if number % 2 else turned)
                if answer.status != 201:
                    return str(answer)
                ids = answer.json["ids"][::-1] if number % 2 else answer.json["ids"]
                return ids[-number * 19:] + ids[:-number * 19] if number else ids

            results = self.at_once(8, work)
            for result in results:
                self.assertEqual(results[0], result)
            self.assertEqual(150 * (turn + 1), account.count())
        self.assertEqual(450, len({(e["idempotency_key"], e["id"]) for e in account.stored()}))
        names = daybook.database().number("SELECT COUNT(*) FROM action WHERE LOCATE("
                                          f"{daybook.quote(account.slug)}, name)")
        self.assertEqual(3 * 40, names)
        self.assertEqual((3 * 30, 450), (account.count("user"), account.count("entity")))
        assert_index_rows(account)

    def test_eight_commands_load_the_same_file(self):
        account = Account()
        path = daybook.VAR / "tmp" / f"{account.slug}.ndjson"
        events = (keyed(f"k{i}", f"{account.slug} {i % 60}", user=f"u{i}", entity_id=f"e{i}",
                        occurred_at=NOON) for i in range(1500))
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        try:
            done = self.at_once(8, lambda _: daybook.run("load", account.slug, str(path)))
        finally:
            path.unlink()
        self.assertEqual([0] * 8, [one.returncode for one in done], done)
        stored = [int(one.stdout.split()[3]) for one in done]
        self.assertEqual(1500, sum(stored), done)
        self.assertEqual((1500, 1500, 1500),
                         (account.count(), account.count("user"), account.count("entity")))
        assert_index_rows(account)


class Forgotten(TestCase):
    def test_a_day_later_the_key_is_forgotten(self):
        account = Account()
        (first,) = account.record(keyed("k"))
        daybook.run_well("maintain")
        self.assertEqual([first], account.record(keyed("k")))
        daybook.database().run("UPDATE recent_key SET noted_ms = noted_ms - 25 * 3600000 "
                               f"WHERE account_id = {account.number}")
        daybook.run_well("maintain")
        self.assertEqual(0, account.count("recent_key"))
        self.assertEqual(1, account.count())


if __name__ == "__main__":
    unittest.main()
