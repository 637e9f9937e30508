"""The parser's events are structs of ours, and would be ruamel's own where it does not take those."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from ruamel.yaml import events as own

from bot.yaml import document, events
from bot.yaml.nodes import Node


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
    return {type(following()) for _ in range(10)}


def test_the_parser_takes_our_structs() -> None:
    assert events.ScalarEvent is events.STRUCTS["ScalarEvent"]
    assert kinds() >= set(events.STRUCTS.values())


def test_another_parser_keeps_its_own_classes() -> None:
    assert events.put({**events.STRUCTS, "ScalarEvent": Demanding})["ScalarEvent"] is own.ScalarEvent
    assert kinds() >= {own.ScalarEvent, own.MappingStartEvent, own.SequenceEndEvent}


def test_a_parser_that_does_not_ask_keeps_its_own_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "Other", own.ScalarEvent, raising=False)
    assert events.put({"Other": Unused}) == {"Other": own.ScalarEvent}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_text_reads_the_same_from_own_classes(monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    text = mark + "a: [b, 'c']\nd: &x |+\n  e\n\nf: *x\n? g\n: h\n"
    wanted = [shown(each) for each in pieces(document._parse(text).root)]
    owns = events.put({name: getattr(own, name) for name in events.STRUCTS})
    composing = {owns.get(events_name(kind), kind): how for kind, how in document._COMPOSE.items()}
    monkeypatch.setattr(document, "_COMPOSE", composing)
    for name, kind in owns.items():
        monkeypatch.setattr(document, name, kind, raising=False)
    assert [shown(each) for each in pieces(document._parse(text).root)] == wanted


def events_name(kind: type) -> str:
    return next((name for name, struct in events.STRUCTS.items() if struct is kind), "")


def pieces(node: Node | None) -> list[Node]:
    if node is None:
        return []
    below = [each for pair in node.items() for each in pair] + list(node.elements or ())
    return [node, *(found for each in below for found in pieces(each))]


def shown(node: Node) -> tuple[object, ...]:
    return node.kind, node.value, node.start, node.end, node.line, node.column, node.style, node.anchor, node.alias
