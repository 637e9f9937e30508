"""What the check `pubflow` says on a commit."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bot import config
from bot.config import Problem
from bot.messages.markdown import prose
from bot.model import Check, Conclusion, Level, Remark, Sha

KEY = "configuration"


def preview(head: Sha, problems: Sequence[Problem], *, broken: bool) -> Check:
    """About `.github/pubflow.yml` on a branch where it does not count yet."""
    check = configuration(head, problems, broken=broken, in_force=True)
    if not problems:
        return replace(check, summary=f"`{config.PATH}` can be understood. It counts once it is on the default branch.")
    before, _, _ = check.summary.rpartition("\n\n")
    return replace(check, summary=f"{before}\n\nIt counts once it is on the default branch: mend it before merging.")


def configuration(head: Sha, problems: Sequence[Problem], *, broken: bool, in_force: bool) -> Check:
    """About `.github/pubflow.yml` as a commit left it. `in_force`: an earlier file counts meanwhile."""
    if not problems:
        return Check(
            key=KEY,
            head=head,
            conclusion=Conclusion.SUCCESS,
            title="The configuration is understood",
            summary=f"`{config.PATH}` can be understood again, and counts from now on.",
        )
    listed = "\n".join(
        f"- Line {each.line}, column {each.column}: {_stopped(prose(each.message))}" for each in problems
    )
    return Check(
        key=KEY,
        head=head,
        conclusion=Conclusion.FAILURE if broken else Conclusion.NEUTRAL,
        title="The configuration cannot be understood" if broken else "Part of the configuration has no effect",
        summary=f"`{config.PATH}`:\n\n{listed}\n\n{_meanwhile(broken=broken, in_force=in_force)}",
        remarks=tuple(_remark(each, broken=broken) for each in problems),
    )


def _stopped(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def _meanwhile(*, broken: bool, in_force: bool) -> str:
    if not broken:
        return "Everything else in the file counts."
    if in_force:
        return "Until it is mended, the last file that could be understood stays in force. Nothing else stops."
    return (
        "No file before it could be understood, so nothing is proposed in this repository until it is mended. "
        "`pubflow config validate` says the same on your machine."
    )


def _remark(problem: Problem, *, broken: bool) -> Remark:
    level = Level.FAILURE if broken else Level.WARNING
    return Remark(file=config.PATH, line=problem.line, column=problem.column, level=level, message=problem.message)
