"""A configuration file's text -> what it says, or what is wrong with it and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, get_args, get_origin

from msgspec import Struct, field

from bot.config.problems import ANY, Location, Problem, explain, problem
from bot.errors import Unparsable
from bot.yaml import Kind, Node, ScalarStyle, parse

if TYPE_CHECKING:
    from pydantic import BaseModel

_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = {"", "~", "null", "Null", "NULL"}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?")
_MOST_PROBLEMS = 20
_LARGEST_KEPT = 16_384
"""Characters of a file whose meaning is kept a while."""

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]


class Said(Struct, frozen=True, kw_only=True):
    """What one file says and nothing more; `places` has line and column of its keys at the top, counted from 1."""

    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))


_NOTHING_SAID = Said()


class InvalidConfig(Struct, frozen=True, kw_only=True):
    """The file cannot be understood: everything that is wrong with it, never nothing."""

    problems: tuple[Problem, ...]


def understand(text: str | None) -> Said | InvalidConfig:
    """What the file says; None (no file) and an empty file say nothing."""
    if text is None:
        return _NOTHING_SAID
    return _understood(text) if len(text) <= _LARGEST_KEPT else _understand(text)


@lru_cache(maxsize=64)
def _understood(text: str) -> Said | InvalidConfig:
    """An organisation's file is read for each of its repositories."""
    return _understand(text)


def _understand(text: str) -> Said | InvalidConfig:
    try:
        root = parse(text).root
    except Unparsable as error:
        wrong = Problem(message=f"is not YAML: {error.reason}", line=error.line, column=error.column)
        return InvalidConfig(problems=(wrong,))
    if root is None or (root.kind is Kind.SCALAR and root.style is ScalarStyle.PLAIN and not root.value):
        return Said()
    if root.kind is not Kind.MAPPING:
        return InvalidConfig(problems=(problem("must hold settings such as `add: true`", root),))
    return _validated(root)


def _validated(root: Node) -> Said | InvalidConfig:
    from pydantic import ValidationError  # noqa: PLC0415 - loaded only where there is a file to read

    from bot.config.models import File  # noqa: PLC0415

    odd = next(_odd_keys(root), None)
    if odd is not None:
        return InvalidConfig(problems=(problem("has a key that is no simple word", odd),))
    try:
        file = File.model_validate(_plain(root))
    except ValidationError as error:
        keys = dict(_keys(File, ()))
        found = [explain(each, root, keys) for each in error.errors(include_url=False, include_input=False)]
        found.sort(key=lambda each: (each.line, each.column))
        return InvalidConfig(problems=tuple(dict.fromkeys(found))[:_MOST_PROBLEMS])
    places = {name: (key.line, key.column) for name, (key, _) in (root.entries or {}).items()}
    return Said(values=file.model_dump(by_alias=True, exclude_unset=True), places=places)


def _plain(node: Node) -> Value:
    """The node as typed data, by the core schema: https://yaml.org/spec/1.2.2/#103-core-schema"""
    if node.entries is not None:
        return {text: _plain(value) for text, (_, value) in node.entries.items()}
    if node.elements is not None:
        return [_plain(element) for element in node.elements]
    if node.style is not ScalarStyle.PLAIN:
        return node.value
    return _typed(node.value)


def _typed(text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if text in _NOTHING:
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _odd_keys(node: Node) -> Iterator[Node]:
    """Keys that are collections or aliases, wherever they stand."""
    for key, value in node.items():
        if not key.is_simple_key:
            yield key
        yield from _odd_keys(value)


def _keys(model: type[BaseModel], above: Location) -> Iterator[tuple[Location, Sequence[str]]]:
    """Where a section stands -> the keys that it may hold."""
    yield above, [info.alias or name for name, info in model.model_fields.items()]
    for name, info in model.model_fields.items():
        yield from _keys_of(info.annotation, (*above, info.alias or name))


def _keys_of(kind: object, place: Location) -> Iterator[tuple[Location, Sequence[str]]]:
    from pydantic import BaseModel  # noqa: PLC0415 - loaded only where there is a file to read

    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _keys(kind, place)
    below = (*place, ANY) if get_origin(kind) is dict else place
    for part in get_args(kind):
        yield from _keys_of(part, below)
