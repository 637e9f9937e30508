"""`.github/pubflow.yml`: what a repository's maintainers tell the bot.

An invalid file never means "carry on as if it were empty": a maintainer who tried to switch us off must not be ignored
because of a typing error. So the answer is a value of its own, and nothing is proposed until the file is mended.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Unparsable
from bot.yaml import Kind, Node, ScalarStyle, parse

PATH = ".github/pubflow.yml"

_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one repository, defaults filled in."""

    enabled: bool = True
    """False: find, but propose nothing."""
    add: bool = False
    """True: a maintainer asks for a publish workflow, also where we would not offer one unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidConfig:
    """The file cannot be understood; the place counts from 1."""

    message: str
    line: int
    column: int


def read(text: str | None) -> Config | InvalidConfig:
    """The configuration in `text`; None (no file) and an empty file give the defaults."""
    if text is None:
        return Config()
    try:
        root = parse(text).root
    except Unparsable as error:
        return InvalidConfig(message=f"is not YAML: {error.reason}", line=error.line, column=error.column)
    if root is None or (root.kind is Kind.SCALAR and root.style is ScalarStyle.PLAIN and not root.value):
        return Config()
    if root.kind is not Kind.MAPPING:
        return InvalidConfig(message="must hold settings such as `add: true`", line=root.line, column=root.column)
    settings: dict[str, bool] = {}
    for name in Config.__dataclass_fields__:
        node = root.get(name)
        if node is None:
            continue
        value = _boolean(node)
        if value is None:
            return InvalidConfig(
                message=f"`{name}` must be true or false, without quotes", line=node.line, column=node.column
            )
        settings[name] = value
    return Config(**settings)


def _boolean(node: Node) -> bool | None:
    if node.kind is not Kind.SCALAR or node.style is not ScalarStyle.PLAIN:
        return None
    return _BOOLEANS.get(node.value.lower())
