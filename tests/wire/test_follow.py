# SPDX-License-Identifier: MIT
"""`daybook follow`: each line once, through rotation, restarts, cut lines and whatever else happens to files."""
import contextlib
import json
import os
import secrets
import time
import unittest

import daybook
from daybook import Account, TestCase, database, run_well
from follower import Follower, line, request_ids
from index_rows import assert_index_rows
from running_copy import DatabaseServer, kill_connections, until

SECONDS = 30


class Follow(TestCase):
    def setUp(self):
        self.account = Account()
        self.follower = Follower(self.account)
        self.addCleanup(self.follower.close)

    def ids(self, count, prefix=None):
        prefix = prefix or secrets.token_hex(4)
        return [f"{prefix}{number:06d}" for number in range(count)]

    def write(self, identifiers, path=None, **members):
        self.follower.write(*(line(id=identifier, **members) for identifier in identifiers),
                            path=path)

    def wait_for(self, count):
        until(lambda: self.account.count() >= count, SECONDS, f"{count} events are stored")
        self.assertEqual(count, self.account.count())

    def assertStored(self, identifiers):
        self.assertEqual(sorted(identifiers), sorted(request_ids(self.account)))


class Once(Follow):
    def once(self, expected, *options, path=None, status=0):
        done, numbers = self.follower.once(*options, path=path)
        self.assertEqual((status, expected), (done.returncode, numbers), done.stderr)

    def test_each_line_once(self):
        identifiers = self.ids(2500)
        self.write(identifiers)
        self.once([2500, 2500, 0, 0, 0])
        self.once([0, 0, 0, 0, 0])
        self.once([2500, 0, 2500, 0, 0], "--again")
        self.assertStored(identifiers)
        assert_index_rows(self.account)
        self.assertTrue(self.follower.path.exists(), "nginx may still write to it")

    def test_a_line_twice_in_the_file(self):
        self.follower.write(*[line(id="twice", msec="1700000000.000")] * 2)
        self.once([2, 1, 1, 0, 0])

    def test_lines_that_are_none(self):
        for place, (bad, troubles, refused) in enumerate([
                (b"GET / HTTP/1.1 200\n", {"no line": 1}, 1),
                (b"\0" * 4096 + b"\n", {"no line": 1}, 1),
                (line()[:100] + b"\n", {"cut": 1}, 1),
                (line(msec="yesterday"), {"no line": 1}, 1),
                (line(daybook=2), {"no line": 1}, 1),
                (line(api_account="no-such-account"), {"account": 1}, 1),
                (line(api_account="No Slug!" * 30), {"account": 1}, 1),
                (b"\n", {}, 0)]):
            with self.subTest(bad=bad[:40]):
                self.follower = Follower(self.account)
                self.addCleanup(self.follower.close)
                good = self.ids(2)
                self.write(good[:1])
                self.follower.write(bad)
                self.write(good[1:])
                self.once([3, 2, 0, 0, refused], status=1 if refused else 0)
                self.assertEqual(troubles, self.follower.troubles())
                self.assertEqual(2 * (place + 1), self.account.count())

    def test_a_cut_line_with_others_behind_it(self):
        """What a disk that was full for a moment leaves: the next line begins in the middle of one."""
        first, second = line(id="cut")[:150], line(id="whole", body='{"daybook":1')
        third = line(id="without a line break")[:-1]
        self.follower.write(line(id="before"), first, first, second, third, line(id="after"))
        self.once([6, 4, 0, 0, 2], status=1)
        self.assertEqual({"cut": 2}, self.follower.troubles())
        self.assertStored(["before", "whole", "without a line break", "after"])

    def test_thousands_of_lines_without_line_breaks(self):
        identifiers = self.ids(2500)
        self.follower.write(b"".join(line(id=identifier)[:-1] for identifier in identifiers) + b"\n")
        self.once([2500, 2500, 0, 0, 0])
        self.assertStored(identifiers)

    def test_rotated_files(self):
        """All of it stored: deleted.  Something refused, or still open somewhere: left alone."""
        identifiers = self.ids(6)
        self.write(identifiers[:2])
        whole = self.follower.rotate("20260131")
        self.write(identifiers[2:4])
        self.follower.write(b"nonsense\n")
        refused = self.follower.rotate("1")
        self.write(identifiers[4:5])
        with open(self.follower.path, "ab"):
            opened = self.follower.rotate("2")
            self.write(identifiers[5:])
            self.once([7, 6, 0, 0, 1], status=1)
            self.assertTrue(opened.exists())
        self.once([0, 0, 0, 0, 0])
        self.assertEqual([False, True, False, True],
                         [path.exists() for path in (whole, refused, opened, self.follower.path)])
        self.assertStored(identifiers)
        # The line was mended by hand: only what was not stored is stored.
        refused.write_bytes(refused.read_bytes().replace(b"nonsense\n", line(id="mended")))
        self.once([3, 1, 2, 0, 0], "--again", path=refused)
        self.assertStored(identifiers + ["mended"])

    def test_kept_on_wish(self):
        self.write(self.ids(1))
        rotated = self.follower.rotate()
        self.once([1, 1, 0, 0, 0], "--keep")
        self.assertTrue(rotated.exists())
        self.once([0, 0, 0, 0, 0])
        self.assertFalse(rotated.exists())

    def test_other_files_stay(self):
        """What only has a similar name is neither read nor deleted."""
        self.write(self.ids(1))
        others = {}
        for name, content in {"api.log.pid": b"12\n", "api.log.note": b"{\"a\": 1}\n", "api.log.0": b"",
                              "api.login": line(), "other.log": line()}.items():
            others[self.follower.path.with_name(name)] = content
            self.follower.path.with_name(name).write_bytes(content)
        os.symlink("/etc/hostname", self.follower.path.with_name("api.log.link"))
        self.once([1, 1, 0, 0, 0])
        for path, content in others.items():
            if content:
                self.assertEqual(content, path.read_bytes())
        self.assertTrue(self.follower.path.with_name("api.log.link").is_symlink())
        self.assertEqual({}, self.follower.troubles())

    def test_compressed_files_are_reported(self):
        self.write(self.ids(1))
        self.follower.path.with_name("api.log.2.gz").write_bytes(b"\x1f\x8b")
        self.once([1, 1, 0, 0, 0])
        self.assertEqual({"unreadable": 1}, self.follower.troubles())

    def test_the_last_line_of_a_rotated_file_is_cut(self):
        self.write(["whole"])
        self.follower.write(line(id="lost")[:200])
        rotated = self.follower.rotate()
        self.once([2, 1, 0, 0, 1], status=1)
        self.assertEqual({"cut": 1}, self.follower.troubles())
        self.assertTrue(rotated.exists())

    def test_accounts_of_one_file(self):
        other = Account()
        mine, theirs = self.ids(30), self.ids(20)
        lines = [line(id=identifier) for identifier in mine]
        lines += [line(id=identifier, set_account=other.slug) for identifier in theirs[:10]]
        lines += [line(id=identifier, set_account=self.account.slug, api_account=other.slug)
                  for identifier in theirs[10:]]
        self.follower.write(*sorted(lines))
        self.once([50, 50, 0, 0, 0])
        self.assertStored(mine)
        self.assertEqual(sorted(theirs), sorted(request_ids(other)))
        self.assertEqual([30, 0, 0, 30], self.follower.share(self.account))
        self.assertEqual([20, 0, 0, 20], self.follower.share(other))

    def test_long_names_and_strange_bytes(self):
        """Nothing of a call is refused by the database: a user of 2,000 bytes, a path of any bytes."""
        self.follower.write(
            line(id="long", set_user="ü" * 1000, uri="/" + "a" * 70000),
            line(id="bytes", set_user="X").replace(b'"X"', b'"\xff\\u0000\xfe"').replace(
                b'"/a"', b'"/\xe9"'))
        self.once([2, 2, 0, 0, 0])
        self.assertEqual([1024, 65535], [len(row) for row in database().bytes(
            ["u.name", "r.url"], "FROM event e JOIN user u ON u.id = e.user_id JOIN event_request r "
            "ON r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id "
            f"WHERE e.account_id = {self.account.number} AND r.request_id = 'long'")[0]])
        # An export of both is text that can be read.
        self.assertEqual(2, len(daybook.ndjson(self.account.read("events.ndjson").text)))
        self.assertEqual(2, len(daybook.read_csv(self.account.read("events.csv").text)))

    def test_bodies(self):
        """Length and bytes as they were; one that the front did not keep says so."""
        bodies = {"0": "", "1": "x", "all": "".join(map(chr, range(1, 128))), "big": "y" * 1048576}
        for identifier, body in bodies.items():
            self.follower.write(line(id=identifier, body=body, content_length=str(len(body))))
        self.follower.write(line(id="refused", status="413", content_length="2000000"))
        self.once([5, 5, 0, 0, 0])
        stored = {row["request_id"].decode(): row for row in self.account.stored()}
        for identifier, body in bodies.items():
            self.assertEqual((body.encode(), len(body)),
                             (stored[identifier]["body"], stored[identifier]["body_bytes"]))
        self.assertEqual((b"", 2000000),
                         (stored["refused"]["body"], stored["refused"]["body_bytes"]))
        self.assertIn("too large", json.loads(stored["refused"]["extra"])["body"])

    def test_wrong_use(self):
        for options in ([], ["--account"], ["--account", self.account.slug],
                        ["--account", self.account.slug, "--rotate", "5", "/x"],
                        ["--account", self.account.slug, "--silent-after", "-1", "/x"],
                        ["--account", self.account.slug, "--what", "1", "/x"]):
            self.assertEqual(64, daybook.run("follow", *options).returncode, options)
        for slug, complaint in (("nobody", b'no account "nobody"'), (self.account.slug, b"no file /nowhere/api.log")):
            done = daybook.run("follow", "--account", slug, "--once", "/nowhere/api.log")
            self.assertEqual(1, done.returncode)
            self.assertIn(complaint, done.stderr)


