"""GitHub's REST description as something to ask: is this request, this answer, this webhook one of GitHub's?

The description is OpenAPI 3.0; its schemas are turned into JSON Schema as they are needed (`nullable` alone differs).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

Schema = dict[str, Any]
_FORMATS = {"email": lambda value: "@" in value}
"""Bots have addresses with brackets in them, which RFC 5321 would want quoted."""
_REF = "#/components/schemas/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    method: str
    path: str
    regex: re.Pattern[str]
    described: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


class Description:
    """One file of `@octokit/openapi`."""

    def __init__(self, file: Path) -> None:
        self._document = json.loads(file.read_bytes())
        self._converted: dict[str, Schema] = {}
        self._validators: dict[str, jsonschema_rs.Draft4Validator] = {}

    # ------------------------------------------------------------ operations

    @cached_property
    def _operations(self) -> Mapping[str, list[Operation]]:
        """By method; long paths and fixed words first, so that the most exact one is met first."""
        found: dict[str, list[Operation]] = {}
        for path, methods in self._document["paths"].items():
            for method, described in methods.items():
                regex = _regex(path, self.parameters(described))
                operation = Operation(method=method.upper(), path=path, regex=regex, described=described)
                found.setdefault(operation.method, []).append(operation)
        for operations in found.values():
            operations.sort(
                key=lambda one: (-one.path.count("/"), [part.startswith("{") for part in one.path.split("/")])
            )
        return found

    def operation(self, method: str, path: str) -> Operation | None:
        plain = re.sub(r"\A/repositories/\d+", "/repos/o/r", path)  # served by GitHub, described under the other name
        return next((one for one in self._operations.get(method, ()) if one.regex.match(plain)), None)

    def parameters(self, described: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        return [self._resolved("parameters", one) for one in described.get("parameters", ())]

    def response(self, described: Mapping[str, Any], status: int) -> Mapping[str, Any] | None:
        found = described["responses"].get(str(status))
        return None if found is None else self._resolved("responses", found)

    def _resolved(self, kind: str, one: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in one:
            return one
        resolved: Mapping[str, Any] = self._document["components"][kind][one["$ref"].rpartition("/")[2]]
        return resolved

    def webhook(self, event: str, action: str | None) -> Schema | None:
        name = event if action is None else f"{event}-{action}"
        found = self._document["x-webhooks"].get(name.replace("_", "-"))
        if found is None:
            return None
        schema: Schema = found["post"]["requestBody"]["content"]["application/json"]["schema"]
        return schema

    # ------------------------------------------------------------ values

    def problems(self, key: str, schema: Schema, value: object) -> Iterator[str]:
        """What is wrong with a value; `key` names the schema for good."""
        if key not in self._validators:
            converted = _convert(schema)
            parts = {name: self._component(name) for name in self._closure(converted)}
            self._validators[key] = jsonschema_rs.Draft4Validator(
                {"allOf": [converted], "components": {"schemas": parts}}, formats=_FORMATS, validate_formats=True
            )
        for error in self._validators[key].iter_errors(value):
            place = "/".join(str(part) for part in error.instance_path)
            yield f"{place or 'body'}: {error.message[:300]}"

    def unknown(self, schema: Schema, value: object, place: str = "") -> Iterator[str]:
        """Keys of a request's body that GitHub does not describe (it would ignore them: a slip of ours)."""
        schema = self._followed(schema)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.unknown(schema.get("items", {}), item, f"{place}/{index}")
        known = schema.get("properties")
        if not isinstance(value, dict) or not isinstance(known, dict) or schema.get("additionalProperties"):
            return
        for name, item in value.items():
            if name in known:
                yield from self.unknown(known[name], item, f"{place}/{name}")
            elif not any(word in schema for word in ("oneOf", "anyOf", "allOf")):
                yield f"{place}/{name} is not described"

    def _followed(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].removeprefix(_REF)]
        return schema

    def _component(self, name: str) -> Schema:
        if name not in self._converted:
            self._converted[name] = _convert(self._document["components"]["schemas"][name])
        return self._converted[name]

    def _closure(self, schema: Schema) -> set[str]:
        found: set[str] = set()
        waiting = [schema]
        while waiting:
            for name in set(_references(waiting.pop())) - found:
                found.add(name)
                waiting.append(self._component(name))
        return found


def _regex(path: str, parameters: list[Mapping[str, Any]]) -> re.Pattern[str]:
    """`x-multi-segment` marks some of those that span slashes; the others are known from GitHub's own documents."""
    many = {one["name"] for one in parameters if one.get("x-multi-segment")} | {"ref", "branch", "tree_sha"}

    def part(found: re.Match[str]) -> str:
        return "(.*)" if found[1] in many else "([^/]+)"

    return re.compile(re.sub(r"\{(\w+)\}", part, path) + r"\Z")


def _convert(schema: Any) -> Any:
    """`nullable` is OpenAPI's own word; JSON Schema says the same with a second type."""
    if isinstance(schema, list):
        return [_convert(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _convert(one) for name, one in schema.items() if name not in {"nullable", "example", "examples"}}
    if "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")  # many of the described alternatives overlap: none could be met alone
    if [one.get("title") for one in made.get("allOf", ())] == ["Simple User", "Enterprise"]:
        made["anyOf"] = made.pop("allOf")  # the description slips here: nobody is both
    if schema.get("nullable") is not True:
        return made
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        if not any(word in made for word in ("oneOf", "anyOf", "allOf")):
            return made
    return {"anyOf": [made, {"type": "null"}]}


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REF):
            yield unquote(reference.removeprefix(_REF))
        for one in schema.values():
            yield from _references(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from _references(one)
