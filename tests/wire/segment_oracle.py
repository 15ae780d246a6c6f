# SPDX-License-Identifier: MIT
"""What the index of a log holds, read without Daybook's programs: tables by SQL, segments from the files of the cache.

The form of a plain segment is that of index/segment.h; its checksum is Python's SHA-256.
"""
import array
import struct

from daybook import VAR, database, sha256

COLUMNS = ("entity_type_id", "action_id", "user_id", "status", "source", "method", "provider_id",
           "signature", "entity_id")
HEADER = struct.Struct("<8sII9I4x")


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = HEADER.size

    def take(self, code, count):
        """So many numbers; parts are filled up to eight bytes."""
        numbers = array.array(code)
        size = numbers.itemsize * count
        numbers.frombytes(self.data[self.at:self.at + size])
        assert len(numbers) == count
        self.at += (size + 7) // 8 * 8
        return numbers


def codes_from_planes(reader, events, bits):
    words = (events + 63) // 64
    codes = [0] * events
    for bit in range(bits):
        plane = reader.take("Q", words)
        for i in range(events):
            codes[i] |= (plane[i // 64] >> i % 64 & 1) << bit
    return codes


def decode(data):
    """{id: values in the order of COLUMNS} of a plain segment."""
    magic, events, size, *value_counts = HEADER.unpack_from(data)
    assert magic == b"DAYSEG2\0" and size == len(data)
    reader = Reader(data)
    ids = reader.take("Q", events)
    rows = [[] for _ in ids]
    for column, value_count in zip(COLUMNS, value_counts):
        values = reader.take("I", value_count)
        counts = reader.take("I", value_count)
        assert sum(counts) == events
        if column == "entity_id":
            starts = reader.take("I", value_count + 1)
            positions = reader.take("H", events)
            for code, value in enumerate(values):
                for position in positions[starts[code]:starts[code + 1]]:
                    rows[position].append(value)
            assert [row[-1] for row in rows] == [values[code] for code in reader.take("H", events)]
            continue
        for row, code in zip(rows, codes_from_planes(reader, events, (value_count - 1).bit_length())):
            row.append(values[code])
    assert reader.at == len(data) and sorted(set(ids)) == list(ids)
    return {identifier: tuple(row) for identifier, row in zip(ids, rows)}


def table(name, account, kind):
    rows = database().rows(f"SELECT id, {', '.join(COLUMNS)} FROM {name} WHERE account_id = "
                           f"{account.number} AND kind = {kind}")
    return {int(row[0]): tuple(map(int, row[1:])) for row in rows}


def segments(account, kind):
    """Those that there are, in order: segment_id, events, first_id, last_id, checksum, generation."""
    return [tuple(map(int, row)) for row in database().rows(
        "SELECT segment_id, events, first_id, last_id, checksum, generation FROM segment WHERE "
        f"account_id = {account.number} AND kind = {kind} AND events > 0 ORDER BY first_id")]


def generation(account, kind):
    """Of the log; None when it is not indexed."""
    found = database().numbers(f"SELECT generation FROM log WHERE account_id = {account.number} "
                               f"AND kind = {kind}")
    return found[0] if found else None


def check(test, account, kind, indexed=True, cache=VAR / "cache"):
    """Each event is in one segment or in event_recent, with the values that it has, and nothing else is there."""
    database().run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    events = table("event", account, kind)
    recent = table("event_recent", account, kind)
    found = segments(account, kind)
    reached = generation(account, kind)
    database().run("COMMIT")
    test.assertEqual(reached is not None, indexed)
    held, last = {}, -1
    for number, count, first_id, last_id, checksum, newest in found:
        path = cache / f"{account.number}-{kind}" / f"{number}-{checksum:016x}"
        data = path.read_bytes()
        test.assertEqual(sha256(data)[:16], f"{checksum:016x}")
        rows = decode(data)
        test.assertEqual((len(rows), min(rows), max(rows)), (count, first_id, last_id))
        test.assertGreater(first_id, last)
        test.assertLessEqual(newest, reached or newest)
        last = last_id
        held |= rows
    test.assertFalse(held.keys() & recent.keys(), "in both")
    test.assertFalse(events.keys() - held.keys() - recent.keys() if indexed else (), "in neither")
    test.assertFalse((held.keys() | recent.keys()) - events.keys(), "no event")
    for rows in (held, recent):
        for identifier, values in rows.items():
            test.assertEqual(values, events[identifier])
    return events, held, recent, found


def decode_entities(data):
    """{id: (external id, folded name, name as it was written)} of a plain block."""
    magic, count, text_bytes = struct.unpack_from("<8sII", data)
    assert magic == b"DAYENT2\0"
    numbers = struct.unpack_from(f"<{4 * count}I", data, 16)
    ids, ends = numbers[:count], (0, *numbers[count:])
    texts = data[16 + 16 * count:][:text_bytes]
    cut = [texts[start:end] for start, end in zip(ends, ends[1:])]
    assert sorted(set(ids)) == list(ids)
    names, written = cut[count:2 * count], cut[2 * count:]
    return dict(zip(ids, zip(cut[:count], names, [one or two for one, two in zip(written, names)])))


def check_entities(test, account, cache=VAR / "cache"):
    """Each entity of the account is in one block or in entity_recent."""
    database().run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    rows = database().bytes(("id", "external_id", "name_folded", "name"),
                            f"FROM entity WHERE account_id = {account.number}")
    recent = set(database().numbers("SELECT entity_id FROM entity_recent WHERE account_id = "
                                    f"{account.number}"))
    blocks = [tuple(map(int, row)) for row in database().rows(
        "SELECT block_id, entities, checksum FROM entity_block WHERE account_id = "
        f"{account.number} AND entities > 0")]
    database().run("COMMIT")
    entities = {int(number): tuple(texts) for number, *texts in rows}
    held = {}
    for number, count, checksum in blocks:
        data = (cache / f"{account.number}-0" / f"{number}-{checksum:016x}").read_bytes()
        test.assertEqual(sha256(data)[:16], f"{checksum:016x}")
        found = decode_entities(data)
        test.assertEqual(len(found), count)
        test.assertFalse(held.keys() & found.keys(), "in two blocks")
        held |= found
    test.assertFalse(entities.keys() - held.keys() - recent)
    test.assertFalse(held.keys() - entities.keys())
    for number, texts in held.items():
        test.assertEqual(texts, entities[number])
    return entities, held, recent, blocks
