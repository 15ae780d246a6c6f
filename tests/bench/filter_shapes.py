# SPDX-License-Identifier: MIT
"""The filters that any page is measured with, chosen from what occurs in a log: common and rare values, lists,
exclusions, values that hardly ever meet, a span of time, names.
"""
FROM = "2025-12-02"  # the last 30 of its 365 days
FROM_MS = 1764633600000


class Values:
    """What occurs, by number, the most frequent first."""

    def __init__(self, copy, account):
        self.copy = copy
        self.account = int(copy.sql(f"SELECT id FROM account WHERE slug = '{account}';"))
        self.of = f"e.account_id = {self.account} AND e.kind = 1"

    def counts(self, columns):
        """Tuples of the columns' numbers, without those that have none, and how often each occurs."""
        names = ", ".join(columns)
        there = " AND ".join(f"e.{name} > 0" for name in columns)
        text = self.copy.sql(f"SELECT {names}, COUNT(*) FROM event e WHERE {self.of} AND {there} "
                             f"GROUP BY {names} ORDER BY COUNT(*) DESC, {names};")
        return [tuple(map(int, line.split())) for line in text.splitlines()]

    def name(self, table, number):
        return self.copy.sql(f"SELECT name FROM {table} WHERE id = {number};").rstrip("\n")


def _where(values, **conditions):
    """SQL for: column=number, or column=(numbers)."""
    text = values.of
    for column, wanted in conditions.items():
        numbers = wanted if isinstance(wanted, (list, tuple)) else [wanted]
        text += f" AND e.{column} IN ({', '.join(map(str, numbers))})"
    return text


def _entity(values):
    """One that is neither the most used nor used once."""
    found = values.copy.sql(
        f"SELECT n.external_id, COUNT(*) FROM event e JOIN entity n ON n.id = e.entity_id WHERE "
        f"{values.of} AND e.id >= {FROM_MS} << 22 GROUP BY n.external_id "
        "ORDER BY ABS(COUNT(*) - 17), n.external_id LIMIT 1;").split()
    return found[0]


def shapes(copy, account):
    """Name, parameters, and the same as conditions on `event e`."""
    values = Values(copy, account)
    users = values.counts(["user_id"])
    types = values.counts(["entity_type_id"])
    actions = values.counts(["action_id"])
    pairs = values.counts(["entity_type_id", "user_id"])
    total = sum(count for *_, count in types)
    common = {user for user, count in users if count > total / 2000}
    usual = {kind for kind, count in types if count > total / 100}
    rare = next(pair for pair in reversed(pairs) if pair[0] in usual and pair[1] in common)
    some_users = [user for user, _ in users[3:8]]
    some_types = [kind for kind, _ in types[1:4]]
    type_name = {kind: values.name("entity_type", kind) for kind, _ in types}
    user_name = {user: values.name("user", user)
                 for user in {*some_users, users[0][0], pairs[0][1], rare[1], users[-1][0]}}
    entity = _entity(values)
    nobody = values.name("user", users[-1][0])
    action = next(number for number, _ in actions)
    in_users = [("user", user_name[user]) for user in some_users]
    failed = " AND e.status BETWEEN 400 AND 599"
    five = (" AND e.status BETWEEN 200 AND 299 AND e.source = 1")
    by_name = (f"{values.of} AND e.entity_id IN (SELECT n.id FROM entity n WHERE "
               f"n.account_id = {values.account} AND LOCATE('%s', n.name_folded) > 0)")
    without = (f"{values.of} AND e.entity_id NOT IN (SELECT n.id FROM entity n WHERE "
               f"n.account_id = {values.account} AND %s)")
    nothing = [("user", nobody), ("entity", type_name[types[0][0]]), ("status", "503"),
               ("source", "webhook")]
    return [
        ("none", [], values.of),
        ("one common value", [("entity", type_name[types[0][0]])],
         _where(values, entity_type_id=types[0][0])),
        ("one rare value", [("user", nobody)], _where(values, user_id=users[-1][0])),
        ("5 users", in_users, _where(values, user_id=some_users)),
        ("status failed", [("status", "failed")], values.of + failed),
        ("type and user, common", [("entity", type_name[pairs[0][0]]), ("user", user_name[pairs[0][1]])],
         _where(values, entity_type_id=pairs[0][0], user_id=pairs[0][1])),
        ("type and user, rare meet", [("entity", type_name[rare[0]]), ("user", user_name[rare[1]])],
         _where(values, entity_type_id=rare[0], user_id=rare[1])),
        ("not one user", [("not_user", user_name[users[0][0]])],
         values.of + f" AND e.user_id <> {users[0][0]}"),
        ("five dimensions",
         [("entity", type_name[types[0][0]]), ("action", values.name("action", action)),
          *in_users, ("user", user_name[users[0][0]]), ("status", "2xx"), ("source", "ui")],
         _where(values, entity_type_id=types[0][0], action_id=action,
                user_id=[*some_users, users[0][0]]) + five),
        ("last 30 of 365 days", [("from", FROM)], values.of + f" AND e.id >= {FROM_MS} << 22"),
        ("one entity id", [("entity_id", entity)],
         f"{values.of} AND e.entity_id IN (SELECT n.id FROM entity n WHERE "
         f"n.account_id = {values.account} AND n.external_id = '{entity}')"),
        ("part of a name, rare", [("entity_name", "Ledger/qu")], by_name % "ledger/qu"),
        ("part of a name, common", [("entity_name", "deploy")], by_name % "deploy"),
        ("not an entity", [("not_entity_id", entity)], without % f"n.external_id = '{entity}'"),
        ("not a part of a name", [("not_entity_name", "deploy")],
         without % "LOCATE('deploy', n.name_folded) > 0"),
        ("3 types, 5 users, failed",
         [*(("entity", type_name[kind]) for kind in some_types), *in_users, ("status", "failed")],
         _where(values, entity_type_id=some_types, user_id=some_users) + failed),
        ("nothing", nothing,
         _where(values, user_id=users[-1][0], entity_type_id=types[0][0]) +
         " AND e.status = 503 AND e.source = 4"),
    ]
