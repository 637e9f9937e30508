"""Text that comes from a repository, made harmless in Markdown; and the templates in which it is put."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot import resources

if TYPE_CHECKING:
    from jinja2 import Environment

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LONGEST_VALUE = 200
_CODE = re.compile(r"`([^`]*)`")
_SPECIAL = re.compile(r"([\\*_\[\]<>|~!&])")
_LINKING = re.compile(r"(@|#|GH-|://|www\.)", re.IGNORECASE)


def code(value: str) -> str:
    """`value` as a Markdown code span that cannot end early, break a table or carry a mention.

    Rules of code spans: https://spec.commonmark.org/0.31.2/#code-spans
    """
    text = _UNPRINTABLE.sub(" ", value)[:_LONGEST_VALUE].replace("|", "\\|").strip()
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if not text or text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def prose(sentence: str) -> str:
    """A sentence of ours that may quote a repository, as Markdown: nothing in it formats, links or mentions.

    What stands between backticks becomes a code span.
    """
    parts = _CODE.split(_UNPRINTABLE.sub(" ", sentence))
    return "".join(code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    # GitHub finds mentions, references and addresses in the finished text, where no escape is left; a blank of no width
    # behind what starts them keeps it from doing so.
    return _LINKING.sub("\\1\u200b", _SPECIAL.sub(r"\\\1", text.replace("`", "'")))


def render(template: str, **values: object) -> str:
    """A template of `templates/messages` with these values."""
    return _templates().get_template(template).render(**values)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - `pubflow check` starts without it

    environment = Environment(
        loader=FunctionLoader(lambda name: resources.text(f"messages/{name}")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,  # noqa: S701 - Markdown, not HTML: `code` and `prose` escape what comes from outside
    )
    environment.filters["code"] = code
    environment.filters["prose"] = prose
    return environment
