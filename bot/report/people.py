"""The report in words, as lines that know what they are; whoever prints them chooses colours and width."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from bot.model import ChangeKind, Credential, Finding, FixKind, Index, Project, Publisher, Refusal, Severity, Status
from bot.plain import line, plain
from bot.report.contents import Report, unified


class Role(StrEnum):
    """What a line is, for colours."""

    PLAIN = "plain"
    TITLE = "title"
    GOOD = "good"
    BAD = "bad"
    QUIET = "quiet"
    ADDED = "added"
    REMOVED = "removed"
    HUNK = "hunk"


class Line(Struct, frozen=True, kw_only=True):
    """One line, or one paragraph when `role` is not of a diff: it may be wrapped to the terminal's width."""

    text: str
    role: Role = Role.PLAIN
    indent: int = 0
    hang: int = 0
    """Further columns for what does not fit on the first line."""


STATUS: dict[Status, str] = {
    Status.TRUSTED: "Every upload goes by Trusted Publishing.",
    Status.TOKEN: "It is uploaded with a token or a password.",
    Status.MIXED: "Some uploads go by Trusted Publishing, others with a token or a password.",
    Status.MISSING: "There is a package here, and no workflow publishes it.",
    Status.INDIRECT: "It is uploaded from where pubflow does not edit: tox, make, a script or another repository.",
    Status.OTHER_INDEX: "It is uploaded to another index than PyPI, where pubflow changes nothing.",
    Status.PRIVATE: "There is a package here, and it is marked not to be uploaded.",
    Status.NOT_A_PACKAGE: "There is no Python package here.",
    Status.UNKNOWN: "How it is published could not be made out.",
}
_SETTLED = frozenset({Status.TRUSTED, Status.OTHER_INDEX, Status.PRIVATE, Status.NOT_A_PACKAGE})

_FIXES = {
    FixKind.SAFE: "pubflow can fix it",
    FixKind.UNSAFE: "pubflow can fix it, look at the result",
    FixKind.MANUAL: "for a person to decide",
    FixKind.NONE: "",
}
_KINDS = {ChangeKind.ADD: "add", ChangeKind.EDIT: "edit", ChangeKind.DELETE: "delete"}
_BLANK = Line(text="")
ACTIONS = ("broken-action", "outdated-action", "pin-comment")
"""Rules whose findings hang on what is known of actions."""


def as_text(report: Report, *, verbose: bool = False) -> tuple[Line, ...]:
    """What was found and what can be done about it; `verbose` adds what was understood on the way."""
    return (
        Line(text=f"{line(report.repository or report.path)}: {report.status}", role=Role.TITLE),
        Line(text=STATUS[report.status], role=Role.GOOD if report.status in _SETTLED else Role.PLAIN),
        *(_understood(report) if verbose else ()),
        *_findings(report),
        *_proposals(report),
        *_refusals(report),
        *_steps(report),
        *_known_of(report, verbose=verbose),
    )


def as_brief(report: Report) -> tuple[Line, ...]:
    """A line for each finding, as editors and `grep` read them: `file:line:column: rule: message`."""
    return tuple(
        Line(text=f"{_place(finding)}: {finding.rule}: {line(finding.message)}") for finding in report.findings
    )


def as_diff(report: Report) -> tuple[Line, ...]:
    """All changes as one patch; a carriage return that ends a line is kept, every other strange character escaped."""
    texts = [text for change in report.changes for text in change.diff.split("\n")[:-1]]
    return tuple(Line(text=_diff_text(text), role=_diff_role(text)) for text in texts)


def _diff_text(text: str) -> str:
    return f"{plain(text[:-1])}\r" if text.endswith("\r") else plain(text)


def _diff_role(text: str) -> Role:
    if text.startswith(("--- ", "+++ ")):
        return Role.TITLE
    roles = {"+": Role.ADDED, "-": Role.REMOVED, "@": Role.HUNK}
    return roles.get(text[:1], Role.QUIET)


def _understood(report: Report) -> Iterator[Line]:
    if report.projects:
        yield from (_BLANK, Line(text="Packages", role=Role.TITLE))
        yield from (Line(text=_project(project), indent=2) for project in report.projects)
    if report.publishers:
        yield from (_BLANK, Line(text="Uploads", role=Role.TITLE))
        yield from (Line(text=_publisher(publisher), indent=2, hang=2) for publisher in report.publishers)


