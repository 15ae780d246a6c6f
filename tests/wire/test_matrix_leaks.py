# SPDX-License-Identifier: MIT
"""Two accounts that know nothing of each other: no word of one is in anything that is to be had without a right in it, and
whatever happens in one, everything that others get to see stays the same, byte for byte."""
import re
import secrets
import unittest
from urllib.parse import urlencode

import daybook
import marked
from admin import FORM, HERE
from daybook import TestCase, ask, bearer, database, run_well
from marked import MarkedAccount, Reader, guesses, readers_of, spelled
from matrix import FILES, Client
from running_copy import make_person, until
from test_manual import section
from test_matrix import told

MARK = re.compile(r"redacted:[0-9a-f]{16}")
# What passes by itself: how long ago something was, and how far back a plan goes.
TIME = re.compile(rb"just now|\d+ \w+ ago|(?<=back to )<time [^>]*>[^<]*")


def timeless(question, answer):
    """All that an answer tells, whenever it was given."""
    status, headers, body = told(answer)
    ages = re.search(r"/-/(health|tokens)", question[1])  # of changing length
    return status, [pair for pair in headers if not (ages and pair[0] == "Content-Length")], TIME.sub(b"TIME", body)


def placed(account):
    """How many of its events a follower gets."""
    return len(daybook.ndjson(account.read("all.ndjson?after=0&limit=10000").text))


