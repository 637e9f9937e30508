"""What single operations mean on plain data, said a second time: by path, on lists and dicts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from bot.yaml import Add, Append, Comment, Commented, Copy, Insert, Move, Op, Raw, Remove, Rename, Replace, ReplaceText

RAW = {"'q'": "q", "|\n  z\n  y": "z\ny\n"}
"""The raw values that the tests use, and what they are."""


def expected(plain: Any, op: Op) -> Any:
    """The plain data after an operation that applies."""
    result = copy.deepcopy(plain)
    _MEANINGS[type(op)](result, op)
    return result


def same(wanted: Any, found: Any) -> bool:
    """Equal, keys in the same order; None is written as nothing or as null."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict) or list(wanted) != list(found):
            return False
        return all(same(wanted[key], found[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(found, list) and len(wanted) == len(found) and all(map(same, wanted, found))
    return found in ("", "null") if wanted is None else bool(wanted == found)


def text_of(value: Any) -> Any:
    if isinstance(value, Commented):
        return text_of(value.value)
    if isinstance(value, Raw):
        return RAW[value.text]
    if isinstance(value, dict):
        return {key: text_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [text_of(inner) for inner in value]
    return value if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def _reorder(data: Any, items: list[tuple[Any, Any]]) -> None:
    data.clear()
    data.update(items)


def _add(data: Any, op: Add) -> None:
    target, new = _at(data, op.path[:-1]), (op.path[-1], text_of(op.value))
    items, beside = list(target.items()), op.after or op.before
    at = len(items) if beside is None else list(target).index(beside) + (op.after is not None)
    _reorder(target, [*items[:at], new, *items[at:]])


def _insert(data: Any, op: Insert) -> None:
    target, last = _at(data, op.path[:-1]), op.path[-1]
    if isinstance(target, list):
        assert isinstance(last, int)
        target.insert(last + (op.where == "after"), text_of(op.value))
        return
    side = {op.where: last}
    _add(data, Add((*op.path[:-1], op.key or ""), op.value, **side))  # type: ignore[arg-type]  # a key here


def _remove(data: Any, op: Remove) -> None:
    path = op.path
    while op.prune and len(_at(data, path[:-1])) == 1:
        path = path[:-1]
    del _at(data, path[:-1])[path[-1]]


def _rename(data: Any, op: Rename) -> None:
    target = _at(data, op.path[:-1])
    _reorder(target, [(op.key if key == op.path[-1] else key, value) for key, value in target.items()])


def _move(data: Any, op: Move) -> None:
    target, last = _at(data, op.path[:-1]), op.path[-1]
    beside = op.after if op.after is not None else op.before
    pairs = list(target.items()) if isinstance(target, dict) else list(enumerate(target))
    moved = next(pair for pair in pairs if pair[0] == last)
    pairs.remove(moved)
    at = len(pairs) if beside is None else [key for key, _ in pairs].index(beside) + (op.after is not None)
    pairs.insert(at, moved)
    if isinstance(target, dict):
        _reorder(target, pairs)
    else:
        target[:] = [value for _, value in pairs]


def _copy(data: Any, op: Copy) -> None:
    target = _at(data, op.path[:-1])
    items, at = list(target.items()), list(target).index(op.path[-1]) + 1
    _reorder(target, [*items[:at], (op.key, copy.deepcopy(target[op.path[-1]])), *items[at:]])


def _replace(data: Any, op: Replace) -> None:
    _at(data, op.path[:-1])[op.path[-1]] = text_of(op.value)


def _replace_text(data: Any, op: ReplaceText) -> None:
    target = _at(data, op.path[:-1])
    target[op.path[-1]] = target[op.path[-1]].replace(op.old, op.new)


def _append(data: Any, op: Append) -> None:
    _at(data, op.path).append(text_of(op.value))


def _nothing(_data: Any, _op: Comment) -> None:
    """A comment means nothing."""


_MEANINGS: dict[type, Callable[[Any, Any], None]] = {
    Add: _add,
    Append: _append,
    Insert: _insert,
    Replace: _replace,
    ReplaceText: _replace_text,
    Remove: _remove,
    Rename: _rename,
    Move: _move,
    Copy: _copy,
    Comment: _nothing,
}