def _project(project: Project) -> str:
    words = [
        line(project.name or "a name computed at build time"),
        f"({line(project.metadata)})",
        line(project.backend or "no build backend"),
        *(["native code"] if project.native else []),
        *([f"not to be uploaded: {line(project.private)}"] if project.private else []),
    ]
    return "  ".join(words)


def _publisher(publisher: Publisher) -> str:
    step = "" if publisher.step is None else f", step {publisher.step + 1}"
    target = "" if publisher.index is Index.UNKNOWN else f" to {publisher.index}"
    means = {Credential.NONE: "without a credential", Credential.UNKNOWN: "with a credential that cannot be seen"}
    names = f" ({', '.join(map(line, publisher.secrets))})" if publisher.secrets else ""
    credential = means.get(publisher.credential, f"by {publisher.credential}{names}")
    place = f"{line(publisher.workflow)}:{publisher.line}"
    return f"{place}  job {line(publisher.job)}{step}: {publisher.method}{target} {credential}"


def _findings(report: Report) -> Iterator[Line]:
    for finding in report.findings:
        yield _BLANK
        fix = f"  ({_FIXES[finding.fix]})" if _FIXES[finding.fix] else ""
        role = Role.BAD if finding.severity in {Severity.HIGH, Severity.MEDIUM} else Role.TITLE
        yield Line(text=f"{_place(finding)}  {finding.severity}  {finding.rule}{fix}", role=role)
        yield Line(text=_sentence(finding.message), indent=2)


def _known_of(report: Report, *, verbose: bool) -> Iterator[Line]:
    """How old what is said of actions may be, where something is said of them, and what it does not say."""
    told = any(finding.rule in ACTIONS for finding in report.findings)
    unknown = [finding for finding in report.unknown if verbose or finding.severity is not Severity.INFO]
    if report.actions_of is None or not (verbose or told or unknown):
        return
    if unknown:
        yield from (_BLANK, Line(text="Not known", role=Role.TITLE))
    for finding in unknown:
        yield Line(text=f"{_place(finding)}: {_sentence(finding.message)}", indent=2, hang=2)
    text = f"Actions are known as of {report.actions_of}; `pubflow actions refresh` asks GitHub for today's versions."
    yield from (_BLANK, Line(text=text, role=Role.QUIET))


def _place(finding: Finding) -> str:
    return "repository" if finding.file is None else f"{line(finding.file)}:{finding.line}:{finding.column}"


def _proposals(report: Report) -> Iterator[Line]:
    if report.silent is not None:
        yield from (_BLANK, Line(text=f"Nothing is proposed: {line(report.silent)}."))
    if report.changes:
        yield from (_BLANK, Line(text="Proposed", role=Role.TITLE))
    for change in report.changes:
        yield Line(text=f"{_KINDS[change.kind]} {line(change.file)}", indent=2)


def _refusals(report: Report) -> Iterator[Line]:
    said = [finding.message for finding in report.findings]
    left = [refusal for refusal in report.refusals if not any(refusal.reason in message for message in said)]
    if left:
        yield from (_BLANK, Line(text="Left alone", role=Role.TITLE))
    for refusal in left:
        yield Line(text=f"{_where(refusal)}: {_sentence(refusal.reason)}", indent=2)
        if refusal.suggestion is not None:
            yield Line(text="What it could become, if the target does nothing more than it says:", indent=2)
            texts = unified(refusal.suggestion).split("\n")[:-1]
            yield from (Line(text=_diff_text(text), role=_diff_role(text), indent=4) for text in texts)


def _where(refusal: Refusal) -> str:
    return "repository" if refusal.file is None else f"{line(refusal.file)}:{refusal.line}"


def _steps(report: Report) -> Iterator[Line]:
    if report.steps:
        yield from (_BLANK, Line(text="To be done by hand, before the first release", role=Role.TITLE))
    for number, step in enumerate(report.steps, start=1):
        yield Line(text=f"{number}. {line(step.what)}.", indent=2, hang=3)
        if step.url is not None:
            yield Line(text=line(step.url), role=Role.QUIET, indent=5)


def _sentence(text: str) -> str:
    text = line(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."
