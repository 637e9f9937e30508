"""Where an account stands, and how it came there, as figures of an SVG. Shapes alone: colours are the style sheet's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.store.reports import Kind
from bot.store.views import Shift

WIDTH: Final = 600
HEIGHT: Final = 120
ORDER: Final = (*(Kind.TRUSTED, Kind.MIXED, Kind.TOKEN, Kind.INDIRECT, Kind.MISSING, Kind.REFUSED),)
"""Drawn in this order; what lies aside is not drawn, for it would dwarf the rest."""
WORDS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.TRUSTED: ("Trusted", "every upload goes by Trusted Publishing"),
    Kind.MIXED: ("Mixed", "some uploads go by Trusted Publishing, others by a token"),
    Kind.TOKEN: ("Token", "uploads with a long-lived token or password"),
    Kind.INDIRECT: ("Indirect", "the upload happens where pubflow does not edit"),
    Kind.MISSING: ("Missing", "a package that no workflow publishes"),
    Kind.REFUSED: ("Refused", "pubflow cannot prove a safe change and says why"),
    Kind.ASIDE: ("Not concerned", "no package for PyPI, or not looked into"),
}
_DAYS: Final = 90
_LEAST: Final = 2.0
"""Units of width: one repository of ten thousand can still be seen."""


@dataclass(frozen=True, slots=True)
class Segment:
    kind: Kind
    x: float
    width: float
    count: int


@dataclass(frozen=True, slots=True)
class Area:
    """One kind over time; `points` for an SVG polygon."""

    kind: Kind
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    areas: Sequence[Area]
    first: int
    last: int
    """Days since 1970."""
    most: int
    then: Mapping[Kind, int]
    """Where things stood on the first day shown."""


def bar(counts: Mapping[Kind, int]) -> list[Segment]:
    """One bar of `WIDTH`, divided as the counts are."""
    present = [(kind, counts[kind]) for kind in ORDER if counts.get(kind)]
    total = sum(count for _, count in present)
    room = WIDTH - _LEAST * len(present)
    segments, x = [], 0.0
    for kind, count in present:
        width = _LEAST + room * count / total
        segments.append(Segment(kind, round(x, 2), round(width, 2), count))
        x += width
    return segments


def plot(shifts: Sequence[Shift], today: int) -> Plot | None:
    """Stacked areas of the last ninety days; None while there are not two days to draw a line between."""
    if not shifts or shifts[0].day >= today:
        return None
    first = max(shifts[0].day, today - _DAYS + 1)
    days = _daily(shifts, first, today)
    most = max(1, *(sum(counts[kind] for kind in ORDER) for counts in days))
    below = [0] * len(days)
    areas = []
    for kind in ORDER:
        above = [base + counts[kind] for base, counts in zip(below, days, strict=True)]
        if above != below:
            areas.append(Area(kind, _polygon(below, above, most)))
        below = above
    return Plot(areas=areas, first=first, last=today, most=most, then=dict(days[0]))


def _daily(shifts: Sequence[Shift], first: int, today: int) -> list[Counter[Kind]]:
    """How many there were of each kind at the end of each day."""
    running: Counter[Kind] = Counter()
    days: list[Counter[Kind]] = []
    left = list(reversed(shifts))
    for day in range(first, today + 1):
        while left and left[-1].day <= day:
            shift = left.pop()
            for kind, sign in ((shift.before, -1), (shift.after, 1)):
                if kind is not None:
                    running[kind] += sign * shift.count
        days.append(Counter({kind: max(0, count) for kind, count in running.items()}))
    return days


def _polygon(below: Sequence[int], above: Sequence[int], most: int) -> str:
    step = WIDTH / max(1, len(above) - 1)
    there = [f"{index * step:.1f},{HEIGHT - HEIGHT * value / most:.1f}" for index, value in enumerate(above)]
    back = [f"{index * step:.1f},{HEIGHT - HEIGHT * value / most:.1f}" for index, value in enumerate(below)]
    return " ".join([*there, *reversed(back)])
