# SPDX-License-Identifier: MIT
"""From a secret to the calls that it was used in, by the page and by the command, without the secret
being anywhere afterwards; and the marks on the page of a call."""
import base64
import hashlib
import hmac
import html
import os
import pty
import re
import secrets
import select
import subprocess
import tempfile
import termios
import unittest
from urllib.parse import quote, urlencode

import daybook
from admin import FORM, AdminAccount
from daybook import BUILD, VAR, Account, Page, TestCase, ask, config_with, database
from running_copy import WRAPPED, until

MARK = re.compile(r"redacted:[0-9a-f]{16}")


def mark_of(secret, account):
    """The mark as the manual defines it, from the installation's key."""
    line = (VAR / "secrets/redaction").read_text().split("\n")[0]
    key = hmac.digest(hashlib.sha256(line.encode()).digest(), f"account:{account.number}".encode(),
                      "sha256")
    digest = hashlib.sha256(secret.encode()).digest()
    return "redacted:" + hmac.digest(key, digest, "sha256").hex()[:16]


def ask_as_cgi(account, secret, **config):
    """The page by a program of its own, with other values of keys of the configuration."""
    body = urlencode({"secret": secret}).encode()
    environment = {"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "REQUEST_METHOD": "POST",
                   "SCRIPT_NAME": "", "PATH_INFO": f"/{account.slug}/-/find-secret", "QUERY_STRING": "",
                   "REMOTE_USER": account.admin_name, "CONTENT_TYPE": FORM["Content-Type"],
                   "CONTENT_LENGTH": str(len(body)), "PATH": os.environ["PATH"]}
    with tempfile.NamedTemporaryFile("w", suffix=".conf", dir=VAR / "tmp") as file:
        file.write(config_with(**config))
        file.flush()
        done = subprocess.run([BUILD / "bin/find_secret.fcgi"], env=environment | {"DAYBOOK_CONF": file.name},
                              check=True, input=body, capture_output=True, timeout=60)
    return done.stdout.decode()


class AskingAccount(AdminAccount):
    def ask(self, secret, headers=None, login=None):
        return ask("POST", f"/{self.slug}/-/find-secret", urlencode({"secret": secret}),
                   FORM | (login or self.admin) | (headers or {}))


