# SPDX-License-Identifier: MIT
"""A reading of an API's description that shares nothing with Daybook's: what each operation does to what."""
import json
import re
from urllib.parse import unquote

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Operation:
    def __init__(self, method, template, told):
        self.id = told["operationId"]
        self.method = method.upper()
        self.action = told.get("x-action", self.id)
        self.entity_type = told["tags"][0]
        self.names = re.findall(r"{([^{}/]+)}", template)
        pieces = re.split(r"{[^{}/]+}", template)
        self.pattern = re.compile("([^/?]+)".join(map(re.escape, pieces)) + r"/?(?:\?.*)?")
        self.sources = self._sources(told)

    @staticmethod
    def _sources(told):
        """Where id and name of the entity are, where the description says so."""
        if "x-audit" in told:
            parts = {name: part["path"] if part["source"] == "req" else f"res.{part['path']}"
                     for name, part in told["x-audit"].items()}
            return parts.get("id"), parts.get("name")
        entity = told.get("x-entityId", {})
        if isinstance(entity, str):
            return entity, None
        return entity.get("pathId"), entity.get("pathName")

    def params(self, target):
        values = self.pattern.fullmatch(target).groups()
        return {name: unquote(value) for name, value in zip(self.names, values, strict=True)}

    def value(self, source, call):
        """What a source gives for a call that has `target`, `body` and `answer`; "" when nothing is there."""
        kind, *path = source.split(".")
        value = {"params": lambda: self.params(call.target), "body": lambda: json.loads(call.body),
                 "res": lambda: json.loads(call.answer)}[kind]()
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return "" if value is None else str(value)


def operations(path, base):
    """{operationId: Operation} of an OpenAPI 3 file whose paths stand below `base`."""
    found = {}
    for template, methods in json.loads(path.read_bytes())["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = Operation(method, base + template, methods[method])
                assert operation.id not in found, operation.id
                found[operation.id] = operation
    return found