class Operations(Follow):
    def test_reads_dropped_by_rule(self):
        """Only those that went well, and they are counted; a denied one is what people look for."""
        with open(self.follower.path.with_name("api.json"), "w", encoding="utf-8") as file:
            json.dump({"openapi": "3.0.0", "info": {"title": "a", "version": "1"}, "paths": {
                "/pets/{petId}": {"get": {"operationId": "getPet", "tags": ["pet"]},
                                  "delete": {"operationId": "deletePet", "tags": ["pet"]}}}}, file)
        run_well("import-openapi", file.name, "--account", self.account.slug, "--base-path", "/v1",
                 "--drop-reads")
        calls = [("GET", "/v1/pets/7", "200"), ("GET", "/v1/pets/7", "403"),
                 ("DELETE", "/v1/pets/7", "204"), ("GET", "/v1/toys", "200")]
        self.follower.write(*(line(method=method, uri=uri, status=status)
                              for method, uri, status in calls))
        done, numbers = self.follower.once()
        self.assertEqual([4, 3, 0, 1, 0], numbers, done.stderr)
        self.assertEqual([3, 0, 1, 1], self.follower.share(self.account))
        self.assertEqual(
            [(b"GET (unmatched)", None, None, 200), (b"deletePet", b"pet", b"7", 204),
             (b"getPet", b"pet", b"7", 403)],
            sorted((row["action"], row["entity_type"], row["entity_id"], row["status"])
                   for row in self.account.stored()))


