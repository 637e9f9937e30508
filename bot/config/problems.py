"""What is wrong with a configuration file, where, and what to write instead, in words for its author."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.config.words import TAGS
from bot.yaml import Node

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_LONGEST_WORD = 60
_MOST_WORDS = 14

_WANTED = {
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "string_type": "must be text; put it in quotes",
    "greater_than_equal": "must be {ge} at least",
    "less_than_equal": "must be {le} at most",
    "list_type": "must be a list, such as `[one, two]`",
    "too_long": "must have {max_length} entries at most",
    "too_short": "must not be empty",
}
"""Kind of error -> what would be right; names in braces are pydantic's: https://docs.pydantic.dev/latest/errors/validation_errors/"""
_SETTINGS = "must hold settings of its own, indented below it"

Location = tuple[str | int, ...]
ANY = "*"
"""In a location: under any key."""


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that cannot be understood: a clause about the file, without a full stop. The place counts from 1."""

    message: str
    line: int
    column: int


def problem(message: str, node: Node) -> Problem:
    """What is wrong at `node`."""
    return Problem(message=message, line=node.line, column=node.column)


def explain(error: ErrorDetails, root: Node, keys: Mapping[Location, Sequence[str]]) -> Problem:
    """One error of pydantic's, at the key or value that it is about; `keys` has what each section may hold."""
    place: Location = tuple(step for step in error["loc"] if step not in TAGS)
    is_key = bool(place) and place[-1] == "[key]"
    place = place[:-1] if is_key else place
    key, value = _found(root, place)
    if error["type"] == "extra_forbidden":
        known = keys.get(place[:-1], keys.get((*place[:-2], ANY), ()))
        return problem(_unknown(place, known), key)
    if is_key:
        return problem(f"{_quoted(str(place[-1]))} must be {_shape(error)}", key)
    return problem(f"{_path(place)} {_wanted(error, value)}", value)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word that was probably meant."""
    close = difflib.get_close_matches(word.lower()[:_LONGEST_WORD], list(words), n=1, cutoff=0.6)
    return close[0] if close else None


def _found(root: Node, place: Location) -> tuple[Node, Node]:
    """The key under which something stands (the value itself in a list), and its value."""
    key = value = root
    for step in place:
        if isinstance(step, str) and value.entries and step in value.entries:
            key, value = value.entries[step]
        elif isinstance(step, int) and value.elements and step < len(value.elements):
            key = value = value.elements[step]
    return key, value


def _unknown(place: Location, valid: Sequence[str]) -> str:
    word = str(place[-1])
    said = f"there is no setting {_quoted(word)}"
    if len(place) > 1:
        said += f" in {_path(place[:-1])}"
    near = nearest(word, valid)
    return f"{said}; did you mean {_quoted(near)}?" if near else f"{said}; those that there are: {_listed(valid)}"


def _wanted(error: ErrorDetails, value: Node) -> str:
    if error["type"] == "literal_error":
        return _one_of(str(error.get("ctx", {})["expected"]), value.value)
    if error["type"] == "string_pattern_mismatch":
        return f"must be {_shape(error)}"
    if error["type"] == "string_type" and not value.value:
        return "must be text"
    return _WANTED.get(error["type"], _SETTINGS).format_map(error.get("ctx", {}))


def _one_of(expected: str, found: str) -> str:
    words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(", ")]
    near = nearest(found, words)
    if len(words) > _MOST_WORDS:
        return "is not one that there is" + (f"; did you mean {_quoted(near)}?" if near else "")
    said = f"must be {_quoted(words[0])}" if len(words) == 1 else f"must be one of {_listed(words)}"
    return f"{said}; did you mean {_quoted(near)}?" if near else said


def _shape(error: ErrorDetails) -> str:
    from bot.config.models import SHAPES  # noqa: PLC0415 - who has an error of pydantic's has loaded the models

    return SHAPES[error.get("ctx", {})["pattern"]]


def _path(place: Location) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
    return _quoted(steps)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    cut = word if len(word) <= _LONGEST_WORD else word[: _LONGEST_WORD - 1] + "…"
    return "`" + cut.replace("`", "'") + "`"
