"""From what was read to what should stand on GitHub: findings, refusals and at most one plan a branch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from bot import config as configuration
from bot import mending, messages
from bot.allowing import with_configured
from bot.beside import Beside
from bot.bumping import Catalogue
from bot.config import InForce, Kept
from bot.mending import Mended
from bot.messages import Places
from bot.model import (
    ACTIONS_BRANCH,
    LABEL,
    TRUSTED_PUBLISHING_BRANCH,
    Change,
    Finding,
    FixKind,
    IndexFacts,
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
from bot.rules import RULES, bumps
from bot.rules.rule import Context
from bot.survey import Survey, survey
from bot.wishes import IGNORING, Wish, Wished, Wishes

_WHY = {rule.ID: rule.WHY for rule in RULES}


class Decision(Struct, frozen=True, kw_only=True):
    """All that was found out about one repository, and what to do about it."""

    survey: Survey
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    steps: tuple[Step, ...] = ()
    plans: tuple[Plan, ...] = ()
    silent: str | None = None
    """Why nothing is proposed although there are findings or none could be looked for; one clause, no full stop."""
    switched_off: bool = False
    """A sound configuration says that nothing is wanted."""
    actions_of: str | None = None
    """The day of the snapshot from which the actions' versions are known; None where GitHub was asked, or nothing."""
    unknown: tuple[Finding, ...] = ()
    """Lines whose actions that snapshot does not know; no findings: nothing hangs on them."""
    uploaded: float | None = None
    """When the newest file of its projects was uploaded, in seconds since 1970; None: not asked, or never."""
    settings: InForce = field(default_factory=lambda: InForce(config=None))
    """The configuration that was followed; none for a repository that is not looked into."""

    @property
    def status(self) -> Status:
        return self.survey.status

    @property
    def changes(self) -> tuple[Change, ...]:
        """One for each file: in a checkout a plan may go on from what another one made."""
        files: dict[str, Change] = {}
        for change in (change for plan in self.plans for change in plan.changes):
            first = files.setdefault(change.file, change)
            files[change.file] = replace(first, after=change.after)
        return tuple(files.values())


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


def decide(  # noqa: PLR0913 - all that a decision hangs on
    snapshot: Snapshot,
    *,
    found: Survey | None = None,
    index: Sequence[IndexFacts] = (),
    trial: Sequence[IndexFacts] = (),
    asked: bool = False,
    worded: bool = True,
    only: str | None = None,
    places: Places = Places(),  # noqa: B008 - frozen
    kept: Kept = Kept(),  # noqa: B008
    wishes: Wishes = Wishes(),  # noqa: B008
    beside: Beside = Beside(),  # noqa: B008
    catalogue: Catalogue | None = None,
) -> Decision:
    """Everything there is to say about `snapshot`. Pure: the same input gives the same answer.

    `index` is what PyPI says, `trial` what TestPyPI does. `asked`, `worded` and `only` as in `Context`; `kept`
    counts where a configuration of this moment is broken; `wishes` are laid over the configuration.
    """
    found = found or survey(snapshot)
    skipped = skip_reason(snapshot.repo)
    if skipped is not None:
        return Decision(survey=found, silent=skipped)
    settings = in_force(snapshot, kept)
    wrong = tuple(_invalid(problem, broken=settings.broken) for problem in settings.problems)
    if settings.config is None:
        findings = (*found.problems, *wrong)
        return Decision(survey=found, findings=findings, silent=_why_unclear(settings), settings=settings)
    context = Context(
        survey=with_configured(found, settings.config.bump),
        config=wishes.over(settings.config),
        wishes=wishes,
        index={facts.name: facts for facts in index},
        trial={facts.name: facts for facts in trial},
        asked=asked,
        worded=worded and not asked,
        places=places,
        beside=beside,
        catalogue=catalogue,
        only=only,
    )
    decision = _apply_rules(context)
    decision = replace(
        decision,
        findings=(*decision.findings, *wrong),
        settings=settings,
        actions_of=catalogue.dated if catalogue is not None else None,
        uploaded=max((facts.uploaded for facts in index if facts.uploaded is not None), default=None),
    )
    if settings.config.enabled:
        return decision
    silent = f"switched off by {configuration.PATH}"
    return replace(decision, steps=(), plans=(), silent=silent, switched_off=True)


def in_force(snapshot: Snapshot, kept: Kept) -> InForce:
    """The configuration that counts for a repository at this commit."""
    shared = None if snapshot.shared is None else snapshot.shared.text
    return configuration.in_force(
        snapshot.unread.get(configuration.PATH, snapshot.files.get(configuration.PATH)),
        shared,
        kept,
        is_organisation=snapshot.repo.ref.name.lower() == configuration.ORGANISATION_REPOSITORY,
    )


def _why_unclear(settings: InForce) -> str:
    if settings.broken:
        return f"{configuration.PATH} cannot be understood, so nothing is proposed until it is mended"
    return "the organisation's configuration cannot be understood, so nothing is proposed until it is mended"


