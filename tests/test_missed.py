"""Which failed deliveries are asked for, when, and how often."""

from __future__ import annotations

import pytest

from bot.missed import MEMORY_SECONDS, TIMES, Asked, Failed, out_of_reach, to_ask

NOW = 1_800_000_000.0


def failed(number: int, guid: str) -> Failed:
    return Failed(id=number, guid=guid, at=NOW - 60)


def asked(guid: str, attempt: int, *, times: int = 1, ago: float = 1e6) -> dict[str, Asked]:
    return {guid: Asked(guid=guid, attempt=attempt, times=times, at=NOW - ago)}


@pytest.mark.parametrize(
    ("attempts", "before", "wanted"),
    [
        ([], {}, []),
        ([(3, "c"), (2, "b"), (1, "a")], {}, [1, 2, 3]),
        ([(3, "a"), (2, "b"), (1, "a")], {}, [2, 3]),
        ([(1, "a")], asked("a", 1), []),
        ([(1, "a")], asked("b", 1), [1]),
        ([(2, "a"), (1, "a")], asked("a", 1), [2]),
        ([(2, "a"), (1, "a")], asked("a", 1, ago=60), []),
        ([(3, "a")], asked("a", 2, times=2, ago=300), []),
        ([(3, "a")], asked("a", 2, times=2, ago=600), [3]),
        ([(9, "a")], asked("a", 2, times=TIMES), []),
        ([(3, "a")], asked("a", 2, ago=-9000), [3]),
    ],
)
def test_what_is_asked_for(attempts: list[tuple[int, str]], before: dict[str, Asked], wanted: list[int]) -> None:
    found = to_ask([failed(number, guid) for number, guid in attempts], before, NOW)
    assert [one.id for one in found] == wanted


@pytest.mark.parametrize(
    ("last", "lost"),
    [(None, True), (NOW, False), (NOW - MEMORY_SECONDS + 1, False), (NOW - MEMORY_SECONDS, True), (NOW + 9, True)],
)
def test_a_silence_longer_than_githubs_memory(last: float | None, lost: bool) -> None:
    assert out_of_reach(last, NOW) is lost
