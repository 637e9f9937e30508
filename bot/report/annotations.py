"""Findings as workflow commands, which GitHub shows beside the line in a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-a-warning-message
"""

from __future__ import annotations

from bot.model import Finding, Severity
from bot.plain import line, plain
from bot.report.contents import Report

_LEVELS = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def as_github(report: Report) -> str:
    """One command a line for each finding; empty when there are none."""
    return "\n".join(_annotation(finding) for finding in report.findings)


def _annotation(finding: Finding) -> str:
    properties = {"file": finding.file, "line": str(finding.line), "col": str(finding.column)} if finding.file else {}
    properties["title"] = f"pubflow: {finding.rule}"
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{_LEVELS[finding.severity]} {listed}::{_data(finding.message)}"


def _data(text: str) -> str:
    """Escaped as GitHub's own library does: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts"""
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(line(text)).replace(":", "%3A").replace(",", "%2C")
