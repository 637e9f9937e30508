"""The parser's events are structs of ours, and would be ruamel's own where it does not take those."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from ruamel.yaml import events as own

from bot.yaml import events


class Demanding(msgspec.Struct):
    """Wants more than any version of the parser gives."""

    one: object
    two: object
    three: object
    four: object
    five: object
    six: object
    seven: object
    eight: object


class Unused(msgspec.Struct):
    """Stands under a name that no version of the parser asks for."""


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    yield
    events.put(events.STRUCTS)


def kinds() -> set[type]:
    following = events.CParser("a: [b]").get_event
    return {type(following()) for _ in range(8)}


def test_the_parser_takes_our_structs() -> None:
    assert events.ScalarEvent is events.STRUCTS["ScalarEvent"]
    assert kinds() >= set(events.STRUCTS.values())


def test_another_parser_keeps_its_own_classes() -> None:
    assert events.put({**events.STRUCTS, "ScalarEvent": Demanding})["ScalarEvent"] is own.ScalarEvent
    assert kinds() >= {own.ScalarEvent, own.MappingStartEvent, own.SequenceEndEvent}


def test_a_parser_that_does_not_ask_keeps_its_own_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "Other", own.ScalarEvent, raising=False)
    assert events.put({"Other": Unused}) == {"Other": own.ScalarEvent}
