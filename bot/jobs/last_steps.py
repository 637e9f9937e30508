"""The issue that asks people for the last two steps: found, opened, kept up to date and closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Forbidden, Gone, Stopped
from bot.following import Evidence, Target
from bot.github import Desk, Opened
from bot.messages import Places, last_steps, remark_marker
from bot.messages.checkboxes import Answer, answered
from bot.messages.last_steps import LastSteps, Proven
from bot.model import Index, RepoRef, Thread
from bot.released import unconstrained
from bot.rollout import Asked, Proof
from bot.secrets import Inventory, State, Store, Verdict, may_be_named

_NAMES = {Index.PYPI: "PyPI", Index.TESTPYPI: "TestPyPI"}
_FINISHED = remark_marker("last-steps-done")


def asked(issue: Opened | None) -> Asked:
    """How the issue stands."""
    if issue is None:
        return Asked.NOT_YET
    if not issue.open:
        return Asked.SETTLED
    return Asked.REVOKED if Answer.REVOKED in answered(issue.body) else Asked.OPEN


def secrets_left(replaced: Sequence[str], inventory: Inventory, verdicts: Sequence[Verdict]) -> bool | None:
    """Whether a secret that the move replaced is still stored for this repository; None: not checked, or unclear."""
    known = {name.upper() for name in replaced}
    about = [verdict for verdict in verdicts if verdict.secret.name.upper() in known]
    own = [verdict for verdict in about if verdict.secret.store in {Store.REPOSITORY, Store.ENVIRONMENT}]
    if any(verdict.state is State.OBSOLETE for verdict in own):
        return True
    unclear = any(verdict.state is State.UNKNOWN for verdict in own)
    return None if unclear or not inventory.checked >= {Store.REPOSITORY, Store.ENVIRONMENT} else False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What was found out, and where to speak."""

    desk: Desk
    places: Places
    evidence: Evidence
    targets: tuple[Target, ...]
    inventory: Inventory
    verdicts: tuple[Verdict, ...]
    issue: Opened | None

    @property
    def ref(self) -> RepoRef:
        return self.evidence.snapshot.repo.ref

    async def settle(self) -> Asked:
        """Do what is to be done about the issue; how it stands then. Missing permissions and pauses leave it alone."""
        stands = asked(self.issue)
        if stands is Asked.SETTLED:
            return stands
        try:
            if self._finished():
                return await self._close()
            return await self._open()
        except (Forbidden, Gone, Stopped):  # issues may be switched off, too
            return stands

    def _finished(self) -> bool:
        if self.evidence.secrets_left is False:
            return True
        boxes = answered(self.issue.body) if self.issue is not None else frozenset()
        return self.evidence.secrets_left is None and {Answer.REVOKED, Answer.DELETED} <= boxes

    async def _close(self) -> Asked:
        if self.issue is None:
            return Asked.NOT_YET
        revoked = Answer.REVOKED in answered(self.issue.body)
        thread = Thread(number=self.issue.number, pull=False)
        text = f"{last_steps.finished(revoked=revoked)}\n\n{_FINISHED}"
        await self.desk.comment(thread, _FINISHED, text)
        await self.desk.close_issue(self.issue.number)
        return Asked.SETTLED

    async def _open(self) -> Asked:
        before = self.issue.body if self.issue is not None else ""
        body = last_steps.body(self._said(), self.ref.owner, self.ref.name, self.places, before=before)
        return asked(await self.desk.open_issue(last_steps.MARKER, last_steps.TITLE, body))

    def _said(self) -> LastSteps:
        known = {name.upper() for name in self.evidence.replaced}
        about = [verdict for verdict in self.verdicts if verdict.secret.name.upper() in known]
        shown = [verdict for verdict in about if may_be_named(verdict, self.evidence.replaced)]
        proved = [target for target in self.targets if self.evidence.proof(target) is Proof.PROVEN]
        return LastSteps(
            proofs=tuple(self._proof(target) for target in proved),
            secrets=tuple(verdict.secret for verdict in shown if verdict.state is State.OBSOLETE),
            kept=tuple((each.secret.name, each.why) for each in shown if each.state in {State.IN_USE, State.UNKNOWN}),
            checked=Store.REPOSITORY in self.inventory.checked,
            unconstrained=tuple(target.name for target in proved if self._is_open(target)),
        )

    def _proof(self, target: Target) -> Proven:
        base = self.places.testpypi if target.index is Index.TESTPYPI else self.places.pypi
        return Proven(
            project=target.name,
            index=_NAMES[target.index],
            workflow=target.workflow,
            tokens_url=f"{base}/manage/account/#api-tokens",
        )

    def _is_open(self, target: Target) -> bool:
        return unconstrained(self.evidence.released_of(target), target.expected(self.ref.full_name))
