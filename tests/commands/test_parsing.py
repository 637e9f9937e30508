"""What counts as a command in a comment, and what only looks like one."""

from __future__ import annotations

import textwrap
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import COMMANDS, BadCommand, Call, lines, parse
from bot.commands.parsing import LONGEST, MOST
from bot.config.words import VERBS

HEARD: dict[str, tuple[str, list[str]]] = {
    "alone": ("/pubflow update", ["update"]),
    "with a word": ("/pubflow explain token-upload", ["explain token-upload"]),
    "without a word": ("/pubflow", [""]),
    "without a word, and blanks": ("/pubflow   ", [""]),
    "in any case": ("/PubFlow UPDATE", ["UPDATE"]),
    "after other lines": ("Thanks!\n/pubflow update\nBye", ["update"]),
    "after a blank line": ("Thanks!\n\n/pubflow update", ["update"]),
    "several in order": ("/pubflow ignore a/b\n/pubflow update\n\n/pubflow status", ["ignore a/b", "update", "status"]),
    "with Windows' line ends": ("/pubflow update\r\n/pubflow status\r\n", ["update", "status"]),
    "blanks and tabs": ("/pubflow \t update  ", ["update"]),
    "a path with stars": ("/pubflow ignore .github/workflows/*.yml", ["ignore .github/workflows/*.yml"]),
    "a path with lines below": ("/pubflow ignore a_b_c/d_e.yml", ["ignore a_b_c/d_e.yml"]),
    "a word as code": ("/pubflow ignore `actions/checkout`", ["ignore actions/checkout"]),
    "before a signature": ("/pubflow update\n---\nSam", ["update"]),
    "after a quotation and a blank line": ("> /pubflow close\n\n/pubflow update", ["update"]),
    "after a fence": ("```\n/pubflow close\n```\n/pubflow update", ["update"]),
    "after a comment": ("<!-- /pubflow close -->\n\n/pubflow update", ["update"]),
    "before a comment": ("/pubflow update <!-- or close -->", ["update"]),
    "a little to the right": ("   /pubflow update", ["update"]),
    "inside details": ("<details>\n\n/pubflow update\n\n</details>", ["update"]),
}

NOT_HEARD: dict[str, str] = {
    "empty": "",
    "other words": "please update",
    "not at the start": "please /pubflow update",
    "another word": "/pubflows update",
    "stuck to another word": "/pubflow-update",
    "a path": "/pubflow/update",
    "quoted": "> /pubflow update",
    "quoted twice": "> > /pubflow update",
    "quoted lazily": "> as you said\n/pubflow update",
    "a fence": "```\n/pubflow update\n```",
    "a fence of tildes": "~~~ text\n/pubflow update\n~~~",
    "a fence of four": "````\n```\n/pubflow update\n```\n````",
    "a fence without end": "```\n/pubflow update",
    "a fence in a fence": "~~~\n```\n~~~~\n\n```\n/pubflow update\n```",
    "a fence to the right": "  ```\n  /pubflow update\n  ```",
    "a fence in a list": "- so:\n\n  ```\n  /pubflow update\n  ```",
    "a fence in a quotation": "> ```\n> /pubflow update\n> ```",
    "code by its place": "    /pubflow update",
    "code by a tab": "\t/pubflow update",
    "code over two lines": "`so\n/pubflow update`",
    "code at the start": "`/pubflow update`",
    "hidden": "<!-- /pubflow update -->",
    "hidden over lines": "<!--\n/pubflow update\n-->",
    "hidden without end": "<!--\n/pubflow update",
    "hidden in a paragraph": "so <!--\n/pubflow update\n--> it is",
    "behind something hidden": "<!-- x -->/pubflow update",
    "in preformatted text": "<pre>\n/pubflow update\n</pre>",
    "in a list": "- /pubflow update",
    "in a numbered list": "1. /pubflow update",
    "in a task list": "- [x] /pubflow update",
    "in a table": "/pubflow update | b\n--- | ---\n/pubflow close | d",
    "a heading": "# /pubflow update",
    "bold": "**/pubflow update**",
    "a link's text": "[/pubflow update](https://example.org)",
    "a link's title": '[a]: https://example.org "\n/pubflow update\n"',
    "escaped": "\\/pubflow update",
    "in a tag": "<b>/pubflow update</b>",
}


@pytest.mark.parametrize("case", HEARD)
def test_a_command_is_heard(case: str) -> None:
    text, expected = HEARD[case]
    assert list(lines(text)) == expected


@pytest.mark.parametrize("case", NOT_HEARD)
def test_what_is_no_command_is_not_heard(case: str) -> None:
    assert lines(NOT_HEARD[case]) == ()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_understood_in_any_case(command: object) -> None:
    name = command.name  # type: ignore[attr-defined]
    for text, argument in ((f"/pubflow {name}", ""), (f"/PUBFLOW {name.upper()} some thing", "some thing")):
        [call] = parse(text)
        assert isinstance(call, Call)
        assert call.command is command
        assert call.argument == argument


@pytest.mark.parametrize(
    ("word", "nearest"),
    [("updaet", "update"), ("Rebse", "rebase"), ("statsu", "status"), ("ignroe x", "ignore"), ("launch", None)],
)
def test_a_near_miss_names_the_nearest(word: str, nearest: str | None) -> None:
    assert parse(f"/pubflow {word}") == (BadCommand(word=word.split(maxsplit=1)[0], nearest=nearest),)


def test_nothing_said_is_a_question_for_help() -> None:
    [call] = parse("/pubflow")
    assert isinstance(call, Call)
    assert call.command.name == "help"


def test_of_very_many_the_first_are_heard_and_a_long_word_is_cut() -> None:
    assert len(lines("/pubflow update\n" * 500)) == MOST
    [bad] = parse("/pubflow " + "x" * 5000)
    assert isinstance(bad, BadCommand)
    assert len(bad.word) <= 40


HOSTILE = (
    "[" * LONGEST,
    "![[]()" * 10_000,
    "`" * LONGEST,
    "> " * 30_000,
    "a|b\n-|-\n" + "a|b\n" * 16_000,
    "<!--" * 16_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_comment_takes_no_time(text: str) -> None:
    began = process_time()
    lines("/pubflow update\n\n" + text)
    assert process_time() - began < 5


WORDS = st.lists(
    st.sampled_from(
        ["/pubflow update", "/pubflow", "```", "~~~", "> ", "`", "<!--", "-->", "\n", "\n\n", "    ", "- ", "a"]
    ),
    max_size=12,
).map("".join)


@given(WORDS)
def test_what_is_quoted_or_fenced_is_never_heard_whatever_it_holds(text: str) -> None:
    quoted = textwrap.indent(text, "> ", lambda _line: True)
    assert lines(quoted) == ()
    assert lines(f"``````````\n{text}\n``````````") == ()


def test_the_configuration_names_every_command_and_no_other() -> None:
    assert sorted(VERBS) == sorted(command.name for command in COMMANDS)
