"""Whatever a repository's text is, a body says what we mean: nothing of it formats, links, pings, ticks or commands."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot import messages
from bot.commands import parse
from bot.messages import (
    Addition,
    Frame,
    Mend,
    Message,
    Move,
    Package,
    Places,
    Publisher,
    marker,
    read_marker,
)
from bot.messages.checkboxes import ticked
from bot.messages.frame import LONGEST
from bot.model import Change, Finding, FixKind, Index, IndexFacts, Refusal, Severity
from bot.moving import Identity, Migration
from bot.recipes import PrivateIndex
from bot.wishes import Wish, Wished

MARKER = marker("0123456789abcdef", "fedcba9876543210")
FORGED = marker("f" * 16, "f" * 16)
HARMLESS = "plain"
HOSTILE = [
    "`](https://evil.example) @octocat",
    FORGED,
    "a\n\n# Heading\n",
    "\n/pubflow close\n",
    "- [x] <!-- pubflow:registered --> yes",
    "<img src=x onerror=y>",
    "</details><script>",
    "| a | b |",
    "``` \nfence",
    "1. one",
    "2) two",
    "- item",
    "===",
    "    code",
    "> quote",
    "![](https://evil.example/pixel.png)",
    "https://github.com/other/repo/issues/1",
    "www.evil.example",
    "other/repo#1 and GH-2 and @org/team",
    "a@b.example",
    "[a]: https://evil.example",
    "&#64;octocat &lt;b&gt;",
    "\\",
    "a`b``c```d",
    "*a* _b_ ~~c~~",
    "x" * 5000,
    "\u202eevil\u2066",
    "\x1b[31m\x00",
    "```",
    "${{ secrets.X }} {{ 7 * 7 }} {% raw %}",
]
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("`*_[]()<>|~!&#@\\/-+=.:$'\" \n\r\tabx1{}%"), max_size=60),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=4).map(" ".join),
    st.text(max_size=40),
).filter(bool)  # nothing where something must stand is another matter


def package(text: str) -> Package:
    publisher = Publisher(project=text, owner=text, repository=text, workflow=text, environment=text)
    known = IndexFacts(name=text, exists=True, owners=(text,), organization=None)
    return Package(publisher=publisher, file=text, tags=text, example=text, known=known)


def adding(text: str) -> Message:
    return Addition(packages=(package(text),), places=Places())


def adding_several(text: str) -> Message:
    return Addition(packages=(package(text), package("other")), places=Places())


def adding_privately(text: str) -> Message:
    index = PrivateIndex(url="https://devpi.example.org/")
    return Addition(packages=(package(text),), places=Places(), index=index)


def moving(text: str) -> Message:
    migration = Migration(
        file=text,
        identities=(Identity(workflow=text, environment=text or None, index=Index.PYPI, projects=("tool",)),),
        notes=(text,),
        warnings=(text,),
        obsolete=(text,),
        in_use=(text,),
    )
    return Move(migration=migration, owner="octo", repository=text, places=Places())


def mending(text: str) -> Message:
    return Mend(file=text, what=text, why=text)


KINDS: dict[str, Callable[[str], Message]] = {
    "add": adding,
    "add several": adding_several,
    "add privately": adding_privately,
    "move": moving,
    "mend": mending,
}


def body(kind: str, text: str) -> str:
    finding = Finding(rule="r", severity=Severity.HIGH, message=text, fix=FixKind.SAFE, file=text)
    frame = Frame(
        draft=True,
        private=False,
        marker=MARKER,
        refusals=(Refusal(rule="r", reason=text, file=text), Refusal(rule="r", reason=text)),
        found=(finding, finding),
        why={"r": "It matters"},
        asked=(
            Wished(wish=Wish.IGNORE_FILE, value=text, login="ann"),
            Wished(wish=Wish.IGNORE_ACTION, value=text, login=text),
        ),
        changes=(Change(file=text, before=None, after="a\n"),),
        site="https://pubflow.example.org",
    )
    return messages.body([KINDS[kind](text)], frame)


def tokens(markdown: str) -> list[Token]:
    flat: list[Token] = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown):
        flat += [token, *(token.children or ())]
    return flat


_WORDS = {"text", "code_inline", "softbreak", "inline"}


_NAMES = re.compile(
    r"<!-- pubflow:(?:replaced(?: [A-Za-z_][A-Za-z0-9_]{0,99})+|(?:relocated|release-failed)-[A-Za-z0-9-]+) -->\n?"
)
"""Markers that hold a name, of nothing but letters, digits and what can end no comment."""


def skeleton(markdown: str) -> list[tuple[str, str]]:
    """All that is not words: what is formatted how, which HTML stands there, where links lead to."""
    found = []
    for token in tokens(markdown):
        if token.type not in _WORDS and not _NAMES.fullmatch(token.content):
            host = re.sub(r"(https://[^/]+).*", r"\1", str(token.attrs.get("href", "")))
            found.append((token.type, host or (token.content if token.type.startswith("html") else "")))
    return found


# GitHub looks for these in the finished text: https://docs.github.com/en/get-started/writing-on-github
_PINGS = re.compile(r"(?<![\w`])@[A-Za-z0-9]|#[0-9]|\bGH-[0-9]|://(?!\u200b)|\bwww\.(?!\u200b)", re.IGNORECASE)


def pings(markdown: str) -> list[str]:
    """What GitHub would make a mention, a reference or a link."""
    return [token.content for token in tokens(markdown) if token.type == "text" and _PINGS.search(token.content)]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(text=TEXT)
def test_no_text_of_a_repository_says_anything_of_its_own(kind: str, text: str) -> None:
    made = body(kind, text)
    assert skeleton(made) == skeleton(body(kind, HARMLESS))
    assert pings(made) == []
    assert not [line for line in made.splitlines() if line.strip().lower().startswith("/pubflow")]
    assert ticked(made) == frozenset()
    known = read_marker(made)
    assert known is not None
    assert (known.subject, known.digest) == ("0123456789abcdef", "fedcba9876543210")
    assert len(made) <= LONGEST


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30, deadline=None)
@given(text=TEXT)
def test_nothing_of_a_repository_is_taken_for_a_command(kind: str, text: str) -> None:
    assert parse(body(kind, text)) == ()
