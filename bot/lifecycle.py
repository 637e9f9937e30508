"""A pull request's life, as a table: what stands on GitHub, what should stand there, and what is done about it.

Each of our branches is looked at by itself. The first row of `LIFECYCLE` that holds says what to do; the last holds
always. `docs/lifecycle.md` shows the same rows to people. Everything that a row looks at comes from GitHub or from what
people wished for, so that doing it again, after a crash or with a lost database, leads to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot import messages
from bot.model import OWN_BRANCHES, BranchHead, OwnPull, Plan, PullState, Sha, Snapshot, Status
from bot.plan import Decision, skip_reason
from bot.wishes import IGNORING, Wish, Wishes


class Action(StrEnum):
    """What is done."""

    LEAVE = "nothing"
    OPEN = "open"
    UPDATE = "update"
    """Branch, title and body are brought to what is planned."""
    REWORD = "reword"
    READY = "mark ready"
    STOP = "stop"
    """Nothing is written over; one comment says so and how to go on."""
    CLOSE = "close"
    """With a comment that says why; the branch is deleted."""
    DELETE = "delete the branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything about one of our branches."""

    branch: str
    snapshot: Snapshot
    decision: Decision
    wishes: Wishes
    remade: bool = False
    """A person asks to have it made anew on top of the base branch."""
    confirmed: bool = False
    """A person says at this moment that the publishers are registered. Only then is a draft made ready: who makes it a
    draft again later means it."""

    @property
    def plan(self) -> Plan | None:
        return next((plan for plan in self.decision.plans if plan.branch == self.branch), None)

    @property
    def head(self) -> BranchHead | None:
        return self.snapshot.heads.get(self.branch)

    @property
    def open(self) -> OwnPull | None:
        return next((pull for pull in self.ours if pull.state is PullState.OPEN), None)

    @property
    def ours(self) -> tuple[OwnPull, ...]:
        """Newest first."""
        return tuple(pull for pull in self.snapshot.pulls if pull.branch == self.branch)

    @property
    def touched(self) -> bool:
        """Claims that somebody else's commit is at the head of our branch."""
        return self.branch in self.snapshot.branches and (self.head is None or not self.head.ours)

    @property
    def given(self) -> Sha | None:
        """The commit of somebody else's that a person gave back to us, if it still is at the head."""
        head = self.snapshot.branches.get(self.branch)
        return head if head is not None and self.wishes.has(Wish.HAND_BACK, head) else None

    @property
    def answer(self) -> OwnPull | None:
        """The pull request by which people have answered just this plan: closed it, or merged it some time."""
        plan = self.plan
        return next((pull for pull in self.ours if plan is not None and _answers(pull, plan)), None)

    @property
    def wanted_again(self) -> bool:
        return self.answer is not None and self.wishes.has(Wish.AGAIN, str(self.answer.number))

    @property
    def registered(self) -> bool:
        repo = self.snapshot.repo.ref
        return self.plan is not None and self.wishes.registered(self.plan.subject, repo.full_name)

    @property
    def to_be_ready(self) -> bool:
        return self.confirmed and self.registered and self.open is not None and self.open.draft

    @property
    def anew(self) -> bool:
        """Claims that the branch must stand on the default branch of now, whatever its files are."""
        return self.remade or (self.open is not None and self.open.conflicting)

    @property
    def over(self) -> bool:
        """Claims that it is sure that nothing is left to propose; what could not be read or asked proves nothing."""
        decision = self.decision
        if self.plan is not None or not self.snapshot.complete or decision.survey.problems:
            return False
        settled = all(refusal.settled for refusal in decision.refusals)
        return (decision.silent is None and settled) or decision.switched_off


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its name for ever, when it holds, in words and in code, and what is then done."""

    name: str
    when: str
    holds: Callable[[Look], bool]
    action: Action
    then: str
    """What people see of it; one sentence."""


def _differs(look: Look) -> bool:
    plan, pull = look.plan, look.open
    return plan is not None and pull is not None and not messages.describes(plan, pull.body)


def _reworded(look: Look) -> bool:
    plan, pull = look.plan, look.open
    return plan is not None and pull is not None and not messages.same_text(plan.body, pull.body)


def _stale(look: Look) -> bool:
    """The branch is ours and of no more use: merged, or closed by ourselves, or left by a run that was cut off."""
    if look.plan is not None or look.open is not None or look.head is None or not look.head.ours:
        return False
    last = next(iter(look.ours), None)
    if last is None:
        return look.over
    if last.state is PullState.MERGED:
        return last.head == look.head.oid
    return messages.is_withdrawn(last.body)


LIFECYCLE: tuple[Row, ...] = (
    Row(
        name="out of reach",
        when="the repository is archived, disabled, empty, a fork or a template",
        holds=lambda look: skip_reason(look.snapshot.repo) is not None,
        action=Action.LEAVE,
        then="Nothing is read and nothing written; the dashboard says why.",
    ),
    Row(
        name="handed back",
        when="a person's commits are on the branch, and a person with the right gave it back",
        holds=lambda look: look.open is not None and look.touched and look.plan is not None and look.given is not None,
        action=Action.UPDATE,
        then="The branch is made anew; a commit that came after the handing back is not overwritten.",
    ),
    Row(
        name="touched",
        when="a person pushed to the branch of an open pull request",
        holds=lambda look: look.open is not None and look.touched,
        action=Action.STOP,
        then="Nothing is pushed any more; one comment says so, with a checkbox and a command to hand the branch back.",
    ),
    Row(
        name="remade",
        when="somebody asks for a rebase or for a fresh start",
        holds=lambda look: look.remade and look.open is not None and look.plan is not None,
        action=Action.UPDATE,
        then="The branch is made anew on top of the default branch.",
    ),
    Row(
        name="changed",
        when="what is to be proposed is something else than what the pull request shows",
        holds=_differs,
        action=Action.UPDATE,
        then="Branch, title and body are brought up to date, in the same pull request.",
    ),
    Row(
        name="moved",
        when="the pull request is against another branch than the default branch",
        holds=lambda look: look.open is not None and look.plan is not None and look.open.base != look.plan.base,
        action=Action.UPDATE,
        then="It is made anew against the default branch.",
    ),
    Row(
        name="conflict",
        when="the default branch moved so that the pull request cannot be merged",
        holds=lambda look: look.open is not None and look.plan is not None and look.open.conflicting,
        action=Action.UPDATE,
        then="The branch is made anew on top of the default branch.",
    ),
    Row(
        name="registered",
        when="the pull request is a draft, and somebody says that the publisher is registered",
        holds=lambda look: look.to_be_ready,
        action=Action.READY,
        then="It becomes ready for review; pubflow never makes it a draft again.",
    ),
    Row(
        name="reworded",
        when="the pull request shows the right changes under other words, or a checkbox was ticked",
        holds=_reworded,
        action=Action.REWORD,
        then="The body is brought up to date; nobody is notified of that.",
    ),
    Row(
        name="current",
        when="the pull request shows what is to be proposed",
        holds=lambda look: look.open is not None and look.plan is not None,
        action=Action.LEAVE,
        then="It stays as it is, however far the default branch moves: no push, no new run of the tests, no comment.",
    ),
    Row(
        name="over",
        when="an open pull request has nothing left to propose",
        holds=lambda look: look.open is not None and look.over,
        action=Action.CLOSE,
        then="It is closed with a comment that says why, and the branch is deleted. That is nobody's no.",
    ),
    Row(
        name="unsure",
        when="nothing is to be proposed, but something could not be read, asked or understood",
        holds=lambda look: look.open is not None,
        action=Action.LEAVE,
        then="The pull request stays as it is until that is known.",
    ),
    Row(
        name="wanted again",
        when="people closed it, and a person with the right asks for it again",
        holds=lambda look: look.wanted_again and (not look.touched or look.given is not None),
        action=Action.OPEN,
        then="A new pull request is opened; if that one is closed, it stays closed.",
    ),
    Row(
        name="answered",
        when="people closed it unmerged, or merged it and took it out again",
        holds=lambda look: look.answer is not None,
        action=Action.LEAVE,
        then="It is not opened again: not for other versions of the same, only for something new, or on request.",
    ),
    Row(
        name="occupied",
        when="somebody else's commits are on a branch of our name, without a pull request of ours",
        holds=lambda look: look.plan is not None and look.touched and look.given is None,
        action=Action.LEAVE,
        then="Nothing is proposed until the branch is deleted; `status` says so.",
    ),
    Row(
        name="new",
        when="something is to be proposed, and nobody has said no to it",
        holds=lambda look: look.plan is not None,
        action=Action.OPEN,
        then="A pull request is opened, at the account's pace; a draft if somebody must register a publisher first.",
    ),
    Row(
        name="done",
        when="it was merged, or closed by us, and the repository kept the branch",
        holds=_stale,
        action=Action.DELETE,
        then="The branch is deleted, if it still is where it was.",
    ),
    Row(
        name="nothing",
        when="there is neither a pull request nor anything to propose",
        holds=lambda _look: True,
        action=Action.LEAVE,
        then="Nothing is done.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What can stand in the way of an action: when, and what happens then. For people; the code is where it is met."""

    when: str
    then: str