def _apply_rules(context: Context) -> Decision:
    problems = tuple(problem for problem in context.survey.problems if context.only in {None, problem.rule})
    found = mending.find(context)
    mended = mending.mend(context, found)
    if _is_declined(context, mended.get(TRUSTED_PUBLISHING_BRANCH)):
        mended = mending.mend(context, found, declined=TRUSTED_PUBLISHING_BRANCH)
    carried = {branch: one for branch, one in mended.items() if one.fixes}
    refusals = tuple(refusal for one in mended.values() for refusal in one.refusals)
    return Decision(
        survey=context.survey,
        findings=(*problems, *_as_answered([one for each in found.values() for one in each], refusals)),
        unknown=bumps.unknown(context),
        refusals=refusals,
        steps=tuple(dict.fromkeys(step for one in carried.values() for each in one.messages for step in each.steps())),
        plans=tuple(_plan(context, branch, one) for branch, one in carried.items()),
    )


def _as_answered(findings: Sequence[Finding], refusals: Sequence[Refusal]) -> Iterator[Finding]:
    """What looked as if it could be mended, and was refused when it was tried, is for a person."""
    refused = {(refusal.rule, refusal.file, refusal.line) for refusal in refusals}
    for finding in findings:
        tried = finding.fix in {FixKind.SAFE, FixKind.UNSAFE}
        left = tried and (finding.rule, finding.file, finding.line) in refused
        yield replace(finding, fix=FixKind.MANUAL) if left else finding


def _is_declined(context: Context, move: Mended | None) -> bool:
    """Claims that people closed the pull request that would carry this: what else may be done of its files is free."""
    if move is None or not move.fixes:
        return False
    pulls = [pull for pull in context.survey.snapshot.pulls if pull.branch == TRUSTED_PUBLISHING_BRANCH]
    markers = [messages.read_marker(pull.body) for pull in pulls if pull.state is PullState.CLOSED]
    is_open = any(pull.state is PullState.OPEN for pull in pulls)
    return not is_open and any(marker is not None and marker.subject == _subject(move) for marker in markers)


def _subject(mended: Mended) -> str:
    return _hash(sorted({word for fix in mended.fixes for word in fix.subject}))


def _plan(context: Context, branch: str, mended: Mended) -> Plan:
    repo = context.survey.snapshot.repo
    changes = mended.changes
    subject = _subject(mended)
    digest = _hash(part for change in changes for part in (change.file, change.after or ""))
    private = repo.visibility in {Visibility.PRIVATE, Visibility.INTERNAL}
    registered = context.wishes.registered(subject, repo.ref.full_name)
    # What can be merged as it stands is no draft. Drafts in private repositories need a paid plan; there the title says
    # that somebody must act first: https://docs.github.com/en/get-started/learning-about-github/githubs-plans
    draft = branch == TRUSTED_PUBLISHING_BRANCH and not (private or registered) and context.config.draft
    marker = messages.marker(subject, digest)
    frame = messages.Frame(draft=draft, private=private, marker=marker, registered=registered)
    return Plan(
        branch=branch,
        base=repo.default_branch or "",
        title=messages.title(mended.messages, frame),
        body=_body(context, branch, mended, frame) if context.worded or _stands(context, branch) else "",
        changes=changes,
        digest=digest,
        subject=subject,
        draft=draft,
        labels=tuple(dict.fromkeys((LABEL, *context.config.labels))),
    )


def _stands(context: Context, branch: str) -> bool:
    """Claims that a pull request of ours is open, whose text is compared with what it should be."""
    pulls = context.survey.snapshot.pulls
    return any(pull.branch == branch and pull.state is PullState.OPEN for pull in pulls)


def _body(context: Context, branch: str, mended: Mended, frame: messages.Frame) -> str:
    more = replace(
        frame,
        refusals=tuple(mended.refusals),
        found=mended.resolved(branch),
        why=_WHY,
        changes=mended.changes,
        site=context.places.site,
        asked=_asked_for(context.wishes, branch),
        lacking=context.beside.lacking(mended.look().survey),
        secrets=context.beside.verdicts(mended.look().survey, _uploading_with(context.survey)),
    )
    return messages.body(mended.messages, more)


def _asked_for(wishes: Wishes, branch: str) -> tuple[Wished, ...]:
    """The wishes that bear upon this branch, those for both left among them."""
    elsewhere = {rule.ID for rule in RULES if branch != rule.BRANCH}
    pins = (Wish.PIN,) if branch == ACTIONS_BRANCH else ()
    return tuple(one for one in wishes.of(*IGNORING, *pins) if one.value not in elsewhere)


def _uploading_with(found: Survey) -> tuple[str, ...]:
    """The secrets with which something is uploaded."""
    return tuple(dict.fromkeys(name for publisher in found.publishers for name in publisher.secrets))


def _invalid(problem: configuration.Problem, *, broken: bool) -> Finding:
    return Finding(
        rule="invalid-config",
        severity=Severity.MEDIUM if broken else Severity.LOW,
        message=f"{configuration.PATH}: {problem.message}",
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
