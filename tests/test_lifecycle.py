"""Every row of the lifecycle: what stands on GitHub, and what is then done; and that docs and table agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from bot.config import PATH
from bot.lifecycle import LIFECYCLE, Action, Verdict, verdicts, why_over
from bot.messages import marker, withdrawn
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    BranchHead,
    IndexFacts,
    OwnPull,
    Plan,
    PullState,
    RepoFacts,
    Sha,
    Snapshot,
    Unread,
    Visibility,
)
from bot.plan import Decision, decide
from bot.wishes import Wish, Wished, Wishes
from tests.snapshots import PUBLISHES, PYPROJECT, facts, snapshot

FREE = IndexFacts(name="spoon-knife", exists=False)
BRANCH = TRUSTED_PUBLISHING_BRANCH
PACKAGE = {"pyproject.toml": PYPROJECT}
PUBLISHED = {**PACKAGE, ".github/workflows/release.yml": PUBLISHES}
OURS, THEIRS = Sha("a" * 40), Sha("b" * 40)
OTHER = "f" * 16


def planned() -> Plan:
    [plan] = decide(snapshot(PACKAGE), index=[FREE]).plans
    return plan


PLAN = planned()


def own(state: PullState = PullState.OPEN, **changes: object) -> OwnPull:
    """One that shows just what is planned, unless told otherwise."""
    pull = OwnPull(
        number=1,
        url="https://github.com/Octo-Org/Spoon/pull/1",
        branch=BRANCH,
        base="main",
        state=state,
        head=OURS,
        title=PLAN.title,
        body=PLAN.body,
    )
    return replace(pull, **changes)  # named by the tests


def shown(subject: str = PLAN.subject, digest: str = PLAN.digest) -> str:
    return f"...\n{marker(subject, digest)}"


@dataclass(frozen=True, kw_only=True)
class Case:
    row: str
    pulls: tuple[OwnPull, ...] = ()
    head: str | None = None
    """`ours` or `theirs`; None: as the pull requests need it."""
    files: Mapping[str, str] = field(default_factory=lambda: dict(PACKAGE))
    repo: RepoFacts | None = None
    wishes: tuple[Wished, ...] = ()
    remade: bool = False
    confirmed: bool = False
    index: IndexFacts = FREE
    broken: bool = False
    """A workflow cannot be read."""


def wish(wish: Wish, value: str, note: str = "") -> Wished:
    return Wished(wish=wish, value=value, note=note)


CLOSED, MERGED = PullState.CLOSED, PullState.MERGED
REGISTERED = wish(Wish.REGISTERED, PLAN.subject, "Octo-Org/Spoon")
READY = decide(snapshot(PACKAGE), index=[FREE], wishes=Wishes((REGISTERED,))).plans[0].body
CASES: dict[str, Case] = {
    "archived with a pull request open": Case(row="out of reach", pulls=(own(),), repo=facts(archived=True)),
    "a fork": Case(row="out of reach", repo=facts(fork=True)),
    "handed back": Case(row="handed back", pulls=(own(),), head="theirs", wishes=(wish(Wish.HAND_BACK, THEIRS),)),
    "handed back, then pushed to again": Case(
        row="touched", pulls=(own(),), head="theirs", wishes=(wish(Wish.HAND_BACK, OURS),)
    ),
    "somebody pushed": Case(row="touched", pulls=(own(),), head="theirs"),
    "somebody pushed and asks for a rebase": Case(row="touched", pulls=(own(),), head="theirs", remade=True),
    "somebody pushed and nothing is left": Case(row="touched", pulls=(own(),), head="theirs", files=PUBLISHED),
    "asked for anew": Case(row="remade", pulls=(own(),), remade=True),
    "another text": Case(row="changed", pulls=(own(body=shown(digest=OTHER)),)),
    "another package": Case(row="changed", pulls=(own(body=shown(subject=OTHER)),)),
    "its marker removed": Case(row="changed", pulls=(own(body="edited"),)),
    "another base": Case(row="moved", pulls=(own(base="old"),)),
    "in conflict": Case(row="conflict", pulls=(own(conflicting=True),)),
    "a registered draft": Case(row="registered", pulls=(own(draft=True),), wishes=(REGISTERED,), confirmed=True),
    "a draft again, long registered": Case(row="current", pulls=(own(draft=True, body=READY),), wishes=(REGISTERED,)),
    "registered and ready": Case(row="current", pulls=(own(body=READY),), wishes=(REGISTERED,)),
    "registered by a command": Case(row="reworded", pulls=(own(),), wishes=(REGISTERED,)),
    "registered under another name": Case(
        row="current", pulls=(own(draft=True),), wishes=(wish(Wish.REGISTERED, PLAN.subject, "old/name"),)
    ),
    "other words": Case(row="reworded", pulls=(own(body=shown()),)),
    "the same": Case(row="current", pulls=(own(),)),
    "the same in GitHub's line ends": Case(row="current", pulls=(own(body=PLAN.body.replace("\n", "\r\n")),)),
    "a draft that people made ready": Case(row="current", pulls=(own(draft=False),)),
    "opened again by people": Case(row="current", pulls=(own(), own(CLOSED, number=0))),
    "open beside a newer one that was closed": Case(row="current", pulls=(own(CLOSED, number=2), own())),
    "another branch": Case(row="new", pulls=(own(branch="pubflow/actions"),)),
    "nothing left": Case(row="over", pulls=(own(),), files=PUBLISHED),
    "switched off": Case(row="over", pulls=(own(),), files={**PACKAGE, PATH: "enabled: false\n"}),
    "the rule is ignored": Case(row="over", pulls=(own(),), wishes=(wish(Wish.IGNORE_RULE, "missing-workflow"),)),
    "made private": Case(row="over", pulls=(own(),), repo=facts(visibility=Visibility.PRIVATE)),
    "a broken configuration": Case(row="unsure", pulls=(own(),), files={**PACKAGE, PATH: "enabled: [\n"}),
    "an index that does not answer": Case(row="unsure", pulls=(own(),), index=replace(FREE, exists=None)),
    "a file that cannot be read": Case(row="unsure", pulls=(own(),), files=PUBLISHED, broken=True),
    "closed, and asked for again": Case(row="wanted again", pulls=(own(CLOSED),), wishes=(wish(Wish.AGAIN, "1"),)),
    "asked for again, and closed again": Case(
        row="answered", pulls=(own(CLOSED, number=2), own(CLOSED)), wishes=(wish(Wish.AGAIN, "1"),)
    ),
    "asked for again, with people's commits": Case(
        row="answered", pulls=(own(CLOSED),), head="theirs", wishes=(wish(Wish.AGAIN, "1"),)
    ),
    "asked for again, the commits given": Case(
        row="wanted again",
        pulls=(own(CLOSED),),
        head="theirs",
        wishes=(wish(Wish.AGAIN, "1"), wish(Wish.HAND_BACK, THEIRS)),
    ),
    "closed": Case(row="answered", pulls=(own(CLOSED),)),
    "closed with another text": Case(row="answered", pulls=(own(CLOSED, body=shown(digest=OTHER)),)),
    "merged and taken out again": Case(row="answered", pulls=(own(MERGED),)),
    "somebody's branch of our name": Case(row="occupied", head="theirs"),
    "nothing yet": Case(row="new"),
    "a branch of a run that was cut off": Case(row="new", head="ours"),
    "closed for another package": Case(row="new", pulls=(own(CLOSED, body=shown(subject=OTHER)),)),
    "closed, its marker removed": Case(row="new", pulls=(own(CLOSED, body="edited"),)),
    "closed by ourselves": Case(row="new", pulls=(own(CLOSED, body=withdrawn(PLAN.body)),)),
    "merged, the branch kept": Case(row="done", pulls=(own(MERGED),), head="ours", files=PUBLISHED),
    "closed by ourselves, the branch kept": Case(
        row="done", pulls=(own(CLOSED, body=withdrawn(PLAN.body)),), head="ours", files=PUBLISHED
    ),
    "a branch without a pull request": Case(row="done", head="ours", files=PUBLISHED),
    "merged, and pushed to since": Case(row="nothing", pulls=(own(MERGED),), head="theirs", files=PUBLISHED),
    "merged, the branch made anew since": Case(
        row="nothing", pulls=(own(MERGED, head=THEIRS),), head="ours", files=PUBLISHED
    ),
    "closed by people, the branch kept": Case(row="nothing", pulls=(own(CLOSED),), head="ours", files=PUBLISHED),
    "nothing at all": Case(row="nothing", files={"README.md": "hello\n"}),
    "nothing at all, and somebody's branch": Case(row="nothing", files={"README.md": "hello\n"}, head="theirs"),
}


def judged(case: Case) -> Verdict:
    unread = {".github/workflows/other.yml": Unread.NOT_UTF8} if case.broken else {}
    found = with_branch(replace(snapshot(case.files, case.repo, unread=unread), pulls=case.pulls), case.head)
    wishes = Wishes(case.wishes)
    decision = decide(found, index=[case.index], wishes=wishes)
    remade = frozenset({BRANCH}) if case.remade else frozenset[str]()
    return verdicts(found, decision, wishes, remade, confirmed=case.confirmed)[0]


def with_branch(found: Snapshot, head: str | None) -> Snapshot:
    if head is None and not any(pull.state is PullState.OPEN for pull in found.pulls):
        return found
    oid = THEIRS if head == "theirs" else OURS
    standing = BranchHead(oid=oid, tree=Sha("c" * 40), parents=(), ours=head != "theirs")
    return replace(found, branches={BRANCH: oid}, heads={BRANCH: standing})


@pytest.mark.parametrize("case", CASES)
def test_what_stands_decides_what_is_done(case: str) -> None:
    assert judged(CASES[case]).row.name == CASES[case].row


@pytest.mark.parametrize("row", LIFECYCLE, ids=lambda row: row.name)
def test_every_row_has_a_case_and_words(row: object) -> None:
    assert any(case.row == row.name for case in CASES.values())  # type: ignore[attr-defined]
    assert row.then.endswith(".")  # type: ignore[attr-defined]
    assert not row.when.endswith(".")  # type: ignore[attr-defined]


def test_rows_have_names_of_their_own_and_the_last_holds_always() -> None:
    assert len({row.name for row in LIFECYCLE}) == len(LIFECYCLE)
    assert LIFECYCLE[-1].action is Action.LEAVE


def test_nothing_of_a_person_is_ever_written_over_unless_they_gave_it() -> None:
    """Whatever else is so: with somebody else's commit at the head nothing is pushed, closed or deleted."""
    for case in CASES.values():
        if case.head == "theirs" and wish(Wish.HAND_BACK, THEIRS) not in case.wishes:
            assert judged(case).row.action in {Action.LEAVE, Action.STOP}


WHY: dict[str, tuple[Decision, Wishes, str]] = {
    "in place": (decide(snapshot(PUBLISHED)), Wishes(), "every upload is trusted"),
    "switched off": (decide(snapshot({**PACKAGE, PATH: "enabled: false\n"})), Wishes(), "switched off by .github"),
    "private": (decide(snapshot(PACKAGE, facts(visibility=Visibility.PRIVATE))), Wishes(), "never publishes private"),
    "ignored": (decide(snapshot({})), Wishes((wish(Wish.IGNORE_RULE, "missing-workflow"),)), "ignored, as was asked"),
    "gone": (decide(snapshot({})), Wishes(), "no longer wanted"),
}


@pytest.mark.parametrize("case", WHY)
def test_a_closing_has_a_reason(case: str) -> None:
    decision, wishes, words = WHY[case]
    assert words in why_over(decision, wishes)
