"""What a scan found, boiled down to what the dashboard keeps of it. Pure: values in, values out."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from bot import plan as planning
from bot import report as reporting
from bot.model import Done, InstallationId, JsonValue, Outcome, Snapshot, Status, Visibility
from bot.plain import line
from bot.plan import Decision
from bot.store.reports import Kind, Scanned, Use
from bot.survey import Survey
from bot.workflow import Uses, UsesKind, Workflow

LONGEST_DIFF = 40_000
LONGEST_DIFFS = 160_000
"""Characters of one diff, and of all diffs of a repository, that are kept."""
MOST_LISTED = 300
"""Findings, refusals and uploads of one repository that are kept."""
LONGEST_NAME = 200
CUT = "\n… the rest of this diff is too long to be kept here\n"

_KINDS = {
    Status.TRUSTED: Kind.TRUSTED,
    Status.MIXED: Kind.MIXED,
    Status.TOKEN: Kind.TOKEN,
    Status.INDIRECT: Kind.INDIRECT,
    Status.MISSING: Kind.MISSING,
}
_OPEN = frozenset({Kind.MIXED, Kind.TOKEN, Kind.INDIRECT, Kind.MISSING})
_VERSION = re.compile(r"#\s*(?:ratchet:\S+@)?(v?\d[\w.+-]{0,40})")


def record(
    installation: InstallationId, snapshot: Snapshot, decision: Decision, outcome: Outcome, now: float
) -> Scanned:
    """What is kept of `decision` and of what came of it."""
    skipped = planning.skip_reason(snapshot.repo) is not None
    # Whoever may read a repository sees its report; names that are not for them stand beside how far it has come.
    shown = replace(decision, findings=tuple(each for each in decision.findings if not each.quiet))
    return Scanned(
        repo_id=snapshot.repo.ref.id,
        installation=installation,
        full_name=snapshot.repo.ref.full_name,
        public=snapshot.repo.visibility is Visibility.PUBLIC,
        kind=Kind.ASIDE if skipped else _kind(decision),
        status=None if skipped else decision.status,
        findings=len(shown.findings),
        refusals=len(decision.refusals),
        head=snapshot.head or None,
        outcome=outcome.summary if isinstance(outcome, Done) else outcome.reason,
        report=json.dumps(_bounded(json.loads(reporting.as_json(reporting.report(shown, path=""))))),
        uses=tuple(_uses(decision.survey)),
        scanned_at=now,
    )


def _kind(decision: Decision) -> Kind:
    kind = _KINDS.get(decision.status, Kind.ASIDE)
    return Kind.REFUSED if kind in _OPEN and decision.refusals and not decision.plans else kind


def _bounded(report: dict[str, JsonValue]) -> dict[str, JsonValue]:
    for name in ("findings", "refusals", "publishers", "projects", "steps", "changes"):
        listed = report[name]
        assert isinstance(listed, list)
        report[name] = listed[:MOST_LISTED]
    left = LONGEST_DIFFS
    changes = report["changes"]
    assert isinstance(changes, list)
    for change in changes:
        assert isinstance(change, dict)
        diff = str(change["diff"])
        longest = min(LONGEST_DIFF, left)
        change["diff"] = diff if len(diff) <= longest else diff[:longest] + CUT
        left -= min(len(diff), longest)
    return report


def _uses(survey: Survey) -> Iterator[Use]:
    counts: Counter[tuple[str, str]] = Counter()
    versions: dict[tuple[str, str], str] = {}
    for path, workflow in survey.workflows.items():
        lines = survey.snapshot.files[path].split("\n")
        for uses in _used(workflow):
            key = (line(uses.name)[:LONGEST_NAME], line(uses.ref)[:LONGEST_NAME])
            counts[key] += 1
            versions[key] = versions.get(key) or _version(lines, uses.line)
    for (action, ref), places in sorted(counts.items()):
        yield Use(action=action, ref=ref, version=versions[action, ref], places=places)


def _used(workflow: Workflow) -> Iterator[Uses]:
    for job in workflow.jobs.values():
        for uses in (job.uses, *(step.uses for step in job.steps)):
            if uses is not None and uses.kind is UsesKind.REMOTE:
                yield uses


def _version(lines: list[str], line: int) -> str:
    found = _VERSION.search(lines[line - 1]) if 0 < line <= len(lines) else None
    return found[1] if found else ""
