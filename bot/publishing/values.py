"""Texts with `${{ }}` and `$X` in them -> the texts that they may stand for, as far as the repository tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from bot.publishing.upload import Scene
from bot.script.bash import EXPRESSION

MOST_CHOICES = 16
_DEPTH = 4
_LONGEST = 1_000
"""Characters of an expression that is looked into."""
_VARIABLE = re.compile(r"\$\{(?P<braced>\w+)(?::?-(?P<default>[^}]*))?\}|\$(?P<bare>[A-Za-z_]\w*)")
_COMPARED = re.compile(r"[\w.\[\]'*/-]+\s*(?:==|!=|<=?|>=?)\s*(?:'[^']*'|[\w.-]+)")
_FUNCTION = re.compile(r"!?\b(?:contains|startsWith|endsWith|hashFiles|success|failure|always|cancelled)\([^()]*\)")
_TERM = re.compile(r"'((?:[^']|'')*)'|([A-Za-z_][\w-]*(?:\.[\w*-]+|\[[^\]]+\])+)")
_BRACKETS = re.compile(r"\[['\"]([^'\"]+)['\"]\]")
_SECRET = re.compile(r"secrets(?:\.([A-Za-z_][\w-]*)|\[\s*['\"]([\w-]+)['\"]\s*\])", re.IGNORECASE)


def possible(text: str, scene: Scene, depth: int = _DEPTH) -> tuple[str, ...]:
    """Every text that `text` may be; what cannot be told stays an expression or a variable in it."""
    if "$" not in text or depth == 0:
        return (text,)
    parts = list(_parts(text, scene, depth))
    return tuple(dict.fromkeys("".join(chosen) for chosen in islice(product(*parts), MOST_CHOICES)))


def secrets_in(text: str, scene: Scene | None = None) -> tuple[str, ...]:
    """The names of the secrets that a text refers to, as the outermost caller names them."""
    if "secrets" not in text.casefold():  # as nearly always, and many times cheaper to see
        return ()
    names = (found[1] or found[2] for found in _SECRET.finditer(text))
    known = scene.secret_names if scene is not None else {}
    return tuple(dict.fromkeys(known.get(name, name) for name in names if name != "GITHUB_TOKEN"))


def _parts(text: str, scene: Scene, depth: int) -> Iterator[tuple[str, ...]]:
    position = 0
    for found in EXPRESSION.finditer(text):
        yield from _shell_parts(text[position : found.start()], scene, depth)
        yield _alternatives(found[0], scene, depth)
        position = found.end()
    yield from _shell_parts(text[position:], scene, depth)


def _shell_parts(text: str, scene: Scene, depth: int) -> Iterator[tuple[str, ...]]:
    position = 0
    for found in _VARIABLE.finditer(text):
        yield (text[position : found.start()],)
        name = found["braced"] or found["bare"]
        several = scene.choices.get(f"env.{name}")
        if several is not None:
            yield tuple(deeper for one in several for deeper in possible(one, scene, depth - 1))
            position = found.end()
            continue
        value = scene.variables.get(name)
        if value is None and found["default"] is not None:
            value = found["default"]
        yield (found[0],) if value is None or value == found[0] else possible(value, scene, depth - 1)
        position = found.end()
    yield (text[position:],)


def _alternatives(expression: str, scene: Scene, depth: int) -> tuple[str, ...]:
    if len(expression) > _LONGEST:
        return (expression,)
    inner = expression[3:-2].strip()
    inner = (
        _BRACKETS.sub(r".\1", _FUNCTION.sub("", _COMPARED.sub("", inner))) if "'" in inner or "=" in inner else inner
    )
    found = [
        alternative for literal in _TERM.finditer(inner) for alternative in _term(literal[1], literal[2], scene, depth)
    ]
    return tuple(dict.fromkeys(found)) or (expression,)


def _term(literal: str | None, reference: str | None, scene: Scene, depth: int) -> tuple[str, ...]:
    if reference is None:
        return ((literal or "").replace("''", "'"),)
    head, _, name = reference.partition(".")
    if head == "env" and name in scene.variables:
        return possible(scene.variables[name], scene, depth - 1)
    key = reference.removeprefix("github.event.")
    values = scene.choices.get(key)
    if values is not None:
        return tuple(deeper for value in values for deeper in possible(value, scene, depth - 1))
    return (f"${{{{ {reference} }}}}",)
