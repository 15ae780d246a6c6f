# SPDX-License-Identifier: MIT
"""A reading of an API's description that shares nothing with Daybook's: which operation has which id."""
import json
import re
from collections import namedtuple

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
Operation = namedtuple("Operation", "id method path pattern action entity_type sources")


def _source(entity):
    """What x-entityId says, as (id, name): a text names the id alone."""
    if isinstance(entity, str):
        return entity, None
    return entity.get("pathId"), entity.get("pathName")


def operations(path, base):
    """{operationId: Operation} of an OpenAPI 3 file."""
    found = {}
    for template, methods in json.loads(path.read_bytes())["paths"].items():
        for method in METHODS:
            if method not in methods:
                continue
            told = methods[method]
            pattern = "[^/?]+".join(map(re.escape, re.split(r"{[^{}/]+}", base + template)))
            identifier = told["operationId"]
            assert identifier not in found, identifier
            found[identifier] = Operation(
                identifier, method.upper(), base + template, re.compile(pattern + r"/?(\?.*)?"),
                told.get("x-action", identifier), told["tags"][0], _source(told.get("x-entityId", {})))
    return found
