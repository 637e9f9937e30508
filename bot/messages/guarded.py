"""What the check on somebody's pull request says of the publisher's identity."""

from __future__ import annotations

from collections.abc import Sequence

from bot.guard import Change
from bot.messages.markdown import render
from bot.messages.publisher import Places
from bot.messages.registrations import registrations
from bot.model import Check, Conclusion, Level, Remark, RepoRef, Sha

KEY = "publisher-identity"
_MOST = 20


def check(changes: Sequence[Change], repo: RepoRef, head: Sha, places: Places) -> Check:
    """The check as it should stand on `head`."""
    breaks = [change for change in changes if change.breaks]
    identities = dict.fromkeys(change.register for change in changes if change.register is not None)
    summary = render(
        "guarded.md",
        changes=list(changes),
        most=_MOST,
        registrations=registrations(identities, repo.owner, repo.name, places),
    )
    return Check(
        key=KEY,
        head=head,
        conclusion=_conclusion(changes, breaks),
        title=_title(changes, breaks),
        summary=summary,
        remarks=tuple(_remark(change) for change in changes),
    )


def _conclusion(changes: Sequence[Change], breaks: Sequence[Change]) -> Conclusion:
    if breaks:
        return Conclusion.ACTION_REQUIRED
    return Conclusion.NEUTRAL if changes else Conclusion.SUCCESS


def _title(changes: Sequence[Change], breaks: Sequence[Change]) -> str:
    if breaks:
        return "The index would not recognise what is published"
    return "A publisher must be registered, or is left over" if changes else "The publisher's identity stays as it is"


def _remark(change: Change) -> Remark:
    level = Level.FAILURE if change.breaks else Level.NOTICE
    message = change.message[:1].upper() + change.message[1:] + "."
    return Remark(file=change.file, line=change.line, level=level, message=message)
