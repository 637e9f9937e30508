"""From what was read to what should stand on GitHub: findings, refusals and at most one plan a branch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot import config as configuration
from bot import mending, messages
from bot.mending import Mended
from bot.messages import Places
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    Change,
    Finding,
    FixKind,
    IndexFacts,
    OwnPull,
    Plan,
    PullState,
    Refusal,
    RepoFacts,
    Severity,
    Snapshot,
    Status,
    Step,
    Visibility,
)
from bot.rules.rule import Context
from bot.survey import Survey, survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """All that was found out about one repository, and what to do about it."""

    survey: Survey
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    steps: tuple[Step, ...] = ()
    plans: tuple[Plan, ...] = ()
    silent: str | None = None
    """Why nothing is proposed although there are findings or none could be looked for; one clause, no full stop."""

    @property
    def status(self) -> Status:
        return self.survey.status

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for plan in self.plans for change in plan.changes)


class Standing(StrEnum):
    """How a plan relates to the pull requests that exist."""

    NEW = "new"
    STANDS = "stands"
    """An open pull request shows exactly this."""
    OUTDATED = "outdated"
    """An open pull request shows something else."""
    DECLINED = "declined"
    """People have answered this proposal: closed it, or merged it and took it out again."""


def skip_reason(facts: RepoFacts) -> str | None:
    """Why a repository is not looked into at all, or None; from the facts alone, before any file is read."""
    reasons = (
        (facts.disabled, "disabled by GitHub"),
        (facts.archived, "archived"),
        (facts.fork, "a fork: its packages are published by the repository it came from"),
        (facts.template, "a template repository"),
        (facts.default_branch is None, "empty: it has no default branch yet"),
    )
    return next((reason for applies, reason in reasons if applies), None)


def questions(found: Survey) -> tuple[str, ...]:
    """The project names of which the index must be asked before deciding.

    The index is a public place: the names in a repository that is not public are not told to it unless its maintainers
    ask to publish there.
    """
    public = found.snapshot.repo.visibility not in {Visibility.PRIVATE, Visibility.INTERNAL}
    if found.status not in {Status.MISSING, Status.PRIVATE}:
        return ()
    if not (found.status is Status.MISSING and public) and not _asks_to_publish(found.snapshot):
        return ()
    return tuple(sorted({project.name for project in found.projects if project.name}))


def decide(
    snapshot: Snapshot,
    *,
    found: Survey | None = None,
    index: Sequence[IndexFacts] = (),
    asked: bool = False,
    only: str | None = None,
    places: Places = Places(),  # noqa: B008 - frozen
) -> Decision:
    """Everything there is to say about `snapshot`. Pure: the same input gives the same answer.

    `asked` as in `Context`, plans then have no body; `only` is the one rule to look for, None for all.
    """
    found = found or survey(snapshot)
    skipped = skip_reason(snapshot.repo)
    if skipped is not None:
        return Decision(survey=found, silent=skipped)
    settings = _settings(snapshot)
    if isinstance(settings, configuration.InvalidConfig):
        return Decision(
            survey=found,
            findings=(*found.problems, _invalid(settings)),
            silent=f"{configuration.PATH} cannot be understood, so nothing is proposed until it is mended",
        )
    context = Context(
        survey=found,
        config=settings,
        index={facts.name: facts for facts in index},
        asked=asked,
        places=places,
    )
    decision = _apply_rules(context, only)
    if settings.enabled:
        return decision
    silent = f"switched off by {configuration.PATH}"
    return Decision(survey=found, findings=decision.findings, refusals=decision.refusals, silent=silent)


def standing(plan: Plan, pulls: Iterable[OwnPull]) -> tuple[Standing, OwnPull | None]:
    """What to do with `plan`, and the pull request that says so."""
    ours = [pull for pull in pulls if pull.branch == plan.branch]
    for pull in ours:
        if pull.state is PullState.OPEN:
            same = messages.describes(plan, pull.body) and pull.base == plan.base
            return (Standing.STANDS if same else Standing.OUTDATED), pull
    for pull in ours:
        known = messages.read_marker(pull.body)
        if known is not None and known.subject == plan.subject:
            return Standing.DECLINED, pull
    return Standing.NEW, None


def _asks_to_publish(snapshot: Snapshot) -> bool:
    settings = _settings(snapshot)
    return isinstance(settings, configuration.Config) and settings.enabled and settings.add


def _settings(snapshot: Snapshot) -> configuration.Config | configuration.InvalidConfig:
    unread = snapshot.unread.get(configuration.PATH)
    if unread is not None:
        return configuration.InvalidConfig(message=f"cannot be read: {unread}", line=1, column=1)
    return configuration.read(snapshot.files.get(configuration.PATH))


def _apply_rules(context: Context, only: str | None) -> Decision:
    problems = tuple(problem for problem in context.survey.problems if only in {None, problem.rule})
    mended = mending.mend(context, only)
    carried = {branch: one for branch, one in mended.items() if one.fixes}
    return Decision(
        survey=context.survey,
        findings=problems + mending.find(context, only),
        refusals=tuple(refusal for one in mended.values() for refusal in one.refusals),
        steps=tuple(dict.fromkeys(step for one in carried.values() for each in one.messages for step in each.steps())),
        plans=tuple(_plan(context, branch, one) for branch, one in carried.items()),
    )


def _plan(context: Context, branch: str, mended: Mended) -> Plan:
    repo = context.survey.snapshot.repo
    changes = mended.changes
    subject = _hash(sorted({word for fix in mended.fixes for word in fix.subject}))
    digest = _hash(part for change in changes for part in (change.file, change.after or ""))
    private = repo.visibility in {Visibility.PRIVATE, Visibility.INTERNAL}
    # What can be merged as it stands is no draft. Drafts in private repositories need a paid plan; there the title says
    # that somebody must act first: https://docs.github.com/en/get-started/learning-about-github/githubs-plans
    draft = branch == TRUSTED_PUBLISHING_BRANCH and not private
    frame = messages.Frame(
        draft=draft, private=private, marker=messages.marker(subject, digest), refusals=tuple(mended.refusals)
    )
    # For a checkout nobody opens a pull request, and its body is the most expensive part of a plan.
    said = messages.Proposal(title="", body="") if context.asked else messages.proposal(mended.messages, frame)
    return Plan(
        branch=branch,
        base=repo.default_branch or "",
        title=said.title,
        body=said.body,
        changes=changes,
        digest=digest,
        subject=subject,
        draft=draft,
    )


def _invalid(problem: configuration.InvalidConfig) -> Finding:
    return Finding(
        rule="invalid-config",
        severity=Severity.MEDIUM,
        message=f"{configuration.PATH} {problem.message}",
        fix=FixKind.NONE,
        file=configuration.PATH,
        line=problem.line,
        column=problem.column,
    )


def _hash(parts: Iterable[str]) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of length-prefixed parts, so that no two lists collide by joining."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode()
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()[:16]