class FindSecret(TestCase):
    def setUp(self):
        self.account = AskingAccount()
        self.secret = "Planted-%+&é-" + secrets.token_hex(8)

    def record(self, **event):
        """A call with the secret in a place where it is taken out."""
        event = {"action": "a"} | event
        event["request"] = {"headers": f"Authorization: {self.secret}"}
        (identifier,) = self.account.record(event)
        return identifier

    def assertNowhere(self):
        for word in (self.secret, quote(self.secret), urlencode({"secret": self.secret})):
            self.assertEqual([], daybook.find_in_logs(word))
            self.assertEqual([], daybook.find_in_tables(word))

    def found(self, answer, tab, mark=""):
        """The ids in the list that the answer leads to: that of the only mark, or of this one."""
        page = Page(answer.text)
        (link,) = [link for link in page.links
                   if link.startswith(f"/{self.account.slug}/{tab}?q={quote(mark)}")]
        shown = self.account.get(link)
        self.assertEqual(200, shown.status)
        return set(re.findall(rf'href="/{self.account.slug}/{tab}/([0-9a-f]{{16}})\?', shown.text))

    def test_by_the_page(self):
        events = {self.record(user="ann"), self.record(user="bob")}
        trigger = self.record(kind="trigger")
        self.account.record({"action": "a", "request": {"headers": [["Cookie", "another"]]}})
        answer = self.account.ask(self.secret, {"Sec-Fetch-Site": "same-origin"})
        self.assertEqual(200, answer.status)
        self.assertEqual("no-store", answer.headers["Cache-Control"])
        self.assertIn(mark_of(self.secret, self.account), Page(answer.text).text)
        self.assertNotIn(self.secret, html.unescape(answer.text))
        self.assertEqual(events, self.found(answer, "events"))
        self.assertEqual({trigger}, self.found(answer, "triggers"))
        self.assertNowhere()

    def test_another_secret_finds_nothing(self):
        self.record()
        answer = self.account.ask(self.secret + "x")
        self.assertEqual({mark_of(self.secret + "x", self.account): ("0", "0")}, self.counts(answer))
        self.assertNotIn("?q=redacted", answer.text, "a link to nothing")

    # ---- What was pasted, and how often it is there ------------------------------------------------

    def counts(self, answer):
        """{mark: (calls, webhooks)} as the page says them."""
        rows = re.findall(r"<li><mark>(.*?)</mark>.*?(at least )?(\d+) calls?(?:</a>)? in All Audit,"
                          r".*?(at least )?(\d+) webhooks?(?:</a>)? in Triggers", answer.text, re.S)
        return {mark: (first + calls, second + hooks) for mark, first, calls, second, hooks in rows}

    def test_it_is_counted(self):
        for kind in ("event", "event", "trigger"):
            self.record(kind=kind)
        mark, other = mark_of(self.secret, self.account), mark_of("x", self.account)
        self.assertEqual({mark: ("2", "1")}, self.counts(self.account.ask(self.secret)))
        daybook.run_well("maintain")
        self.record()
        self.assertEqual({mark: ("3", "1")}, self.counts(self.account.ask(self.secret)))
        answer = self.account.ask("x")
        self.assertEqual({other: ("0", "0")}, self.counts(answer))
        self.assertIn("No call and no webhook that is kept holds it", answer.text)

    def test_however_it_was_pasted(self):
        secret = "leaked-secret-" + secrets.token_hex(8)
        pair = base64.b64encode(f"ann:{secret}".encode()).decode()
        ids = {self.account.record({"action": "a", "request": {"headers": header}})[0]
               for header in (f"Authorization: Bearer {secret}", f"Authorization: Basic {pair}",
                              f"Cookie: a=b; sid={secret}", f"X-Api-Key: {secret}")}
        mark = mark_of(secret, self.account)
        for i, pasted in enumerate((f"Bearer {secret} ", f"\t{secret}\r\n", f"Basic {pair}",
                                    f"Authorization: Bearer {secret}", f"cookie: c=d; sid={secret}",
                                    f"X-Api-Key: {secret}\n", f"sid={secret}", mark)):
            if i % 4 == 0:
                person = self.account.person("admin", f"asker-{i}-{self.account.slug}")
            answer = self.account.ask(pasted, None, person)
            self.assertEqual(("4", "0"), self.counts(answer).get(mark), pasted)
            self.assertEqual(ids, self.found(answer, "events", mark))
            self.assertNotIn(secret, answer.text)
            self.assertEqual(pasted != pasted.strip(), "There were blanks" in answer.text, pasted)
            self.assertTrue(answer.text.partition('class="guesses"')[2].partition("<mark>")[2]
                            .startswith(mark), "what is there comes first")
        self.assertEqual([], daybook.find_in_logs(secret))
        self.assertEqual([], daybook.find_in_tables(secret))

    def test_one_with_blanks(self):
        secret = f" {self.secret} "
        pair = base64.b64encode(f"ann:{secret}".encode()).decode()
        self.account.record({"action": "a", "request": {"headers": f"Authorization: Basic {pair}"}})
        self.assertEqual({mark_of(secret, self.account): ("1", "0"),
                          mark_of(self.secret, self.account): ("0", "0")},
                         self.counts(self.account.ask(secret)))

    def test_a_common_one_is_counted_as_far_as_the_time_goes(self):
        self.account.record_many({"action": "a", "request": {"headers": f"Cookie: {self.secret}"}}
                                 for _ in range(600))
        answer = ask_as_cgi(self.account, self.secret, search_ms=0)
        found = re.search(r">at least (\d+) calls</a>", answer)
        self.assertLess(int(found[1]), 600)
        self.assertIn("The time for counting was up", answer)
        self.assertNotIn("No call and no webhook", answer)
        self.assertEqual({mark_of(self.secret, self.account): ("600", "0")},
                         self.counts(self.account.ask(self.secret)))

    def test_more_secrets_than_it_looks_for(self):
        answer = self.account.ask("Cookie: " + "; ".join(f"a{i}=b{i}" for i in range(9)))
        self.assertEqual(8, len(self.counts(answer)))
        self.assertIn("There are more secrets in it", answer.text)

    # ---- A token of Daybook ------------------------------------------------------------------------

    def test_a_token_that_reads(self):
        account = self.account
        token = account.make_token("read", label="the <nightly> export")
        (number,) = account.token_numbers()
        account.record_many({"action": "downloadEvents", "entity_type": "audit",
                             "user": f"token {user[:12]}"} for user in (token, token, "dbk_another1"))
        answer = account.ask(f"Bearer {token}")
        self.assertIn(">2 calls to Daybook</a>", answer.text)
        self.assertIn("A token of Daybook", answer.text)
        self.assertIn("made for <bdi>the &lt;nightly&gt; export</bdi>", answer.text)
        self.assertIn('<span class="state ok">good</span>', answer.text)
        self.assertNotIn(token, answer.text)
        (link,) = [link for link in Page(answer.text).links if "entity=audit" in link]
        self.assertEqual(f"/{account.slug}/events?entity=audit&user=token%20{token[:12]}", link)
        self.assertEqual(2, len(set(re.findall(r"/events/([0-9a-f]{16})", account.get(link).text))))
        link = f"/{account.slug}/-/tokens?before={number + 1}#t{number}"
        self.assertIn(link, Page(answer.text).links)
        self.assertIn(f'id="t{number}"', account.get(link.partition("#")[0]).text)
        self.assertEqual([], daybook.find_in_logs(token))

    def test_a_token_that_is_revoked_and_one_of_elsewhere(self):
        account = self.account
        token = account.make_token("record")
        (number,) = account.token_numbers()
        answer = account.ask(token)
        self.assertIn("It may record events and read nothing.", answer.text)
        self.assertNotIn("calls to Daybook</a>", answer.text)
        account.post("tokens", {"revoke": number})
        self.assertIn('<span class="state failed">revoked</span>', account.ask(token).text)
        for unknown in (AskingAccount().make_token("read"), "dbk_" + 64 * "a"):
            answer = account.ask(unknown)
            self.assertIn("is not a token of this account", answer.text)
            self.assertNotIn(f"/{account.slug}/-/tokens?before", answer.text)
        for other in ("dbk_" + 63 * "a", "dbk_" + 63 * "a" + "g"):
            answer = account.ask(other, None, account.person("admin", f"b-{account.slug}")
                                 if other[-1] == "g" else None)
            self.assertNotIn("token of Daybook", answer.text)

    def test_the_mark_is_the_account_s_own(self):
        mark = MARK.search(self.account.ask(self.secret).text.partition("The mark of")[2])[0]
        other = AskingAccount()
        foreign = MARK.search(other.ask(self.secret).text.partition("The mark of")[2])[0]
        self.assertNotEqual(mark, foreign)

    def test_who_may(self):
        auditor = self.account.person("auditor")
        for login, status in ((auditor, 403), (AskingAccount().admin, 404)):
            answer = self.account.ask(self.secret, None, login)
            self.assertEqual(status, answer.status)
            self.assertNotIn(mark_of(self.secret, self.account), answer.text)
            self.assertNotIn("name=\"secret\"", answer.text)
        target = f"/{self.account.slug}/-/find-secret"
        self.assertIn("Only an admin of this account may look for a secret",
                      ask("GET", target, None, auditor).text)
        self.assertEqual(401, ask("POST", target, "secret=x", FORM).status)

    def test_only_from_the_own_site(self):
        for headers, status in (({"Sec-Fetch-Site": "cross-site"}, 403),
                                ({"Origin": "https://elsewhere.example"}, 403),
                                ({"Origin": "null"}, 403),
                                ({"Origin": f"http://{daybook.HOST}"}, 200)):
            answer = self.account.ask(self.secret, headers)
            self.assertEqual(status, answer.status, headers)
            self.assertEqual(status == 200, "The mark of this secret" in answer.text)

    def test_how_long_it_may_be(self):
        target = f"/{self.account.slug}/-/find-secret"
        longest = "é" * 4096
        answer = self.account.ask(longest)
        self.assertIn(mark_of(longest, self.account), answer.text)
        self.assertEqual(400, self.account.ask("x" * 8193).status)
        for body in ("secret=" + "x" * 30000, "secret=" + "x" * 40000):
            self.assertEqual(413, ask("POST", target, body, FORM | self.account.admin).status)

    def test_forms_that_are_none(self):
        target = f"/{self.account.slug}/-/find-secret"
        for body in ("", "secret=", f"{self.secret}=1", f"secret=a&secret={quote(self.secret)}"):
            answer = ask("POST", target, body, FORM | self.account.admin)
            self.assertEqual(400, answer.status, body)
            self.assertNotIn(self.secret, html.unescape(answer.text))

    def test_guessing_is_slow(self):
        answers = [self.account.ask(f"guess {i}") for i in range(10)]
        self.assertEqual([200] * 6, [answer.status for answer in answers[:6]])
        refused = [answer for answer in answers if answer.status == 429]
        self.assertTrue(refused)
        self.assertIn("That was too often", refused[0].text)
        self.assertIn('<a class="button" href="">Back to the form</a>', refused[0].text)
        self.assertTrue(refused[0].headers["Retry-After"])
        self.assertEqual(200, self.account.get(f"/{self.account.slug}/-/find-secret").status)
        other = AskingAccount()
        self.assertEqual(200, other.ask("guess").status, "each person has their own tries")

    # ---- The command -----------------------------------------------------------------------------

    def command(self, stdin):
        done = daybook.run("find-secret", self.account.slug, stdin=stdin)
        return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()

    def test_by_the_command(self):
        noon = 1769860800123
        events = [self.record(action="tab\there", user="bob", occurred_at=noon + i)
                  for i in range(3)]
        trigger = self.record(kind="trigger", occurred_at=noon)
        self.account.record({"action": "a", "request": {"headers": [["Cookie", "another"]]}})
        expected = [mark_of(self.secret, self.account)]
        for i in (2, 1, 0):
            expected.append(f"2026-01-31T12:00:00.{123 + i}Z\t{events[i]}\ttab\\there\tbob\t"
                            f"/{self.account.slug}/events/{events[i]}")
        expected.append(f"2026-01-31T12:00:00.123Z\t{trigger}\ta\t---\t"
                        f"/{self.account.slug}/triggers/{trigger}")
        for end in (b"", b"\n", b"\r\n", b"\nmore\n"):
            self.assertEqual((0, expected, ""), self.command(self.secret.encode() + end))
        for line in expected[1:]:
            self.assertEqual(200, self.account.get(line.rpartition("\t")[2]).status)
        self.assertNowhere()

    def test_the_command_looks_for_what_is_inside_too(self):
        identifier = self.record(occurred_at=1769860800123)
        marks = [mark_of(secret, self.account) for secret in (f"Token {self.secret}", self.secret)]
        line = f"2026-01-31T12:00:00.123Z\t{identifier}\ta\t---\t/{self.account.slug}/events/{identifier}"
        self.assertEqual((0, [*marks, line], ""), self.command(f"Token {self.secret}".encode()))

    def test_the_command_finds_nothing(self):
        self.record()
        self.assertEqual((0, [mark_of("wrong", self.account)],
                          "daybook: no call in this log holds it.\n"), self.command(b"wrong\n"))
        for stdin in (b"", b"\n", b"x" * 8193):
            status, lines, complaint = self.command(stdin)
            self.assertEqual((1, []), (status, lines))
            self.assertIn("one line of 1 to 8192 bytes", complaint)
        self.assertEqual(1, daybook.run("find-secret", "t-none", stdin=b"x").returncode)
        self.assertEqual(64, daybook.run("find-secret", stdin=b"x").returncode)

    def on_a_terminal(self, keys):
        """What the terminal shows, whether it echoes afterwards, and the exit status."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(BUILD / "bin/daybook", ["daybook", "--config", str(VAR / "daybook.conf"),
                                             "find-secret", self.account.slug])
        shown = b""
        while b"Secret: " not in shown:
            shown += os.read(terminal, 1000)
        until(lambda: not termios.tcgetattr(terminal)[3] & termios.ECHO, 10, "echo is off")
        os.write(terminal, keys)
        _, status = until(lambda: next((done for done in [os.waitpid(pid, os.WNOHANG)] if done[0]),
                                       None), 30, "the command has ended")
        echoes = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
        while select.select([terminal], [], [], 0.2)[0]:
            try:
                shown += os.read(terminal, 10000)
            except OSError:
                break
        os.close(terminal)
        return shown.decode(), echoes, status

    def test_on_a_terminal_the_secret_is_not_shown(self):
        identifier = self.record()
        shown, echoes, status = self.on_a_terminal(self.secret.encode() + b"\n")
        self.assertIn(mark_of(self.secret, self.account), shown)
        self.assertIn(identifier, shown)
        self.assertNotIn(self.secret, shown)
        self.assertTrue(echoes)
        self.assertEqual(0, os.waitstatus_to_exitcode(status))

    def test_interrupted_on_a_terminal_it_echoes_again(self):
        shown, echoes, status = self.on_a_terminal(b"half\x03")
        self.assertTrue(echoes)
        self.assertEqual(-2, os.waitstatus_to_exitcode(status))
        self.assertNotIn("half", shown)


class Marks(TestCase):
    """The page of a call shows each place where a secret stood, and changes nothing around it."""
    mark = "redacted:0123456789abcdef"

    def marks(self, page):
        return re.findall(r"<mark[^>]*>(.*?)</mark>", page)

    def test_in_every_part(self):
        account = Account()
        (identifier,) = account.record({
            "action": "a", "user_agent": self.mark, "forwarded_for": self.mark,
            "response": {"body_head": f"x {self.mark}"}, "extra": {"a": self.mark},
            "request": {"url": f"/x?token={self.mark}&y", "params": {"p": self.mark},
                        "query": {"token": self.mark}, "headers": [["X-Note", self.mark]],
                        "body": f"a={self.mark}&b={self.mark}"}})
        page = account.open(f"events/{identifier}").text
        marks = self.marks(page)
        self.assertEqual(10, len(marks))
        link = (f'<a href="/{account.slug}/events?q=redacted%3A0123456789abcdef" title="A secret '
                "stood here; the same secret has the same mark in this account. Find it elsewhere"
                f'">{self.mark}</a>')
        self.assertEqual({link}, set(marks))
        text = re.sub(r"</?(mark|a)\b[^>]*>", "", page)
        self.assertIn(f"\n/x?token={self.mark}&amp;y</pre>", text)
        self.assertIn(f"\na={self.mark}&amp;b={self.mark}</pre>", text)
        shown = account.open("events?q=redacted%3A0123456789abcdef").text
        self.assertIn(f"/events/{identifier}?", shown)

    def test_each_place_is_found_by_its_link(self):
        """A mark that stands in one part alone leads to a list with that call."""
        account = Account()
        for part in ("url", "params", "query", "headers", "body", "head", "extra", "user_agent",
                     "forwarded_for"):
            mark = "redacted:" + secrets.token_hex(8)
            event = {"action": part, "request": {
                "url": {"url": f"/?a={mark}"}, "params": {"params": {"a": mark}},
                "query": {"query": {"a": mark}}, "headers": {"headers": [["X", mark]]},
                "body": {"body": mark}}.get(part, {})}
            event |= {"head": {"response": {"body_head": mark}}, "extra": {"extra": {"a": mark}},
                      "user_agent": {"user_agent": mark},
                      "forwarded_for": {"forwarded_for": mark}}.get(part, {})
            (identifier,) = account.record(event)
            page = account.open(f"events/{identifier}").text
            (link,) = re.findall(r'<mark><a href="([^"]+)"', page)
            self.assertIn(f"/events/{identifier}?", daybook.get(link).text, part)

    def test_a_trigger_leads_to_triggers(self):
        account = Account()
        (identifier,) = account.record({"action": "a", "kind": "trigger",
                                        "request": {"body": self.mark}})
        self.assertIn(f'<mark><a href="/{account.slug}/triggers?q=redacted%3A',
                      account.open(f"triggers/{identifier}").text)

    def test_the_lone_word_has_no_link(self):
        account = Account()
        (identifier,) = account.record({"action": "a", "request": {
            "headers": [["X-Note", "redacted"]],
            "body": "unredacted, and redacted by ann"}})
        page = account.open(f"events/{identifier}").text
        self.assertIn('&quot;<mark title="A secret stood here">redacted</mark>&quot;', page)
        self.assertEqual(["redacted"], self.marks(page))

    def test_many_marks_are_fast_enough(self):
        account = Account()
        body = f"[{','.join([chr(34) + self.mark + chr(34)] * 17000)}]"
        (identifier,) = account.record({"action": "a", "request": {"body": body}})
        page = account.open(f"events/{identifier}?view=raw")
        self.assertEqual(17000, len(self.marks(page.text)))
        logged = [line for log in (VAR / "log").glob("details.err")
                  for line in log.read_text().splitlines() if identifier in line]
        if not WRAPPED:
            self.assertLess(int(re.search(r" us=(\d+)", logged[-1])[1]), 2000000, logged[-1])


if __name__ == "__main__":
    unittest.main()
