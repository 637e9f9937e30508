"""Operations that apply to a document, drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Literal

from bot.model import YamlPath
from bot.yaml import (
    Add,
    Append,
    Comment,
    Commented,
    Copy,
    Document,
    Insert,
    Kind,
    Move,
    Node,
    Op,
    Raw,
    Remove,
    Rename,
    Replace,
    ReplaceText,
    Value,
)

NEW = "new-key"
VALUES: list[Value] = [
    "x", "on", "3.10", "no",
    "a: b", "it's", "${{ secrets.A }}", "l1\nl2\n", "  lead\nx", True, 3, None, {"id-token": "write"},
    {"a": {"b": ["c", {"d": "e\nf\n"}]}}, ["u", "v w"], {}, [], Raw("'q'"), Raw("|\n  z\n  y"), "é🚀", "", "- x", "#",
    Commented("v", "c"),
]  # fmt: skip
TEXTS = ["", "Z", "a: b", " #x", "\n", "p\nq", '"', "'", "\\"]


def operation(document: Document, rng: Random) -> Op | None:
    """An operation that makes sense at a place of the document, or None where chance found no such place."""
    assert document.root is not None
    path, node = rng.choice(list(places(document.root)))
    if not path:
        return None
    parent = document.find(path[:-1])
    assert parent is not None
    return rng.choice((_inside, _inside, _text, _entry, _sibling, _any, _any))(path, node, parent, rng)


def places(node: Node, path: YamlPath = ()) -> Iterator[tuple[YamlPath, Node]]:
    yield path, node
    if node.alias is not None:
        return
    for key in node.keys():  # noqa: SIM118 - a Node is no mapping
        value = node.get(key)
        assert value is not None
        yield from places(value, (*path, key))
    for index, element in enumerate(node.elements or ()):
        yield from places(element, (*path, index))


def _inside(path: YamlPath, node: Node, _parent: Node, rng: Random) -> Op | None:
    value, comment = rng.choice(VALUES), rng.choice((None, "hi"))
    if node.kind is Kind.SEQUENCE:
        return Append(path, value, comment=comment)
    if node.kind is not Kind.MAPPING:
        return None
    side, beside = rng.choice(("after", "before", "end")), rng.choice(node.keys() or [None])
    if side == "end" or beside is None:
        return Add((*path, NEW), value, comment=comment)
    return Add((*path, NEW), value, **{side: beside})


def _text(path: YamlPath, node: Node, _parent: Node, rng: Random) -> Op | None:
    if node.kind is not Kind.SCALAR or not node.value:
        return None
    start = rng.randrange(len(node.value))
    old = node.value[start : start + rng.randint(1, 12)]
    return ReplaceText(path, old, rng.choice(TEXTS), count=node.value.count(old))


def _entry(path: YamlPath, _node: Node, parent: Node, rng: Random) -> Op | None:
    if parent.kind is not Kind.MAPPING:
        return None
    return rng.choice((Rename(path, NEW), Copy(path, NEW)))


def _sibling(path: YamlPath, _node: Node, parent: Node, rng: Random) -> Op | None:
    siblings: list[str] | list[int] = parent.keys() or list(range(len(parent.children)))
    others = [each for each in siblings if each != path[-1]]
    side = rng.choice(("after", "before"))
    return Move(path, **{side: rng.choice(others)}) if others else None


def _any(path: YamlPath, _node: Node, parent: Node, rng: Random) -> Op:
    value = rng.choice(VALUES)
    where: Literal["before", "after"] = rng.choice(("before", "after"))
    note: Literal["above", "beside"] = rng.choice(("above", "beside"))
    key = NEW if parent.kind is Kind.MAPPING else None
    return rng.choice((
        Insert(path, value, where=where, key=key),
        Replace(path, value),
        Remove(path),
        Remove(path, prune=True),
        Remove(path, prune=True, about=("token",)),
        Comment(path, "a note", where=note, replace=rng.random() < 0.5),
    ))  # fmt: skip
