"""What happens to which collection: the common ground of an operation's two meanings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct, field

from bot.errors import Refused
from bot.model import YamlPath
from bot.yaml.meaning import Model
from bot.yaml.nodes import Document, Kind, Node, ScalarStyle, child
from bot.yaml.ops import Value

NULLS = frozenset(["", "~", "null", "Null", "NULL"])


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A node and the way to it. `index` is its position among the members of the parent's node."""

    path: YamlPath
    node: Node
    parent: Place | None = None
    index: int = 0

    def refuse(self, reason: str) -> Refused:
        return Refused(reason, path=self.path, line=self.node.line)


class Verbatim(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An existing member, taken as it is written, under another key if one is given."""

    index: int
    key: str | None = None


class Fresh(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A new member; `key` is None in sequences."""

    key: str | None
    value: Value
    data: Model
    """What the value means."""
    comment: str | None = None


class Addition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A member that comes to stand before the member that is at `slot` now; `slot` == their number: at the end.

    `side` says to which neighbour it clings, and so on which side of comments and blank lines it goes.
    """

    slot: int
    side: Literal["after", "before"]
    what: Fresh | Verbatim

    @property
    def neighbour(self) -> int:
        """The index of the member that it is written next to."""
        return self.slot - 1 if self.side == "after" and self.slot else self.slot


class Splice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`value[start:end]` of a scalar's decoded text becomes `new`."""

    start: int
    end: int
    new: str


class Note(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    index: int
    text: str
    where: Literal["above", "beside"]
    replace: bool


class Change(Struct, kw_only=True):
    """All that happens to the members of one collection, or to an empty value that becomes one; by member index."""

    place: Place
    removed: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    prune: bool = False
    about: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Of members that go: what comments must name to go with them."""
    added: list[Addition] = field(default_factory=list)
    values: dict[int, Value] = field(default_factory=dict)
    texts: dict[int, list[Splice]] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many members there are before the change."""
        return 0 if is_empty_value(self.place.node) else self.place.node.size

    @property
    def does_something(self) -> bool:
        return bool(self.gone or self.added or self.values or self.texts or self.keys or self.notes)

    @property
    def gone(self) -> set[int]:
        """Members that stand no longer where they stood."""
        return self.removed | self.moved

    def ordered(self) -> list[Addition]:
        return sorted(self.added, key=lambda addition: (addition.slot, addition.side == "before"))


class Changes(Struct):
    """Changes by the identity of the collection's node."""

    document: Document
    by_node: dict[int, Change] = field(default_factory=dict)
    places: dict[YamlPath, Place] = field(default_factory=dict)
    """Those that were located; operations have most of their way in common."""

    def of(self, place: Place) -> Change:
        change = self.by_node.get(id(place.node))
        if change is None:
            change = self.by_node[id(place.node)] = Change(place=place)
        return change

    def __iter__(self) -> Iterator[Change]:
        return iter(list(self.by_node.values()))

    def around(self) -> set[int]:
        """The identities of all nodes that something happens to or in."""
        found: set[int] = set()
        for change in self.by_node.values():
            place: Place | None = change.place
            while place is not None and id(place.node) not in found:
                found.add(id(place.node))
                place = place.parent
        return found

    def locate(self, path: YamlPath) -> Place | None:
        """The place at a path, or None; raises `Refused` where the way leads through an alias or a merge key."""
        place = self.places.get(path)
        if place is not None or self.document.root is None:
            return place
        place = self._below(path) if path else Place(path=(), node=self.document.root)
        if place is not None:
            self.places[path] = place
        return place

    def _below(self, path: YamlPath) -> Place | None:
        parent, step = self.locate(path[:-1]), path[-1]
        if parent is None:
            return None
        self.check_open(parent)
        found = child(parent.node, step)
        if found is not None:
            return Place(path=path, node=found, parent=parent, index=position(parent.node, step))
        if isinstance(step, str) and merged(parent.node, step):
            raise parent.refuse(f"{step!r} comes from a merge key (<<), which cannot be edited here")
        return None

    def check_open(self, place: Place) -> None:
        """Raises `Refused` where a change inside the place would show at other places too."""
        if place.node.alias is not None:
            raise place.refuse(f"the alias *{place.node.alias} stands there: an edit would change what it points at")
        if place.node.anchor in self.document.aliased:
            raise place.refuse(f"the anchor &{place.node.anchor} stands there, and aliases show it elsewhere")

    def check_unshared(self, place: Place) -> None:
        """Raises `Refused` where an anchor inside the place is shown by an alias."""
        for node in nodes(place.node) if self.document.aliased else ():
            if node.anchor in self.document.aliased:
                raise place.refuse(f"the anchor &{node.anchor} stands in it, and aliases show it elsewhere")


def spliced(value: str, splices: list[Splice]) -> str:
    """The decoded text after the splices."""
    for splice in sorted(splices, key=lambda splice: -splice.start):
        value = value[: splice.start] + splice.new + value[splice.end :]
    return value


def nodes(node: Node) -> Iterator[Node]:
    """A node and all below it, keys included; nothing behind an alias."""
    yield node
    if node.alias is not None:
        return
    for key, value in node.items():
        yield from nodes(key)
        yield from nodes(value)
    for element in node.elements or ():
        yield from nodes(element)


def position(node: Node, step: str | int) -> int:
    """The index of an existing member."""
    if isinstance(step, int):
        return step % node.size
    assert node.entries is not None
    return list(node.entries).index(step)


def merged(node: Node, key: str) -> bool:
    """A merge key (`<<`) of the mapping brings this key in."""
    source = node.get("<<")
    if source is None:
        return False
    sources = source.elements if source.elements is not None else [source]
    return any(key in (each.entries or {}) or merged(each, key) for each in sources)


def is_empty_value(node: Node) -> bool:
    """Nothing, or a null by name: what a collection may replace when something is added to it."""
    if node.kind is not Kind.SCALAR or node.value not in NULLS:
        return False
    return node.style is ScalarStyle.PLAIN and node.anchor is None and node.tag is None and node.alias is None