OBSTACLES: tuple[Obstacle, ...] = (
    Obstacle(
        when="the App lacks a permission, above all `workflows`",
        then="Nothing is written. The sentence that names the permission and who must accept it stands once on the "
        "account's page of the dashboard, in `pubflow doctor`, in `/pubflow status`, and once on a pull request that "
        "cannot be brought up to date. Once it is granted, GitHub tells pubflow, and everything goes on.",
    ),
    Obstacle(
        when="a ruleset or a branch protection forbids what pubflow wants to do to its branch",
        then="Nothing is forced. It is said in the same places; a branch that may not be deleted stays.",
    ),
    Obstacle(
        when="somebody moves the branch at the same moment",
        then="Theirs stays: a branch is moved only from where it was read. The next scan looks again.",
    ),
    Obstacle(
        when="the repository is archived, transferred or deleted, or the App was suspended or uninstalled",
        then="The work ends quietly. What was remembered of a repository that is no longer there is forgotten.",
    ),
    Obstacle(
        when="GitHub does not answer, or its limits are reached",
        then="The work waits and is done later; whoever asked by a command is told so if it comes to nothing.",
    ),
    Obstacle(
        when="an operator paused pubflow there",
        then="Nothing is written, from one request to the next; commands are answered when it goes on.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do about one branch."""

    look: Look
    row: Row


def verdicts(
    snapshot: Snapshot,
    decision: Decision,
    wishes: Wishes,
    remade: frozenset[str] = frozenset(),
    *,
    confirmed: bool = False,
) -> Sequence[Verdict]:
    """One for each of our branches, in their order."""
    looks = (
        Look(
            branch=branch,
            snapshot=snapshot,
            decision=decision,
            wishes=wishes,
            remade=branch in remade,
            confirmed=confirmed,
        )
        for branch in OWN_BRANCHES
    )
    return [Verdict(look=look, row=next(row for row in LIFECYCLE if row.holds(look))) for look in looks]


def _answers(pull: OwnPull, plan: Plan) -> bool:
    if pull.state is PullState.OPEN or messages.is_withdrawn(pull.body):
        return False
    known = messages.read_marker(pull.body)
    return known is not None and known.subject == plan.subject


def why_over(decision: Decision, wishes: Wishes) -> str:
    """Why nothing is left to propose: one clause for people, without a full stop."""
    if decision.switched_off and decision.silent is not None:
        return decision.silent
    if decision.refusals:
        return decision.refusals[0].reason
    if decision.status is Status.TRUSTED:
        return "every upload is trusted, and nothing is left to do"
    if wishes.of(*IGNORING):
        return "what is left is ignored, as was asked for"
    return "what it proposed is in place, or no longer wanted"
