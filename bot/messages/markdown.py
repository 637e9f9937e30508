"""Text that comes from a repository, made harmless in Markdown; and the templates in which it is put."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from bot import resources

if TYPE_CHECKING:
    from jinja2 import Environment

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LONGEST_VALUE = 200
_LONGEST_SENTENCE = 1_000
_MOST_CODES = 8
_CODE = re.compile(r"`([^`]*)`")
_SPECIAL = re.compile(r"([\\*_\[\]<>|~!&])")
_BEGINNING = re.compile(r"\A([-+=]|[0-9]{1,9}(?=[.)]|\Z))")
"""What begins a list, or underlines a heading, at the start of a line; a full stop may follow the sentence."""
_BLANKS = re.compile(r"\n(?:[ \t]*\n)+")
_LINKING = re.compile(r"(@|#|GH-|://|www\.)", re.IGNORECASE)


def code(value: str) -> str:
    """`value` as a Markdown code span that cannot end early, break a table or carry a mention.

    Rules of code spans: https://spec.commonmark.org/0.31.2/#code-spans
    """
    text = value if value.isprintable() else _UNPRINTABLE.sub(" ", value)
    text = text[:_LONGEST_VALUE].replace("|", "\\|").strip()
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1) if "`" in text else "`"
    pad = " " if not text or text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def prose(sentence: str) -> str:
    """A sentence of ours that may quote a repository, as Markdown: nothing in it formats, links or mentions.

    What stands between backticks becomes a code span.
    """
    text = _UNPRINTABLE.sub(" ", sentence).strip()
    if len(text) > _LONGEST_SENTENCE:
        text = text[:_LONGEST_SENTENCE] + "…"
    parts = _CODE.split(text)
    made = "".join(code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))
    return _BEGINNING.sub("\u200b\\1", made)


def _plain(text: str) -> str:
    # GitHub finds mentions, references and addresses in the finished text, where no escape is left; a blank of no width
    # behind what starts them keeps it from doing so.
    return _LINKING.sub("\\1\u200b", _SPECIAL.sub(r"\\\1", text.replace("`", "'")))


def _sentence(clause: str) -> str:
    """`prose` that begins with a capital."""
    return prose(clause[:1].upper() + clause[1:])


def codes(values: Sequence[str]) -> str:
    """`values`, one at least, as code spans in a sentence: "a", "a and b", "a, b and c"; of many the first ones."""
    shown = [code(value) for value in values[:_MOST_CODES]]
    left = len(values) - len(shown)
    *others, last = [*shown, f"{left} more"] if left else shown
    return f"{', '.join(others)} and {last}" if others else last


def _more(entries: Sequence[object], most: int) -> str:
    """The line below a list of which only the first `most` are shown; empty when that is all of them."""
    left = len(entries) - most
    return f"*… and {left} more.*" if left > 0 else ""


def render(template: str, **values: object) -> str:
    """A template of `templates/messages` with these values; blank lines that follow each other become one."""
    return _BLANKS.sub("\n\n", _templates().get_template(template).render(**values)).strip()


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
    environment.filters["sentence"] = _sentence
    environment.filters["codes"] = codes
    environment.globals["more"] = _more
    return environment
