# SPDX-License-Identifier: MIT
"""The log about the log: what was changed on a page, to whom, as the command's events say it."""
import os
import re
import subprocess
import unittest
from urllib.parse import quote_from_bytes

from daybook import Page
from test_list import COUNT
from test_own_log import Copy


class OwnChanges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.copy = Copy()
        cls.addClassCleanup(cls.copy.stop)

    def test_changes_by_the_browser(self):
        """As the command's: what was done to whom, and what they are now."""
        copy, names = self.copy, ["olga", 'o"},\r\nX-Daybook-Account: acme\\', "zoë\t&action=x&id=%00+", "\u202eé" + "x" * 240]
        mark, expected = copy.newest(), []
        for name in names:
            typed = name if name.isprintable() else name.replace("\r\n", " ").replace("\t", " ")
            self.assertEqual(303, copy.post("/demo/-/members", person=typed, role="auditor")[0].status, typed)
            member = quote_from_bytes(typed.encode())
            self.assertEqual(303, copy.post("/demo/-/members", member=member, role="admin")[0].status)
            self.assertEqual(303, copy.post("/demo/-/members", member=member, role="none")[0].status)
            expected += [("addMember", typed, "", {"role": "auditor"}), ("changeMember", typed, "", {"role": "admin"}),
                         ("removeMember", typed, "", {})]
        # What the command lets in may have any byte.
        copy.daybook("member", "add", "demo", 'a\r\nX-Daybook-User: eve", "z": "', "auditor")
        copy.daybook("member", "add", "demo", os.fsdecode(b"\xff\xfe"), "auditor")
        for name in (b'a\r\nX-Daybook-User: eve", "z": "', b"\xff\xfe"):
            self.assertEqual(303, copy.post("/demo/-/members", member=quote_from_bytes(name), role="none")[0].status)
        for action, extra in (("addMember", {"role": "auditor"}), ("removeMember", {})):
            expected += [(action, 'a\r\nX-Daybook-User: eve", "z": "', "", extra), (action, "%FF%FE", "", extra)]
        self.assertEqual(expected, copy.changes_after(mark))
        rows = copy.sql("SELECT DISTINCT a.slug, t.name, u.name, e.status FROM event e JOIN account a ON a.id = e.account_id JOIN "
                        "entity_type t ON t.id = e.entity_type_id JOIN user u ON u.id = e.user_id JOIN action c ON "
                        f"c.id = e.action_id WHERE c.name LIKE '%Member' AND e.source = 1 AND e.id > {mark}")
        self.assertEqual([["demo", "audit", "admin", "303"]], rows)

    def test_tokens_by_the_browser(self):
        """All that happened to a token is found by its number, whoever did it where."""
        copy, label = self.copy, 'CI "main"\\ & zoë'
        mark = copy.newest()
        answer, page = copy.post("/demo/-/tokens", form="00000000000000a1", scope="read", label=label, days="30")
        self.assertEqual(200, answer.status)
        (secret,) = set(re.findall("dbk_[0-9a-f]{64}", page))
        number, = copy.sql("SELECT MAX(id) FROM token")[0]
        self.assertEqual(200, copy.post("/demo/-/find-secret", secret=secret)[0].status)
        self.assertEqual(303, copy.post("/demo/-/tokens", revoke=number)[0].status)
        by_command = copy.daybook("token", "add", "demo", "record", "--label", label, "--expires", "7")
        other, = copy.sql("SELECT MAX(id) FROM token")[0]
        self.assertEqual(303, copy.post("/demo/-/tokens", revoke=other)[0].status)
        self.assertEqual([("addToken", number, label, {"scope": "read", "days": "30"}), ("findSecret", number, label, {}),
                          ("revokeToken", number, label, {}), ("addToken", other, label, {"scope": "record", "days": "7"}),
                          ("revokeToken", other, label, {})], copy.changes_after(mark))
        page = Page(copy.page(f"/demo/events?entity=audit&entity_id={number}"))
        self.assertEqual("3", COUNT.search(page.text)[3])
        for word in (secret, by_command):
            found = subprocess.run(["grep", "-rlF", word[12:], copy.var / "capture", copy.var / "log"], check=False, capture_output=True)
            self.assertEqual(b"", found.stdout)

    def test_a_token_that_should_be_gone(self):
        """One that read is refused: its account sees that it is used, the caller nothing."""
        copy = self.copy
        good, gone = ({"Authorization": "Bearer " + copy.daybook("token", "add", "demo", "read")} for _ in range(2))
        number, = copy.sql("SELECT MAX(id) FROM token")[0]
        copy.daybook("token", "revoke", "demo", number)
        self.assertEqual(200, copy.ask("GET", "/api/user", good)[0].status)
        unknown = {"Authorization": "Bearer dbk_" + "0" * 64}
        for target in ("/api/user", "/api/v1/all.csv", "/api/audit/entitiesList"):
            answers = [copy.ask("GET", target, headers) for headers in (gone, unknown)]
            seen = [(answer.status, body, sorted((name, value) for name, value in answer.getheaders() if name not in ("X-Request-ID", "Date")))
                    for answer, body in answers]
            self.assertEqual(401, answers[0][0].status)
            self.assertEqual(seen[0], seen[1], target)
        copy.newest()
        self.assertEqual([["0", "1", "3"]], copy.sql(f"SELECT used_ms, refused_ms > 0, refused FROM token_use WHERE token_id = {number}"))
        page = " ".join(Page(copy.page("/demo/-/tokens")).text.split())
        self.assertEqual(1, len(re.findall(r"refused (just now|[^.]*? ago)", page)))

    def test_views_by_the_browser(self):
        copy, page = self.copy, "/demo/-/views?kind=events&user=ann"
        mark = copy.newest()
        self.assertEqual(303, copy.post(page, name="Ann's <calls>", default="1")[0].status)
        number, = copy.sql("SELECT MAX(id) FROM saved_view")[0]
        for fields in ({"do": "rename", "name": "Ann"}, {"do": "no-default"}, {"do": "default"}, {"do": "share"}, {"do": "delete"}):
            self.assertEqual(303, copy.post("/demo/-/views", view=number, **fields)[0].status, fields)
        shared, = copy.sql("SELECT MAX(id) FROM saved_view")[0]
        self.assertEqual(303, copy.post("/demo/-/views", view=shared, do="delete", shared="1")[0].status)
        view, all_of_them = f"view {number}", {"shared": "yes"}
        self.assertEqual([("saveView", view, "Ann's <calls>", {"default": "yes"}), ("renameView", view, "Ann", {}),
                          ("removeDefaultView", view, "Ann", {}), ("setDefaultView", view, "Ann", {}),
                          ("shareView", f"view {shared}", "Ann", {**all_of_them, "copy_of": view}), ("deleteView", view, "Ann", {}),
                          ("deleteView", f"view {shared}", "Ann", all_of_them)], copy.changes_after(mark))

    def test_what_is_refused_is_no_change(self):
        """It stands there as the call that it was."""
        copy = self.copy
        mark = copy.newest()
        forms = [("/demo/-/members", {"member": "admin", "role": "none"}, 409, "changeMembers"),
                 ("/demo/-/members", {"person": "olga", "role": "none"}, 400, "changeMembers"),
                 ("/demo/-/members", {"member": "nobody", "role": "admin"}, 404, "changeMembers"),
                 ("/demo/-/tokens", {"revoke": "4000000000"}, 404, "changeTokens"),
                 ("/demo/-/tokens", {"scope": "read"}, 400, "changeTokens"),
                 ("/demo/-/views", {"view": "4000000000", "do": "delete"}, 404, "changeViews"),
                 ("/demo/-/views?kind=events", {"name": "\n"}, 400, "changeViews")]
        for target, fields, status, _ in forms:
            self.assertEqual(status, copy.post(target, **fields)[0].status, fields)
        headers = {**copy.login(), "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
        self.assertEqual(403, copy.ask("POST", "/demo/-/members", headers, "person=eve&role=admin")[0].status)
        rows = copy.events_after(mark)
        # In no order: of two calls within a millisecond either may stand first.
        self.assertCountEqual([(action, "---", str(status)) for _, _, status, action in forms] + [("changeMembers", "---", "403")],
                              [(row[1], row[4], row[5]) for row in rows if row[1].startswith("change")])


if __name__ == "__main__":
    unittest.main()
