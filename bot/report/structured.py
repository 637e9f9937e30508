"""The JSON that scripts hold on to: keys are added to it, never taken away or renamed."""

from __future__ import annotations

import json

from bot.model import Change, Finding, JsonValue, Project, Publisher, Refusal, Step
from bot.report.contents import Diff, Report, unified

SCHEMA = 1


def as_json(report: Report) -> str:
    """One JSON object over several lines, in ASCII: what is strange in a text is an escape wherever it is printed."""
    return json.dumps(_known_characters(_object(report)), indent=2)


def _object(report: Report) -> JsonValue:
    return {
        "schema": SCHEMA,
        "repository": report.repository,
        "path": report.path,
        "status": report.status.value,
        "projects": [_project(project) for project in report.projects],
        "publishers": [_publisher(publisher) for publisher in report.publishers],
        "findings": [_finding(finding) for finding in report.findings],
        "changes": [_change(change) for change in report.changes],
        "refusals": [_refusal(refusal) for refusal in report.refusals],
        "steps": [_step(step) for step in report.steps],
        "silent": report.silent,
        "actions_of": report.actions_of,
        "unknown_actions": [_unknown(finding) for finding in report.unknown],
        "suggestions": [_suggestion(each, each.suggestion) for each in report.refusals if each.suggestion is not None],
    }


def _project(project: Project) -> JsonValue:
    return {"name": project.name, "path": project.path, "backend": project.backend, "native": project.native}


def _publisher(publisher: Publisher) -> JsonValue:
    return {
        "workflow": publisher.workflow,
        "job": publisher.job,
        "step": publisher.step,
        "line": publisher.line,
        "method": publisher.method.value,
        "via": publisher.via,
        "index": publisher.index.value,
        "credential": publisher.credential.value,
        "secrets": list(publisher.secrets),
        "environment": publisher.environment,
    }


def _finding(finding: Finding) -> JsonValue:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "fix": finding.fix.value,
    }


def _unknown(finding: Finding) -> JsonValue:
    return {"file": finding.file, "line": finding.line, "column": finding.column, "message": finding.message}


def _change(change: Diff) -> JsonValue:
    return {"file": change.file, "kind": change.kind.value, "diff": change.diff}


def _refusal(refusal: Refusal) -> JsonValue:
    return {"rule": refusal.rule, "file": refusal.file, "line": refusal.line, "reason": refusal.reason}


def _suggestion(refusal: Refusal, change: Change) -> JsonValue:
    return {"rule": refusal.rule, "file": change.file, "line": refusal.line, "diff": unified(change)}


def _step(step: Step) -> JsonValue:
    return {"who": step.who.value, "what": step.what, "url": step.url}


def _known_characters(value: JsonValue) -> JsonValue:
    """Half of a surrogate pair is no character, and strict readers of JSON refuse a text that has one."""
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case list():
            return [_known_characters(item) for item in value]
        case dict():
            return {name: _known_characters(item) for name, item in value.items()}
        case _:
            return value
