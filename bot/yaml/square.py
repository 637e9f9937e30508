"""What operations mean on plain data, and the proof that the edited text means the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import Refused, Unparsable
from bot.yaml.changes import Change, Changes, Fresh, is_empty_value, spliced
from bot.yaml.document import parse
from bot.yaml.nodes import Document, Kind, Node, Plain
from bot.yaml.ops import Raw, Value
from bot.yaml.render import raw_lines, split


class _Null:
    """What a `None` of ours becomes: nothing, `null` or `~`, whichever the place wants."""


NULL: Final = _Null()
Model = None | str | _Null | Sequence["Model"] | Mapping[str, "Model"]


def model(changes: Changes) -> Model:
    """The plain data of the document after the changes."""
    root = changes.document.root
    return None if root is None else _node(root, changes)


def meaning(value: Value) -> Model:
    """The plain data of a value; raises `Refused` for a `Raw` that is no YAML."""
    value, _, _ = split(value)
    if isinstance(value, Raw):
        return _read(value)
    if value is None:
        return NULL
    if isinstance(value, (str, int)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, Mapping):
        return {key: meaning(inner) for key, inner in value.items()}
    assert isinstance(value, Sequence)
    return [meaning(inner) for inner in value]


def agree(wanted: Model, found: Plain) -> bool:
    """The same data, keys in the same order."""
    if isinstance(wanted, _Null):
        return found in ("", "null", "~")
    if isinstance(wanted, dict):
        if not isinstance(found, dict) or list(wanted) != list(found):
            return False
        return all(agree(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(wanted) != len(found):
            return False
        return all(map(agree, wanted, found))
    return wanted == found


def prove(before: str, after: str, changes: Changes) -> Document:
    """The edited text as a document; raises `Refused` unless it means what the operations mean on plain data."""
    try:
        document = parse(after)
    except Unparsable as error:
        raise Refused(f"the edited file could not be read any more ({error.reason})", line=error.line) from error
    if not agree(model(changes), document.plain()):
        raise Refused("the edit would have changed more than it should, or less")
    if before[:1] == "\ufeff" != after[:1]:
        raise Refused("the edit would have lost the byte order mark")
    if before.endswith(("\n", "\r")) and not after.endswith(("\n", "\r")):
        raise Refused("the edit would have lost the last line break")
    if "\r\n" in before and before.count("\r\n") == before.count("\n") and after.count("\r\n") != after.count("\n"):
        raise Refused("the edit would have mixed line endings")
    return document


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


def _node(node: Node, changes: Changes) -> Model:
    if node.alias is not None:
        return node.plain()
    change = changes.by_node.get(id(node))
    if change is None:  # most nodes: nothing is to be ordered, and a key that stood once still does
        if node.entries is not None:
            return {key: _node(pair[1], changes) for key, pair in node.entries.items()}
        return node.value if node.elements is None else [_node(element, changes) for element in node.elements]
    if node.kind is Kind.SCALAR and not is_empty_value(node):
        return node.value
    pairs = _pairs(node, change, changes)
    is_mapping = pairs[0][0] is not None if node.kind is Kind.SCALAR and pairs else node.kind is Kind.MAPPING
    if not is_mapping:
        return [value for _, value in pairs]
    result = {key: value for key, value in pairs if key is not None}
    if len(result) != len(pairs):
        raise Refused("a key would stand twice in one mapping", line=node.line)
    return result


def _pairs(node: Node, change: Change, changes: Changes) -> list[tuple[str | None, Model]]:
    """The members after the change, keys None in a sequence."""
    keys: list[str | None] = list(node.entries) if node.entries is not None else [None] * len(node.children)
    old = [
        (key, _member(value, i, change, changes))
        for i, (key, value) in enumerate(zip(keys, node.children, strict=True))
    ]
    result: list[tuple[str | None, Model]] = []
    done = 0
    for addition in change.ordered():
        result += _kept(old, change, done, addition.slot)
        done = addition.slot
        what = addition.what
        if isinstance(what, Fresh):
            result.append((what.key, meaning(what.value)))
        else:
            source = node.children[what.index]
            moved, copied = _node(source, changes), source.plain()
            result.append((keys[what.index], moved) if what.key is None else (what.key, copied))
    return result + _kept(old, change, done, len(old))


def _kept(old: list[tuple[str | None, Model]], change: Change, start: int, end: int) -> list[tuple[str | None, Model]]:
    return [(change.keys.get(i, old[i][0]), old[i][1]) for i in range(start, end) if i not in change.gone]


def _member(node: Node, index: int, change: Change, changes: Changes) -> Model:
    if index in change.values:
        return meaning(change.values[index])
    if index in change.texts:
        return spliced(node.value, change.texts[index])
    return _node(node, changes)
