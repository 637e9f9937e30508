"""Commands as pure functions: what is to be done, or why nothing; and who may give one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from bot.commands import COMMANDS, Call, Deed, View, lines, may, understand
from bot.commands.ignoring import wished
from bot.config import PATH, Permission
from bot.messages import Places, prose, replies
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    BranchHead,
    Finding,
    FixKind,
    IndexFacts,
    OwnPull,
    PullState,
    Refusal,
    Role,
    Severity,
    Sha,
)
from bot.plan import decide
from bot.rules import RULES
from bot.rules.rule import Rule
from bot.wishes import Wish, Wished, Wishes
from tests.snapshots import PYPROJECT, snapshot

FREE = IndexFacts(name="spoon-knife", exists=False)
OURS, THEIRS = Sha("a" * 40), Sha("b" * 40)
BY_NAME = {command.name: command for command in COMMANDS}


def view(
    state: PullState | None = PullState.OPEN,
    *,
    head: str | None = "ours",
    number: int = 1,
    wishes: Wishes = Wishes(),  # noqa: B008 - frozen
    files: dict[str, str] | None = None,
) -> View:
    """A package with one pull request of ours in this state, seen from the conversation `number`."""
    found = snapshot(files or {"pyproject.toml": PYPROJECT})
    [plan, *_] = decide(found, index=[FREE]).plans or [None]
    if state is not None and plan is not None:
        pull = OwnPull(
            number=1,
            url="https://github.com/Octo-Org/Spoon/pull/1",
            branch=TRUSTED_PUBLISHING_BRANCH,
            base="main",
            state=state,
            head=OURS,
            title=plan.title,
            body=plan.body,
        )
        found = replace(found, pulls=(pull,))
    if head is not None:
        oid = OURS if head == "ours" else THEIRS
        standing = BranchHead(oid=oid, tree=Sha("c" * 40), parents=(), ours=head == "ours")
        found = replace(found, branches={TRUSTED_PUBLISHING_BRANCH: oid}, heads={TRUSTED_PUBLISHING_BRANCH: standing})
    decision = decide(found, index=[FREE], wishes=wishes)
    return View(snapshot=found, decision=decision, wishes=wishes, number=number, places=Places())


def act(line: str, seen: View) -> Deed:
    call = understand(line)
    assert isinstance(call, Call)
    return call.command.act(call.argument, seen)


BRANCH = frozenset({TRUSTED_PUBLISHING_BRANCH})
DONE: dict[str, tuple[str, View, Deed]] = {
    "update": ("update", view(), Deed(scan=True)),
    "rebase": ("rebase", view(), Deed(scan=True, remade=BRANCH)),
    "rebase from elsewhere": ("rebase", view(number=9), Deed(scan=True, remade=BRANCH)),
    "recreate": ("recreate", view(), Deed(scan=True, remade=BRANCH)),
    "recreate over the commits that are there": (
        "recreate",
        view(head="theirs"),
        Deed(scan=True, remade=BRANCH, add=(Wished(wish=Wish.HAND_BACK, value=THEIRS),)),
    ),
    "recreate what was closed": (
        "recreate",
        view(PullState.CLOSED, head=None),
        Deed(scan=True, remade=BRANCH, add=(Wished(wish=Wish.AGAIN, value="1"),)),
    ),
    "recreate what was never made": ("recreate", view(None, head=None), Deed(scan=True)),
    "close": (
        "close",
        view(),
        Deed(says="Closed #1; the same is not proposed again. `/pubflow recreate` brings it back.", close=(1,)),
    ),
    "back to the configuration": (
        "pin keep",
        view(),
        Deed(says="Actions are written as the configuration says.", drop=((Wish.PIN, None),), scan=True),
    ),
}
NOT_DONE: dict[str, tuple[str, View, str]] = {
    "rebase over people's commits": ("rebase", view(head="theirs"), "recreate"),
    "rebase nothing": ("rebase", view(None, head=None), "No pull request of pubflow is open here"),
    "close what is closed": ("close", view(PullState.CLOSED), "No pull request of pubflow is open here"),
    "recreate what is merged": ("recreate", view(PullState.MERGED), "is merged"),
    "recreate nothing": ("recreate", view(None, head=None, files={"README.md": "x"}), "nothing to make anew"),
    "confirm nothing": ("confirm", view(None, head=None, files={"README.md": "x"}), "waits for a publisher"),
    "ignore nothing": ("ignore", view(number=9), "Ignore what?"),
    "ignore a near miss": ("ignore token-uplaod", view(), "Did you mean `token-upload`?"),
    "unignore what is not ignored": ("unignore token-upload", view(), "is not ignored by a command"),
    "unignore nothing": ("unignore", view(), "Nothing is ignored"),
    "explain nothing": ("explain", view(), "Which rule?"),
    "explain a near miss": ("explain missing-workflw", view(), "Did you mean `missing-workflow`?"),
    "pin as neither": ("pin hash", view(), "/pubflow pin sha"),
}


@pytest.mark.parametrize("case", DONE)
def test_what_is_to_be_done(case: str) -> None:
    line, seen, expected = DONE[case]
    assert act(line, seen) == expected


@pytest.mark.parametrize("case", NOT_DONE)
def test_why_nothing_is_done(case: str) -> None:
    line, seen, words = NOT_DONE[case]
    deed = act(line, seen)
    assert words in deed.says
    assert deed == Deed(says=deed.says, good=False)


def test_every_command_can_be_given_anywhere_without_a_word() -> None:
    for seen in (view(), view(None, head=None), view(None, head=None, files={PATH: "enabled: [\n"})):
        for command in COMMANDS:
            deed = command.act("", seen)
            assert deed.says or deed.scan, command.name


def test_what_was_ignored_is_taken_back_by_its_word_or_all_at_once() -> None:
    kept = (Wished(wish=Wish.IGNORE_RULE, value="token-upload"), Wished(wish=Wish.IGNORE_ACTION, value="a/b"))
    assert act("unignore A/B", view(wishes=Wishes(kept))).drop == ((Wish.IGNORE_ACTION, "a/b"),)
    assert len(act("unignore", view(wishes=Wishes(kept))).drop) == 2


WORDS: list[tuple[str, Wish | None, str]] = [
    ("token-upload", Wish.IGNORE_RULE, "token-upload"),
    ("TOKEN-upload", Wish.IGNORE_RULE, "token-upload"),
    ("actions/checkout", Wish.IGNORE_ACTION, "actions/checkout"),
    ("actions/checkout@v4", Wish.IGNORE_ACTION, "actions/checkout"),
    ("docker/*", Wish.IGNORE_ACTION, "docker/*"),
    (".github/workflows/release.yml", Wish.IGNORE_FILE, ".github/workflows/release.yml"),
    ("./docs/conf.py", Wish.IGNORE_FILE, "docs/conf.py"),
    ("setup.py", Wish.IGNORE_FILE, "setup.py"),
    ("docs/setup.py", Wish.IGNORE_FILE, "docs/setup.py"),
    ("nonsense", None, ""),
    ("a`b/c", None, ""),
    ("", None, ""),
]


@pytest.mark.parametrize(("word", "wish", "value"), WORDS)
def test_a_word_names_a_rule_an_action_or_a_file(word: str, wish: Wish | None, value: str) -> None:
    assert wished(word) == (None if wish is None else Wished(wish=wish, value=value))


MAY: list[tuple[str, Permission | None, Role, bool, bool]] = [
    ("close", None, Role.WRITE, False, True),
    ("close", None, Role.TRIAGE, True, False),
    ("status", None, Role.TRIAGE, False, True),
    ("status", None, Role.READ, True, True),
    ("status", None, Role.READ, False, False),
    ("status", Permission.WRITE, Role.TRIAGE, True, False),
    ("status", Permission.READ, Role.READ, False, True),
    ("close", Permission.READ, Role.READ, False, True),
    ("close", Permission.ADMIN, Role.MAINTAIN, False, False),
    ("close", Permission.NOBODY, Role.ADMIN, True, False),
    ("help", Permission.READ, Role.NONE, False, False),
]


@pytest.mark.parametrize(("name", "asked", "role", "author", "expected"), MAY)
def test_who_may(name: str, asked: Permission | None, role: Role, author: bool, expected: bool) -> None:
    command = BY_NAME[name]
    assert may(command, asked or command.needs, role, author=author) is expected


def test_whatever_changes_something_takes_the_right_to_push() -> None:
    for command in COMMANDS:
        deed = command.act("sha" if command.name == "pin" else "", view())
        changes = bool(deed.add or deed.drop or deed.close or deed.scan)
        assert (command.needs is Permission.WRITE) or not changes, command.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_every_rule_is_explained_in_whole_lines(rule: Rule) -> None:
    """GitHub shows every line end of a comment."""
    said = act(f"explain {rule.ID}", view()).says
    paragraphs = [each for each in said.split("\n\n") if not each.startswith("- ")]
    assert said.startswith(f"**`{rule.ID}`**: ")
    assert "Before::" not in said
    assert [each for each in paragraphs if "\n" in each and "\n- " not in each] == []


# ---------------------------------------------------------------- what may quote a repository

HOSTILE = st.text(alphabet=st.sampled_from("@#`*_[]()<>!|~&\n\r/-:. aGHpubflow1"), max_size=60)
_MENTION = re.compile(r"(?<![\w`])@[A-Za-z0-9]")


def harmless(text: str) -> None:
    """No command, no mention, no link, no picture, no HTML, whatever was quoted."""
    assert lines(text) == ()
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        assert token.type != "html_block"
        for child in token.children or ():
            assert child.type not in {"html_inline", "image", "link_open"}, text
            if child.type == "text":
                assert not _MENTION.search(child.content), text


@given(HOSTILE, HOSTILE)
def test_what_quotes_a_repository_pings_nobody_and_is_no_command(first: str, second: str) -> None:
    finding = Finding(rule="r", severity=Severity.LOW, message=first, fix=FixKind.NONE, file=second or None)
    refusal = Refusal(rule="r", reason=second, file=None)
    harmless(replies.explanation("r", "It looks.", [finding], [refusal]))
    harmless(replies.outcome([first, second], [1]))
    harmless(replies.waiting(first))
    harmless(replies.unknown(first, None))
    harmless(replies.failed(prose(second)))
    wishes = Wishes((Wished(wish=Wish.IGNORE_FILE, value=first),))
    harmless(
        replies.status(
            view().decision.survey,
            findings=1,
            refusals=[refusal],
            silent=first,
            standing=[],
            wishes=wishes,
            outcome=second,
        )
    )


@pytest.mark.parametrize("text", ["o/r#1 opened", "#2 opened", "GH-1", "see #12", "x#1"])
def test_no_number_but_our_own_leads_anywhere(text: str) -> None:
    assert re.search(r"#\d|GH-\d", replies.outcome([text], [1])) is None
    assert replies.outcome(["#1 opened: Title"], [1]) == "#1 opened: Title."
