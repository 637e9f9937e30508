"""Findings in SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

What GitHub takes of it: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from urllib.parse import quote

from bot import __version__
from bot.model import Finding, JsonValue, Severity
from bot.plain import line, plain
from bot.report.contents import Report

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://pypi.org/project/pubflow/"
_LEVELS = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}


def as_sarif(report: Report) -> str:
    """One SARIF log with one run; a finding about no file in particular has no location."""
    rules = list(dict.fromkeys(finding.rule for finding in report.findings))
    run: JsonValue = {
        "tool": {
            "driver": {
                "name": "pubflow",
                "version": __version__,
                "informationUri": _HOME,
                "rules": [{"id": rule, "name": _pascal(rule)} for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules.index(finding.rule)) for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(finding: Finding, rule: int) -> JsonValue:
    result: dict[str, JsonValue] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": plain(finding.message)},
        "properties": {"fix": finding.fix.value},
    }
    if finding.file is not None:
        place: JsonValue = {
            "artifactLocation": {"uri": _uri(finding.file), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
        result["locations"] = [{"physicalLocation": place}]
    return result


def _uri(path: str) -> str:
    """A relative reference; a first segment with a colon would be read as a scheme, so colons are escaped too."""
    return quote(line(path) if not path.isprintable() else path, safe="/")


def _pascal(rule: str) -> str:
    """`missing-workflow` as SARIF wants a rule's readable name: `MissingWorkflow`."""
    return "".join(word.capitalize() for word in rule.split("-"))
