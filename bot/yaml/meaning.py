"""What a value of an operation is as plain data, and whether a node holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import Refused, Unparsable
from bot.yaml.document import parse
from bot.yaml.nodes import Node, Plain
from bot.yaml.ops import Commented, Raw, Value, is_mapping
from bot.yaml.quoting import is_safe_plain
from bot.yaml.render import raw_lines


class _Null:
    """What a `None` of ours becomes: nothing, `null` or `~`, whichever the place wants."""


NULL: Final = _Null()
Model = None | str | _Null | Sequence["Model"] | Mapping[str, "Model"]


def meaning(value: Value) -> Model:
    """The plain data of a value; raises `Refused` for a `Raw` that is no YAML."""
    while isinstance(value, Commented):
        value = value.value
    if isinstance(value, Raw):
        # What may stand anywhere without quotes is read as it is written; nearly all of these are.
        return value.text if is_safe_plain(value.text, brackets=False) else _read(value)
    if value is None:
        return NULL
    if isinstance(value, (str, int)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if is_mapping(value):
        return {key: meaning(inner) for key, inner in value.items()}
    return [meaning(inner) for inner in value]


def agree(wanted: Model, found: Node) -> bool:
    """The node holds this data, keys in the same order."""
    entries, elements = found.entries, found.elements
    if isinstance(wanted, dict):
        if entries is None or list(wanted) != list(entries):
            return False
        return all(map(agree, wanted.values(), [value for _, value in entries.values()]))
    if isinstance(wanted, list):
        return elements is not None and len(wanted) == len(elements) and all(map(agree, wanted, elements))
    if entries is not None or elements is not None:
        return False
    return found.value in ("", "null", "~") if wanted is NULL else wanted == found.value


def _read(raw: Raw) -> Plain:
    head, rest = raw_lines(raw)
    source = "\n".join([f"- {head}", *("  " + line if line else "" for line in rest)]) + "\n"
    try:
        root = parse(source).root
    except Unparsable as error:
        raise Refused(f"the value to be written is not YAML ({error.reason})") from error
    if root is None or root.elements is None or len(root.elements) != 1:
        raise Refused("the value to be written is not one YAML value")
    return root.elements[0].plain()
