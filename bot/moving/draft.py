"""What a way of moving a job comes to: operations, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from bot.model import YamlPath
from bot.yaml import Op, Remove


class Draft(Struct, frozen=True, kw_only=True):
    """What one way of moving a job comes to."""

    ops: Sequence[Op]
    """All of it at once: every path is that of the text before."""
    slowly: Sequence[Sequence[Op]]
    """The same in passes, each on the text that the one before gave, where neighbours would touch each other."""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Piece(Struct, frozen=True):
    """Operations that belong together. `gone`: a step before which they insert, and which then goes."""

    ops: Sequence[Op]
    gone: YamlPath | None = None


def at_once(pieces: Sequence[Piece]) -> list[Op]:
    """All of them in one pass: every path is that of the text before."""
    removed = [Remove(piece.gone) for piece in pieces if piece.gone is not None]
    return [*(op for piece in pieces for op in piece.ops), *removed]


def one_by_one(pieces: Sequence[Piece]) -> Iterator[Sequence[Op]]:
    """The same in passes, where neighbours would touch each other; given from the last step to the first."""
    for piece in pieces:
        yield piece.ops
        if piece.gone is not None:
            *above, index = piece.gone
            assert isinstance(index, int), "a step is known by its place"
            yield [Remove((*above, index + len(piece.ops)))]
