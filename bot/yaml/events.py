"""What the parser (ruamel's C parser, a binding of libyaml) says of a text, piece by piece, as cheaply as it can.

For each piece the parser calls a class of its own module, and ruamel's classes take three calls of Python for that: a
third of what reading a workflow takes. So those that texts are made of are structs here, put in their place, and of a
scalar, which most pieces are, the struct is the very node that it becomes. Nothing else in this process reads YAML with
that parser: an import contract says so. If another version of ruamel keeps its classes elsewhere, or gives them
something else, this has no effect but on the time, and a test says so.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
from ruamel.yaml import events

from bot.yaml.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Event = Any  # the parser gives one of several classes, and narrowing by isinstance() would cost a tenth of the time

try:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # made by the C extension
except ImportError as error:  # the pure parser is thirty times slower and has other spans: never fall back to it
    raise ImportError("ruamel.yaml.clib is missing: install it; pubflow reads YAML with nothing else") from error

__all__ = [
    "STRUCTS",
    "AliasEvent",
    "CParser",
    "DocumentEndEvent",
    "MappingEndEvent",
    "MappingStartEvent",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "put",
]


class _Start(msgspec.Struct, gc=False):
    # Here and below: in the order in which the parser gives them, under ruamel's names.
    anchor: str | None
    ctag: str | None
    implicit: object
    start_mark: Any
    end_mark: Any
    flow_style: bool


class _MappingStart(_Start, gc=False):
    pass


class _SequenceStart(_Start, gc=False):
    pass


class _Piece(msgspec.Struct, gc=False):
    start_mark: Any
    end_mark: Any


class _MappingEnd(_Piece, gc=False):
    pass


class _SequenceEnd(_Piece, gc=False):
    pass


class _StreamStart(_Piece, gc=False):
    encoding: object


class _StreamEnd(_Piece, gc=False):
    pass


class _DocumentStart(_Piece, gc=False):
    explicit: object
    version: object
    tags: object


class _DocumentEnd(_Piece, gc=False):
    explicit: object


STRUCTS: Mapping[str, type] = {
    "ScalarEvent": Node,
    "MappingStartEvent": _MappingStart,
    "MappingEndEvent": _MappingEnd,
    "SequenceStartEvent": _SequenceStart,
    "SequenceEndEvent": _SequenceEnd,
    "DocumentStartEvent": _DocumentStart,
    "DocumentEndEvent": _DocumentEnd,
    "StreamStartEvent": _StreamStart,
    "StreamEndEvent": _StreamEnd,
}


def put(structs: Mapping[str, type]) -> Mapping[str, type]:
    """The classes that the parser calls from now on: `structs`, or ruamel's own where it does not take those."""
    module = sys.modules[CParser.__module__]
    for name, struct in structs.items():
        setattr(module, name, struct)
    if _are_taken(structs):
        return structs
    own = {name: getattr(events, name) for name in structs}
    for name, each in own.items():
        setattr(module, name, each)
    return own


def _are_taken(structs: Mapping[str, type]) -> bool:
    following = CParser("a: [b]").get_event  # ten pieces, of nine classes
    try:
        return {following().__class__ for _ in range(10)} >= set(structs.values())
    except TypeError:
        return False


_CLASSES = put(STRUCTS)
AliasEvent: type = events.AliasEvent
DocumentEndEvent = _CLASSES["DocumentEndEvent"]
MappingEndEvent = _CLASSES["MappingEndEvent"]
MappingStartEvent = _CLASSES["MappingStartEvent"]
ScalarEvent = _CLASSES["ScalarEvent"]
SequenceEndEvent = _CLASSES["SequenceEndEvent"]
SequenceStartEvent = _CLASSES["SequenceStartEvent"]
StreamEndEvent = _CLASSES["StreamEndEvent"]
