# SPDX-License-Identifier: MIT
"""The tab Triggers: what a page says of a webhook, whatever its words are, and the filters that only it has."""
import html
import random
import re
import unittest
from urllib.parse import urlencode

import daybook
from daybook import Account, TestCase
from index_rows import assert_index_rows
from linked import HOSTILE, NOON, attempts, call, linked, tables, trigger
from menu import ticks


class Pages(TestCase):
    def test_the_head(self):
        account = Account()
        for signature, word in (("valid", "valid"), ("invalid", "invalid"),
                                ("unchecked", "not checked"), (None, "---")):
            with self.subTest(signature):
                about = {"signature": signature} if signature else {}
                (one,) = account.record(trigger(
                    provider="github", event="push", delivery_id="d-1", **about,
                    request={"url": "/webhooks/github?secret=x"}))
                text = account.open(f"triggers/{one}").text
                (head,) = re.findall(r'<dl class="figures webhook">(.*?)</dl>', text, re.S)
                facts = {label: " ".join(re.sub("<[^>]*>", " ", value).split()) for label, value in
                         re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", head, re.S)}
                self.assertEqual({"Provider": "github", "Webhook event": "push",
                                  "Delivery ID": "d-1", "Signature": word,
                                  "Webhook address": "/webhooks/github"}, facts)
                self.assertEqual(signature is not None, '<span class="state ' in head)
        (plain,) = account.record(call(trigger={"provider": "github", "delivery_id": "d-1"}))
        text = account.open(f"events/{plain}").text
        self.assertNotIn('class="figures webhook"', text)
        self.assertIn("d-1", text)

    def test_the_rows(self):
        """What is said of each, in the time zone that was asked for."""
        account = Account()
        (cause,) = account.record(trigger(provider="github", event="push", trace_id="t",
                                          entity_type="trigger", entity_name="shop", user="ann"))
        (effect, unnamed) = account.record([
            call(NOON + 61000, trace_id="t", entity_type="pipeline", entity_name="a/b", entity_id="5c",
                 user="bot", status=404), {"action": "odd", "occurred_at": NOON, "trace_id": "t",
                                           "entity_type": "x", "entity_id": "7"}])
        page = tables(account, "trigger", f"{cause}?tz=Europe%2FBerlin&user=ann&page=3")
        self.assertEqual(
            [["2025-01-31 13:01:01", "run", "pipeline a/b", "404 failed", "bot",
              "Details of run, 2025-01-31 13:01:01"],
             ["2025-01-31 13:00:00", "odd", "x 7", "---", "---", "Details of odd, 2025-01-31 13:00:00"]],
            [row["cells"] for row in page["Calls this trigger caused"]])
        self.assertEqual([[f"/{account.slug}/events/{one}?tz=Europe%2FBerlin"]
                          for one in (effect, unnamed)],
                         [row["links"] for row in page["Calls this trigger caused"]])
        page = tables(account, "event", effect)
        self.assertEqual(
            [["2025-01-31 12:00:00", "receiveWebhook github push", "trigger shop", "202 ok", "ann",
              "Details of receiveWebhook, 2025-01-31 12:00:00"]],
            [row["cells"] for row in page["Trigger that caused this call"]])

    def test_marks_in_the_list(self):
        account = Account()
        account.record([trigger(signature=word) for word in ("valid", "invalid", "unchecked")])
        self.assertEqual(1, account.open("triggers").text.count("signature invalid"))
        account.record(call(trigger={"signature": "invalid"}))
        self.assertNotIn("signature invalid", account.open("events").text)

    def test_hostile_words(self):
        account = Account()
        for i, word in enumerate(HOSTILE):
            with self.subTest(word):
                cause, again = account.record([
                    trigger(NOON + i, provider=word, event=word, delivery_id=word, request_id=word,
                            status=500, request={"url": word}),
                    trigger(NOON + i + 1, provider=word, event=word, delivery_id=word,
                            action=word, entity_name=word, user=word, request_id=word)])
                (effect,) = account.record(call(NOON + i + 2, request_id=word, action=word, user=word,
                                                entity_type=word, entity_name=word))
                for kind, identifier in (("trigger", cause), ("trigger", again), ("event", effect)):
                    text = account.open(f"{kind}s/{identifier}").text
                    self.assertNotIn("<script>alert", text)
                    self.assertNotIn("<img", text)
                    self.assertNotIn("\u202e", text)
                    self.assertNotIn("\x01", text)
                    self.assertEqual([], [link for link in daybook.Page(text).links
                                          if not link.startswith(("/", "#")) and link])
                self.assertEqual([effect], linked(account, "trigger", cause))
                self.assertEqual([again, cause], linked(account, "event", effect))
                self.assertEqual(2, len(attempts(account, cause)))
        page = account.open("triggers?show=50").text
        self.assertNotIn("<script>alert", page)
        self.assertEqual(len(HOSTILE), page.count("attempt 2 of 2"))

    def test_secrets_are_marks_in_the_head(self):
        account = Account()
        token = "ghp_" + "a1B2" * 9
        (one,) = account.record(trigger(provider="github", delivery_id=token))
        text = account.open(f"triggers/{one}").text
        self.assertNotIn(token, text)
        self.assertRegex(html.unescape(text), r'Delivery ID</dt><dd><mark><a href="/[^"]*redacted')


class Filters(TestCase):
    """Provider and signature, against what was recorded."""

    def test_them(self):
        account, other = Account(), Account()
        rng = random.Random(3)
        providers = [None, "github", "GitHub", "gitlab", "a\nb", *HOSTILE]
        signatures = [None, "valid", "invalid", "unchecked"]
        recorded = {}
        for i in range(120):
            about = {"provider": rng.choice(providers), "signature": rng.choice(signatures),
                     "delivery_id": rng.choice(("github", "valid", "d"))}
            about = {name: word for name, word in about.items() if word is not None}
            (one,) = account.record({"kind": "trigger", "action": "a", "occurred_at": NOON + i,
                                     "trigger": about})
            recorded[one] = about
        other.record(trigger(provider="github", signature="invalid"))
        plain = account.record([call(NOON + i, trigger={"provider": "github"}) for i in range(3)])
        assert_index_rows(account)

        def matches(about, query):
            for name, word in query:
                dimension = name.removeprefix("not_")
                include = [w for n, w in query if n == dimension]
                exclude = [w for n, w in query if n == "not_" + dimension]
                has = about.get(dimension, "---")
                if include and has not in include or has in exclude:
                    return False
            return True

        words = {"provider": [p or "---" for p in providers] + ["nobody"],
                 "signature": [s or "---" for s in signatures]}
        cases = [[(name, word)] for dimension in words for word in words[dimension]
                 for name in (dimension, "not_" + dimension)]
        for _ in range(25):
            names = [rng.choice(("", "not_")) + rng.choice(("provider", "signature"))
                     for _ in range(rng.randrange(2, 5))]
            cases.append([(name, rng.choice(words[name.removeprefix("not_")])) for name in names])
        some = 0
        for query in cases:
            with self.subTest(query):
                target = "triggers?show=200&" + urlencode(query)
                expected = sorted((one for one, about in recorded.items() if matches(about, query)),
                                  reverse=True)
                page = daybook.Page(account.open(target).text)
                found = [link.split("?")[0].rsplit("/", 1)[1] for link in page.links
                         if link.startswith(f"/{account.slug}/triggers/")]
                self.assertEqual(expected, found)
                download = account.read("triggers.ndjson?" + urlencode(query))
                self.assertEqual(expected, [row["id"] for row in daybook.ndjson(download.text)])
                both = account.read("all.ndjson?" + urlencode(query))
                none = matches({}, query)
                self.assertEqual(sorted(expected + (plain if none else [])),
                                 sorted(row["id"] for row in daybook.ndjson(both.text)))
                self.assertEqual(str(len(expected) + (3 if none else 0)),
                                 both.headers["Daybook-Rows"])
                some += len(expected)
        self.assertGreater(some, 1000)

    def test_the_menus(self):
        account = Account()
        account.record([trigger(NOON + i, provider=word) for i, word in
                        enumerate(("github", "a&b", "<b>", ""))])

        def offered(target, name):
            return [value for value, _ in ticks(account.open(target).text).get(name, [])]

        self.assertEqual(["---", "<b>", "a&b", "github"], offered("triggers?menu=provider", "provider"))
        self.assertEqual(["---"], offered("triggers?menu=signature", "signature"))
        for name in ("provider", "signature"):
            self.assertEqual([], offered("events", name))
        self.assertEqual(["invalid"], offered("events?signature=invalid", "signature"))

    def test_a_break_of_lines_from_a_form(self):
        """CR LF finds both, whatever else stands in dictionaries that accounts share."""
        account, other = Account(), Account()
        named = [{"provider": text, "action": text, "entity_type": text, "user": text}
                 for text in ("a\nb", "a\r\nb", "a\rb")]
        other.record([trigger(NOON, **members) for members in named])
        ids = account.record([trigger(NOON + i, **members) for i, members in enumerate(named)])
        for name in ("provider", "action", "entity", "user"):
            for query, expected in ((f"{name}=a%0D%0Ab", ids[:2]), (f"{name}=a%0Ab", ids[:1]),
                                    (f"{name}=a%0Db", ids[2:]), (f"not_{name}=a%0D%0Ab", ids[2:]),
                                    (f"not_{name}=a%0Ab", ids[1:])):
                with self.subTest(query):
                    text = account.open("triggers?" + query).text
                    self.assertEqual(expected, [one for one in ids if f"/{one}" in text])


if __name__ == "__main__":
    unittest.main()