class Apart(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.one, cls.two = MarkedAccount(), MarkedAccount()
        cls.client = Client()
        cls.addClassCleanup(cls.client.close)
        cls.old = [run_well("token", "add", cls.two.slug, scope, "--label", cls.two.mark("old")) for scope in ("read", "record")]
        database().run(f"UPDATE token SET revoked_ms = created_ms WHERE account_id = {cls.two.number} AND label = "
                       f"'{cls.two.mark('old')}'")
        cls.one.capture(cls, cls.two)
        cls.two.capture(cls, cls.one)
        for account in (cls.one, cls.two):
            account.live()
            until(lambda one=account: placed(one) == one.count(), 60, "each event has its place in the order of arrival")

    @classmethod
    def addCleanup(cls, *arguments):
        cls.addClassCleanup(*arguments)

    def assertNoWord(self, account, reader, seen):
        for (method, target), answer in seen.items():
            text = spelled(answer)
            for word in [account.word] + ([account.slug] if account.slug not in target else []):
                if word in text:
                    self.fail(f"{reader}: {word} in {method} {target}: {answer.status} …"
                              f"{text[max(0, text.index(word) - 80):][:240]}…")

    def test_the_words_are_there(self):
        """For those who may see them; else nothing below says anything."""
        for account in (self.one, self.two):
            reader = Reader("admin", account.admin, (account.slug,), "t-none", [account.ids["event"][0], account.ids["trigger"][0]])
            seen = "".join(map(spelled, reader.sees().values()))
            for field in ("action-0", "type", "id-0", "name-0", "user", "address", "forwarded", "agent", "param", "query", "body",
                          "header", "answer", "extra", "provider", "pushed", "delivery", "label-1", "member-1", "hook-1", "path-1",
                          f"plan-{account.lives}"):
                self.assertIn(account.mark(field), seen)
            self.assertIn(f"/log/{account.word}-{account.lives}.log", seen)
            api = Reader("read", bearer(account.token("read")), (), "t-none", account.ids["event"]).sees()
            for target in ("/api/audit/entitiesList", "/api/audit/download?", "/api/v1/events.csv?"):
                self.assertIn(account.word, spelled(api["GET", target]))

    def test_nothing_is_seen_and_nothing_changes(self):
        for own, other, old in ((self.one, self.two, self.old), (self.two, self.one, [])):
            readers = list(readers_of(own, other, old))
            until(lambda one=own: placed(one) == one.count(), 60, "each event has its place in the order of arrival")
            before = [reader.sees() for reader in readers]
            other.live()
            for reader, seen in zip(readers, before):
                self.assertNoWord(other, reader, seen)
                after = reader.sees()
                self.assertNoWord(other, reader, after)
                for question, answer in seen.items():
                    self.assertEqual(timeless(question, answer), timeless(question, after[question]), (reader, question))

    def test_an_auditor_sees_no_tokens_and_members(self):
        account = self.two
        auditor = Reader("auditor", account.person("auditor", "auditor-" + secrets.token_hex(4)), (account.slug,), "t-none",
                         [account.ids["event"][0], account.ids["trigger"][0]])
        for question, answer in auditor.sees().items():
            for word in ("label", "member"):
                self.assertNotIn(account.mark(word), spelled(answer), question)

    def test_right_guesses_look_like_wrong_ones(self):
        """A word of the other account, and one that is nowhere: the answers differ in the word alone."""
        own, other = self.one, self.two
        for field in ("action-0", "type", "id-0", "name-0", "user", "provider", "body", "agent", "header"):
            right = other.mark(field)
            wrong = "mark" + secrets.token_hex(6) + right[len(other.word):]
            for good, bad in zip(guesses(right), guesses(wrong)):
                for target, headers in ((f"/{own.slug}/events", own.admin), (f"/{own.slug}/triggers", own.admin),
                                        (f"/{own.slug}/all.csv", own.admin),
                                        ("/api/v1/all.ndjson", bearer(own.token("read")))):
                    answers = [self.client.ask("GET", f"{target}?{query}", headers) for query in (good, bad)]
                    self.assertSameBut(answers, (right, wrong), (target, good))
                answers = [self.client.ask("HEAD", f"/{own.slug}/events?{query}", own.admin) for query in (good, bad)]
                self.assertSameBut(answers, (right, wrong), good)
        for name in ("entity", "action", "userName", "entityId", "search"):
            answers = [self.client.ask("GET", "/api/audit/download?" + urlencode({name: text}), bearer(own.token("read")))
                       for text in (right, wrong)]
            self.assertSameBut(answers, (right, wrong), name)

    def assertSameBut(self, answers, words, about):
        """By the whole word, and by the beginning of it that a prefix is."""
        told_of = []
        for answer, word in zip(answers, words):
            status, headers, body = told(answer)
            for part in (word, word[:8]):
                body = body.replace(part.encode(), b"WORD")
            told_of.append((status, headers, body))
        self.assertEqual(*told_of, about)

    def test_secrets_of_the_other(self):
        """Its mark is each account's own: asked for, a right guess leads nowhere, as a wrong one does."""
        own, other = self.one, self.two
        pages = []
        for secret in (other.secret, "mark" + secrets.token_hex(6) + "-secret-0a1b2c3d4e5f"):
            answer = ask("POST", f"/{own.slug}/-/find-secret", urlencode({"secret": secret}), FORM | HERE | own.admin)
            self.assertEqual(200, answer.status)
            self.assertNotIn("q=redacted", answer.text, "no call has it")
            for tab in ("events", "triggers"):
                self.assertIn("Nothing matches", own.get(f"/{own.slug}/{tab}?q={MARK.findall(answer.text)[-1]}").text)
            pages.append(MARK.sub("MARK", re.sub(r"redacted%3a\w{16}", "MARK", told(answer)[2].decode(), flags=re.I)))
        self.assertEqual(*pages)
        mark = MARK.search(other.get(f"/{other.slug}/events/{other.ids['event'][0]}").text)[0]
        found = other.get(f"/{other.slug}/events?q={mark}")
        self.assertNotIn("Nothing matches", found.text)
        self.assertIn("Nothing matches", own.get(f"/{own.slug}/events?q={mark}").text)

    def test_what_belongs_together_is_of_one_account(self):
        """Both have calls of the same request, trace and delivery."""
        for own, other in ((self.one, self.two), (self.two, self.one)):
            numbers = [database().number(f"SELECT COUNT(*) FROM event_request WHERE account_id = {own.number} AND kind = 2 "
                                         f"AND trigger_delivery_id = '{delivery}'")
                       for delivery in (marked.DELIVERY, own.mark("delivery"))]
            for kind in ("event", "trigger"):
                page = own.get(f"/{own.slug}/{kind}s/{own.ids[kind][0]}").text
                self.assertNotIn(other.word, page)
                self.assertNotIn(f"/{other.slug}/", page)
                self.assertIn(own.mark("action-1"), page, "those of its own are there")
            text = daybook.Page(own.get(f"/{own.slug}/triggers?show=200").text).text
            self.assertEqual([{str(attempt) for attempt in range(1, number + 1)} for number in numbers],
                             [set(re.findall(rf"attempt (\d+) of {number}\b", text)) for number in numbers])

    def test_the_same_ids(self):
        """Made of the same time and key, they name another event in each account."""
        for kind in ("event", "trigger"):
            both = set(self.one.ids[kind]) & set(self.two.ids[kind])
            self.assertGreater(len(both), 2)
            for identifier in both:
                for own, other in ((self.one, self.two), (self.two, self.one)):
                    for query in marked.DETAILS:
                        text = spelled(own.get(f"/{own.slug}/{kind}s/{identifier}{query.format(other='t-none')}"))
                        self.assertEqual([True, False], [account.word in text for account in (own, other)], query)

    def test_an_operator_sees_both(self):
        name = "operator-" + secrets.token_hex(4)
        headers = make_person(name)
        run_well("operator", "add", name)
        self.addCleanup(run_well, "operator", "remove", name)
        query = f"account={self.one.slug}&account={self.two.slug}"
        for target in ("/-/events?show=200&", "/-/triggers?show=200&", *(f"/-/{file}?" for file in FILES)):
            text = spelled(self.client.ask("GET", target + query, headers))
            self.assertEqual([True, True], [account.word in text for account in (self.one, self.two)], target)
        only = spelled(self.client.ask("GET", f"/-/events?show=200&account={self.one.slug}&menu=action", headers))
        self.assertNotIn(self.two.word, only, "filters of the operator hold as well")


class Parameters(unittest.TestCase):
    """Each parameter of the manual is tried across accounts: a new one is added to marked.py or fails here."""

    def test_all_are_asked(self):
        queries = [*marked.QUERIES, *marked.OF_PAGES, *marked.OF_FILES, *marked.OF_VIEWS, *marked.OF_CODEFRESH]
        asked = {pair.partition("=")[0] for query in queries for pair in query.split("&")}
        asked |= {"part", "page"} | {query.partition("=")[0] for query in guesses("x")}
        for title in ("PARAMETERS", "CODEFRESH"):
            names = set(re.findall(r"^\.It Va (\w+)", section("daybook-urls.7", title), re.M))
            self.assertGreater(len(names), 10)
            self.assertEqual(set(), names - asked, title)


if __name__ == "__main__":
    unittest.main()
