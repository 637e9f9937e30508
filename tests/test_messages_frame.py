"""What every body says: findings by severity, what changes, what happens next; and how a long one is cut."""

from __future__ import annotations

import re

import pytest

from bot import messages
from bot.messages import Frame, Mend, marker, read_marker
from bot.messages.frame import LONGEST
from bot.messages.stat import files, in_words
from bot.model import Change, Finding, FixKind, Refusal, Severity
from bot.wishes import Wish, Wished

MARKER = marker("0123456789abcdef", "fedcba9876543210")


def found(severity: Severity, message: str, rule: str = "deprecated-input") -> Finding:
    return Finding(rule=rule, severity=severity, message=message, fix=FixKind.SAFE, file="a.yml", line=3)


def wished(wish: Wish, value: str) -> Wished:
    return Wished(wish=wish, value=value, login="ann")


def body(*, mends: int = 1, **more: object) -> str:
    frame = Frame(draft=False, private=False, marker=MARKER, **more)  # type: ignore[arg-type]
    return messages.body([Mend(file="a.yml", what=f"What {number}", why="Why") for number in range(mends)], frame)


def test_findings_stand_by_severity_each_with_why() -> None:
    text = body(
        found=(found(Severity.LOW, "little"), found(Severity.HIGH, "much"), found(Severity.LOW, "less", "other")),
        why={"deprecated-input": "It will fail"},
    )
    assert re.findall(r"^\*\*(.+)\*\*$|^- (`a.*)$", text, re.MULTILINE)[:5] == [
        ("High", ""),
        ("", "`a.yml`, line 3: much. *It will fail.*"),
        ("Low", ""),
        ("", "`a.yml`, line 3: little."),
        ("", "`a.yml`, line 3: less."),
    ]


def test_why_a_rule_matters_is_said_once_above_all_that_it_found() -> None:
    findings = [found(Severity.LOW, f"number {number}") for number in range(3)]
    text = body(found=(*findings, found(Severity.INFO, "more")), why={"deprecated-input": "It will fail"})
    assert text.count("It will fail") == 1
    listed = "- *It will fail:*\n" + "".join(f"  - `a.yml`, line 3: number {number}.\n" for number in range(3))
    assert listed in text
    assert "\n- `a.yml`, line 3: more.\n" in text


ASKED = {
    "rule": (wished(Wish.IGNORE_RULE, "pin-comment"), "Ignored: the rule `pin-comment`, as `ann` asked."),
    "action": (wished(Wish.IGNORE_ACTION, "docker/*"), "`/pubflow unignore docker/*` takes that back."),
    "file": (wished(Wish.IGNORE_FILE, "a`@b.yml"), "Ignored: the file ``a`@b.yml``, as `ann` asked."),
    "pins": (wished(Wish.PIN, "sha"), "Actions are written by their commit, as `ann` asked. `/pubflow pin keep` takes"),
    "nothing of ours": (wished(Wish.AGAIN, "1"), None),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_is_ignored_is_said_with_who_asked_and_how_it_is_taken_back(case: str) -> None:
    wish, said = ASKED[case]
    text = body(asked=(wish,))
    assert ("### As was asked" in text) is (said is not None)
    assert said is None or said in text


def test_where_nothing_was_found_each_change_says_why_itself() -> None:
    assert "- `a.yml`: What 0. *Why.*" in body()
    assert "### What was found" not in body()


def test_the_boxes_and_the_words_to_say_are_there() -> None:
    text = body(found=(found(Severity.LOW, "little"),), site="https://pubflow.example.org")
    assert "- [ ] <!-- pubflow:rebase --> " in text
    assert "- [ ] <!-- pubflow:recreate --> " in text
    assert "pubflow:registered" not in text
    assert "`/pubflow ignore deprecated-input`" in text
    assert "$schema=https://pubflow.example.org/schema/pubflow.json" in text
    assert "$schema" not in body()


BEFORE = "a\nb\nc\n"
COUNTED = {
    (None, BEFORE): ("(new, +3)", "1 file, 3 lines added, 0 removed:"),
    (BEFORE, None): ("(deleted, -3)", "1 file, 0 lines added, 3 removed:"),
    (BEFORE, "a\nB\nc\nd\n"): ("(+2 -1)", "1 file, 2 lines added, 1 removed:"),
    (BEFORE, BEFORE.replace("\n", "\r\n")): ("(+0 -0)", "1 file, 0 lines added, 0 removed:"),
    ("a\n" * 6000, "b\n"): ("(long)", "1 file, 0 lines added, 0 removed:"),
}


@pytest.mark.parametrize("texts", COUNTED, ids=[said for said, _ in COUNTED.values()])
def test_lines_are_counted(texts: tuple[str | None, str | None]) -> None:
    change = Change(file="a", before=texts[0], after=texts[1])
    assert (files([change])[0].said, in_words([change])) == COUNTED[texts]


def test_nothing_is_counted_where_nothing_changes() -> None:
    assert in_words([]) == ""


LONG = "a `quoted word` and *more* | " * 40


@pytest.mark.parametrize("count", [50, 400, 5000])
def test_a_long_body_is_cut_between_entries_and_says_how_many_are_left_out(count: int) -> None:
    refusals = tuple(Refusal(rule="r", reason=f"{LONG}{number}", file="b.yml") for number in range(count))
    text = body(mends=count, found=(found(Severity.HIGH, LONG),) * count, refusals=refusals)
    assert len(text) <= LONGEST
    shown = len(re.findall(r"^- `b\.yml`, line 1: ", text, re.MULTILINE))
    assert 0 < shown < count
    assert f"*… and {count - shown} more.*" in text
    assert text.count("<details>") == text.count("</details>") == 1
    assert text.count("```") == 2
    assert read_marker(text) is not None


def test_a_short_body_is_not_cut() -> None:
    assert "more.*" not in body(found=(found(Severity.HIGH, "one"),) * 90)