class Live(Follow):
    def test_within_a_second(self):
        self.follower.start()
        self.write(["first"])
        self.wait_for(1)
        for number in range(5):
            began = time.monotonic()
            self.write([f"call{number}"])
            until(lambda n=number: self.account.count() == n + 2, SECONDS, "it is stored")
            self.assertLess(time.monotonic() - began, 1)
        self.assertEqual(0, self.follower.stop())
        self.assertEqual(1, self.follower.source("stopped_ms IS NOT NULL"))

    def test_half_a_line_waits_for_the_other(self):
        whole = line(id="slow")
        self.follower.start()
        self.write(["first"])
        self.wait_for(1)
        self.follower.write(whole[:100])
        time.sleep(0.5)
        self.assertEqual(1, self.account.count())
        self.follower.write(whole[100:])
        self.wait_for(2)
        self.assertEqual({}, self.follower.troubles())

    def test_rotation_with_a_writer_that_is_late(self):
        """nginx's workers write to the old file until they have opened the new one."""
        identifiers = self.ids(6)
        self.follower.start()
        with open(self.follower.path, "ab", buffering=0) as late:
            late.write(line(id=identifiers[0]))
            self.wait_for(1)
            rotated = self.follower.rotate()
            self.write(identifiers[1:3])
            self.wait_for(3)
            for identifier in identifiers[3:]:
                late.write(line(id=identifier))
            self.wait_for(6)
            self.assertTrue(rotated.exists())
        until(lambda: not rotated.exists(), SECONDS, "the rotated file is deleted")
        self.assertStored(identifiers)
        self.assertTrue(self.follower.path.exists())

    def test_deleted_while_it_is_read(self):
        """The follower has it open: nothing of it is lost."""
        self.follower.start()
        with open(self.follower.path, "ab", buffering=0) as file:
            file.write(line(id="one"))
            self.wait_for(1)
            os.unlink(self.follower.path)
            file.write(line(id="two"))
            self.wait_for(2)
        self.write(["three"])
        self.wait_for(3)
        self.assertEqual({}, self.follower.troubles())

    def test_emptied_in_place(self):
        """copytruncate: what is written afterwards is read; that something may be missing is said."""
        self.follower.start()
        self.write(self.ids(3))
        self.wait_for(3)
        os.truncate(self.follower.path, 0)
        self.write(["new"])
        self.wait_for(4)
        self.assertEqual({"vanished": 1}, self.follower.troubles())

    def test_emptied_and_grown_beyond_the_mark(self):
        self.follower.start()
        self.write(self.ids(2))
        self.wait_for(2)
        new = self.ids(5)
        with open(self.follower.path, "r+b") as file:
            file.truncate(0)
            file.write(b"".join(line(id=identifier) for identifier in new))
        self.wait_for(7)
        self.assertEqual({"vanished": 1}, self.follower.troubles())

    def test_gone_before_it_was_read(self):
        self.follower.start()
        self.write(self.ids(1))
        self.wait_for(1)
        self.follower.stop()
        self.write(self.ids(1))
        os.unlink(self.follower.path)
        self.follower.start()
        until(lambda: self.follower.troubles() == {"vanished": 1}, SECONDS, "the gap is noted")
        self.write(["new"])
        self.wait_for(2)
        self.assertEqual({"vanished": 1}, self.follower.troubles())

    def test_known_again_under_another_name(self):
        """Rotated while nobody followed; and an inode that is used again is another file."""
        identifiers = self.ids(4)
        self.follower.start()
        self.write(identifiers[:2])
        self.wait_for(2)
        self.follower.kill()
        self.write(identifiers[2:3])
        rotated = self.follower.rotate("old")
        self.write(identifiers[3:])
        self.follower.start()
        self.wait_for(4)
        until(lambda: not rotated.exists(), SECONDS, "the rotated file is deleted")
        self.assertStored(identifiers)
        self.assertEqual(0, self.follower.source("duplicates"))

    def test_killed_and_started_again_and_again(self):
        identifiers = self.ids(20000)
        lines = [line(id=identifier) for identifier in identifiers]
        for start in range(0, len(lines), 2000):
            self.follower.start()
            self.follower.write(*lines[start:start + 2000])
            if start == 8000:
                self.follower.rotate()
            time.sleep(0.15)
            self.follower.kill()
        self.follower.start()
        self.wait_for(len(identifiers))
        self.assertStored(identifiers)
        until(lambda: self.follower.source("`lines`") >= 20000, SECONDS, "all lines are counted")
        self.assertEqual({}, self.follower.troubles())

    def test_connections_lost(self):
        identifiers = self.ids(4000)
        self.follower.start()
        for start in range(0, len(identifiers), 200):
            self.write(identifiers[start:start + 200])
            kill_connections("recorder")
        self.wait_for(len(identifiers))
        self.assertStored(identifiers)

    def test_connections_lost_while_it_reads_ahead(self):
        """Of a backlog one step is stored while the next is read: none is left out when the one before it fails."""
        other = Account()
        mine, theirs = self.ids(9000), self.ids(9000)
        for place in range(0, len(mine), 50):
            self.write(mine[place:place + 50])
            self.write(theirs[place:place + 50], set_account=other.slug)
        self.follower.start()
        lost = 0
        while self.account.count() + other.count() < len(mine) + len(theirs) and lost < 300:
            kill_connections("recorder")
            lost += 1
            time.sleep(0.05)
        self.wait_for(len(mine))
        self.assertStored(mine)
        until(lambda: other.count() >= len(theirs), SECONDS, "the other account has its events")
        self.assertEqual(sorted(theirs), sorted(request_ids(other)))
        self.assertEqual({}, self.follower.troubles())
        self.assertGreater(lost, 2)

    def test_database_away(self):
        """The follower waits and goes on; nothing is missing and nothing is there twice."""
        server = DatabaseServer()
        self.addCleanup(server.ensure_running)
        identifiers = self.ids(3000)
        self.follower.start()
        self.write(identifiers[:1000])
        self.wait_for(1000)
        server.stop()
        self.write(identifiers[1000:2000])
        time.sleep(1)
        server.start()
        until(self.answers, 60, "the database answers")
        self.write(identifiers[2000:])
        until(lambda: self.account.count() >= 3000, 60, "all are stored")
        self.assertStored(identifiers)
        self.assertEqual({}, self.follower.troubles())
        self.assertEqual(3000, self.follower.source("`lines`"))

    def answers(self):
        with contextlib.suppress(AssertionError):
            return database().number("SELECT 1") == 1
        return False

    def test_two_followers_of_one_file(self):
        """Each line once all the same; one of them sees that it is not alone, or finds nothing to do."""
        identifiers = self.ids(20000)
        lines = [line(id=identifier) for identifier in identifiers]
        second = Follower(self.account, self.follower.name, self.follower.path)
        self.addCleanup(second.close)
        self.follower.start()
        second.start()
        for start in range(0, len(lines), 1000):
            self.follower.write(*lines[start:start + 1000])
            time.sleep(0.02)
        self.wait_for(len(identifiers))
        self.assertStored(identifiers)

    def test_signs_of_life_and_backlog(self):
        self.follower.start("--silent-after", "60")
        self.write(self.ids(1))
        self.wait_for(1)
        self.follower.write(line()[:50])
        until(lambda: self.follower.source("backlog_bytes") == 50, SECONDS, "the backlog is noted")
        self.assertEqual([1, 60], [self.follower.source("backlog_files"),
                                   self.follower.source("silent_after_s")])
        seen = self.follower.source("seen_ms")
        until(lambda: self.follower.source("seen_ms") > seen, SECONDS, "it gives signs of life")
        self.assertLess(abs(self.follower.source("last_line_ms") - time.time() * 1000), 60000)

    def test_a_line_of_many_megabytes(self):
        body = "z" * (9 * 1024 * 1024)
        self.follower.start()
        self.follower.write(line(id="huge", body=body, content_length=str(len(body))))
        self.wait_for(1)
        self.assertEqual(len(body), self.account.one_stored()["body_bytes"])


if __name__ == "__main__":
    unittest.main()
