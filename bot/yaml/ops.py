"""What can be done to a YAML text, said by path and never by offset.

Every operation has two meanings, one on the text (`block`, `flow`, `scalars`, `notes`) and one on plain data
(`square`); `edit()` proves that they agree. An operation whose result stands there already does nothing. Paths are
those of the text as it was given, also when several operations are done at once; a key is free for another entry once
an operation before has removed or renamed its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeGuard

from msgspec import Struct

from bot.model import YamlPath


class Raw(Struct, frozen=True):
    """A scalar as it shall be written: `Raw("|\\n  first\\n  second")`, `Raw("'3.10'")`.

    Lines after the first are indented to where they come to stand.
    """

    text: str


class Commented(Struct, frozen=True):
    """A value and its comments, for values inside an added mapping or list: beside it, and on lines above its key."""

    value: Value
    beside: str | None = None
    above: str | None = None


Scalar = str | bool | int | None
Collection = Mapping[str, "Value"] | Sequence["Value"]
Value = Scalar | Raw | Commented | Collection
_SINGLE = (str, int, type(None), Raw, Commented)


def is_filled(value: Value) -> TypeGuard[Collection]:
    """True for a collection with anything in it."""
    return not isinstance(value, _SINGLE) and bool(value)


def is_mapping(value: Collection) -> TypeGuard[Mapping[str, Value]]:
    """Told of a collection: the classes that nearly all are of come before what takes ten times as long to ask."""
    return isinstance(value, dict) or not isinstance(value, (list, tuple, Sequence))


class Add(Struct, frozen=True):
    """A new key, the last step of `path`, in the mapping before it: at its end, or beside the key that is named.

    A value that is empty or `{}` becomes a mapping. Refused where the key has another value.
    """

    path: YamlPath
    value: Value
    after: str | None = None
    before: str | None = None
    comment: str | None = None


class Append(Struct, frozen=True):
    """A new last item of the sequence at `path`; nothing where an equal item is in it."""

    path: YamlPath
    value: Value
    comment: str | None = None


class Insert(Struct, frozen=True):
    """A new item beside the item at `path`, or a new entry (with `key`) beside the mapping entry at `path`."""

    path: YamlPath
    value: Value
    where: Literal["before", "after"] = "after"
    key: str | None = None
    comment: str | None = None


class Replace(Struct, frozen=True):
    """Another value at `path`. Quotes are kept where the new text allows them, a comment beside it stays."""

    path: YamlPath
    value: Value


class ReplaceText(Struct, frozen=True):
    """Another text for the `count` places at which `old` stands in the decoded text of the scalar at `path`."""

    path: YamlPath
    old: str
    new: str
    count: int = 1


class Remove(Struct, frozen=True):
    """The entry or item at `path` goes, with its lines, the comments right above it and the one beside it.

    A collection that loses its last member becomes `{}` or `[]`; with `prune` its own entry goes too, and so on up.
    With `about`, of the comments on lines of their own those stay that name none of these words (in lower case).
    """

    path: YamlPath
    prune: bool = False
    about: tuple[str, ...] = ()


class Rename(Struct, frozen=True):
    """Another key for the mapping entry at `path`; its place, value and comments stay."""

    path: YamlPath
    key: str


class Move(Struct, frozen=True):
    """The entry or item at `path` moves within its parent, comments and all: beside a sibling, or to the end."""

    path: YamlPath
    before: str | int | None = None
    after: str | int | None = None


class Copy(Struct, frozen=True):
    """The mapping entry at `path`, character for character, once more under `key`, right after it."""

    path: YamlPath
    key: str


class Comment(Struct, frozen=True):
    """A comment on lines above the entry or item at `path`, or beside it.

    Beside, another comment is refused unless `replace`; with `replace` and an empty text it is removed.
    """

    path: YamlPath
    text: str
    where: Literal["above", "beside"] = "above"
    replace: bool = False


Op = Add | Append | Insert | Replace | ReplaceText | Remove | Rename | Move | Copy | Comment
