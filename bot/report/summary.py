"""The report in Markdown, for the summary of a run on GitHub Actions.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.messages.markdown import code, prose
from bot.model import Finding
from bot.plain import line, plain
from bot.report.contents import Report
from bot.report.people import STATUS

_LONGEST = 100_000
"""Characters of a patch; GitHub takes a summary of 1 MiB at most."""


def as_markdown(report: Report) -> str:
    """What was found as a table, what to do by hand as a list, and the patch folded away below."""
    name = code(line(report.repository or report.path))
    return "\n".join((f"### pubflow: {name} is {code(report.status)}", "", STATUS[report.status], *_parts(report), ""))


def _parts(report: Report) -> Iterator[str]:
    if report.findings:
        yield from ("", "| where | rule | what is found |", "| --- | --- | --- |", *map(_row, report.findings))
    if report.silent is not None:
        yield from ("", f"Nothing is proposed: {prose(line(report.silent))}.")
    if report.steps:
        yield from ("", "To be done by hand, before the first release:", "")
        for number, step in enumerate(report.steps, start=1):
            url = (
                f": <{line(step.url)}>" if step.url is not None and re.fullmatch(r"https?://[^\s<>]+", step.url) else ""
            )
            yield f"{number}. {prose(line(step.what))}{url}"
    if report.changes:
        yield from ("", "<details><summary>The change that pubflow proposes</summary>", "", *_patch(report))
        yield from ("", "</details>")


def _row(finding: Finding) -> str:
    place = "repository" if finding.file is None else code(f"{line(finding.file)}:{finding.line}")
    return f"| {place} | {code(finding.rule)} | {prose(line(finding.message))} |"


def _patch(report: Report) -> tuple[str, ...]:
    text = plain("".join(change.diff for change in report.changes))
    if len(text) > _LONGEST:
        return ("It is too long to be shown here; `pubflow fix` shows it.",)
    # A fence ends at a run as long as itself: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
    fence = "`" * (max([2, *map(len, re.findall(r"`+", text))]) + 1)
    return (f"{fence}diff", text.removesuffix("\n"), fence)
