"""What was found out about one repository, for people and for machines. Pure: values in, texts out.

Names, texts and paths of a repository are hostile. No renderer lets a control character or a terminal's escape through,
and no text can pose as a command to a CI runner (`bot.plain`).
"""

from __future__ import annotations

from bot.report.annotations import as_github
from bot.report.contents import Diff, Report, report
from bot.report.people import Line, Role, as_brief, as_diff, as_text
from bot.report.sarif import as_sarif
from bot.report.structured import as_json
from bot.report.summary import as_markdown

__all__ = [
    "Diff",
    "Line",
    "Report",
    "Role",
    "as_brief",
    "as_diff",
    "as_github",
    "as_json",
    "as_markdown",
    "as_sarif",
    "as_text",
    "report",
]
