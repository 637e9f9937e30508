"""What operations mean on plain data, and the proof that the edited text means the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.errors import Refused, Unparsable
from bot.yaml.changes import Change, Changes, Fresh, is_empty_value, spliced
from bot.yaml.document import parse
from bot.yaml.meaning import Model, agree, meaning
from bot.yaml.nodes import Document, Kind, Node, same

_Wanted = Model | Node
_SCALAR = Kind.SCALAR


def prove(before: str, after: str, changes: Changes) -> Document:
    """The edited text as a document; raises `Refused` unless it means what the operations mean on plain data."""
    try:
        document = parse(after)
    except Unparsable as error:
        raise Refused(f"the edited file could not be read any more ({error.reason})", line=error.line) from error
    if not _commutes(changes, document):
        raise Refused("the edit would have changed more than it should, or less")
    if before[:1] == "\ufeff" != after[:1]:
        raise Refused("the edit would have lost the byte order mark")
    if before.endswith(("\n", "\r")) and not after.endswith(("\n", "\r")):
        raise Refused("the edit would have lost the last line break")
    if "\r\n" in before and before.count("\r\n") == before.count("\n") and after.count("\r\n") != after.count("\n"):
        raise Refused("the edit would have mixed line endings")
    return document


def _commutes(changes: Changes, after: Document) -> bool:
    """The document after the edit holds what the changes make of the one before, key for key and text for text.

    Both trees are walked side by side, every node of them: as good as comparing them as plain data, which would have to
    be made first.
    """
    old, new = changes.document.root, after.root
    if old is None or new is None:
        return old is new
    return _holds(old, new, changes.by_node, changes.around())


def _holds(node: Node, found: Node, changes: Mapping[int, Change], around: Collection[int]) -> bool:
    """`found` holds what the changes make of `node`; they lie in nodes of `around`."""
    # What stands behind an alias stays: an edit that would reach through one is refused.
    if id(node) not in around or node.alias is not None:
        return node.value == found.value if node.kind is _SCALAR is found.kind else same(node, found)
    if (change := changes.get(id(node))) is not None:
        return _holds_changed(change, found, changes, around)
    if not _is_alike(node, found):
        return False
    for member, item in zip(node.children, found.children, strict=True):
        # What nothing happens in is told apart here and now where it is a scalar.
        if id(member) not in around and member.kind is _SCALAR is item.kind:
            if member.value != item.value:
                return False
        elif not _holds(member, item, changes, around):
            return False
    return True


def _is_alike(node: Node, found: Node) -> bool:
    """Both are the same, but for what their members hold."""
    if node.kind is not found.kind or node.value != found.value:
        return False
    if node.entries is not None:
        return found.entries is not None and list(node.entries) == list(found.entries)
    return node.size == found.size


def _holds_changed(change: Change, found: Node, changes: Mapping[int, Change], around: Collection[int]) -> bool:
    node = change.place.node
    if node.kind is _SCALAR and not is_empty_value(node):
        return agree(node.value, found)
    pairs = _pairs(node, change)
    is_mapping = pairs[0][0] is not None if node.kind is _SCALAR and pairs else node.kind is Kind.MAPPING
    keys = [key for key, _ in pairs if key is not None]
    if not is_mapping:
        there: Sequence[Node] | None = found.elements
    else:
        if len(set(keys)) != len(pairs):
            raise Refused("a key would stand twice in one mapping", line=node.line)
        there = found.children if found.entries is not None and keys == list(found.entries) else None
    if there is None or len(pairs) != len(there):
        return False
    for (_, wanted), item in zip(pairs, there, strict=True):
        if not (_holds(wanted, item, changes, around) if isinstance(wanted, Node) else agree(wanted, item)):
            return False
    return True


def _pairs(node: Node, change: Change) -> list[tuple[str | None, _Wanted]]:
    """The members after the change, keys None in a sequence; a node stands for itself with what happens inside it."""
    children = node.children
    keys: list[str | None] = list(node.entries) if node.entries is not None else [None] * len(children)
    members: list[_Wanted] = list(children)
    for index, value in change.values.items():
        members[index] = meaning(value)
    for index, splices in change.texts.items():
        if index not in change.values:
            members[index] = spliced(children[index].value, splices)
    old = [(change.keys.get(index, key), members[index]) for index, key in enumerate(keys)]
    gone = change.gone
    if not gone and not change.added:
        return old
    result: list[tuple[str | None, _Wanted]] = []
    done = 0
    for addition in change.ordered():
        result += [old[index] for index in range(done, addition.slot) if index not in gone]
        done = addition.slot
        what = addition.what
        if isinstance(what, Fresh):
            result.append((what.key, what.data))
        else:
            source = children[what.index]
            result.append((keys[what.index], source) if what.key is None else (what.key, source.plain()))
    return result + [old[index] for index in range(done, len(old)) if index not in gone]
