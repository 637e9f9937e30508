"""Spoils a JSON body in one or a few ways; the same seed spoils it the same way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**53 + 1,
        2**64,
        10**300,
        -(10**25),
        "",
        "\x00",
        "../..",
        "a/b/c",
        "\ud7ff\ue000",
    ),
    *([], {}, [[]], {"": {}}, "x" * 5000, "9" * 400, "refs/heads/main", "deleted", "created", "💥" * 50),
)
Spoil = Callable[[bytes, Random], bytes]


def mutated(body: bytes, chance: Random) -> bytes:
    """`body`, spoiled one to three times."""
    for _ in range(chance.randint(1, 3)):
        body = chance.choice(SPOILS)(body, chance)
    return body


def _swap(body: bytes, chance: Random) -> bytes:
    """Another value of another type in some place."""

    def swap(holder: Any, key: Any) -> None:
        holder[key] = chance.choice(ODD)

    return _somewhere(body, chance, swap)


def _drop(body: bytes, chance: Random) -> bytes:
    def drop(holder: Any, key: Any) -> None:
        del holder[key]

    return _somewhere(body, chance, drop)


def _somewhere(body: bytes, chance: Random, change: Callable[[Any, Any], None]) -> bytes:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return body
    places = list(_places(parsed))
    if places:
        change(*chance.choice(places))
    return json.dumps(parsed).encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield value, key
        yield from _places(below)


def _cut(body: bytes, chance: Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _flip(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]


def _insert(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    odd = (b"\x00", b"\xff\xfe", b"\xc3(", b"\\ud800", b"\\u0000", b"{", b"]", b'"', b",", b"1e999", b"[" * 3000)
    return body[:at] + chance.choice(odd) + body[at:]


def _repeat(body: bytes, chance: Random) -> bytes:
    """A key that stands twice."""
    keys = (b'"ref":1,', b'"action":"deleted",', b'"installation":null,', b'"repository":{},', b'"commits":[[]],')
    return body.replace(b"{", b"{" + chance.choice(keys), 1)


def _bury(body: bytes, chance: Random) -> bytes:
    deep = chance.choice((10, 900, 5000))
    return b'{"x":' + b'{"x":[' * deep + b"1" + b"]}" * deep + b"," + body[1:]


SPOILS: tuple[Spoil, ...] = (_swap, _swap, _swap, _drop, _cut, _flip, _insert, _repeat, _bury)
