"""What we say in comments that nobody asked for, each made once; and why something was left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.messages.checkboxes import Box, checkbox
from bot.messages.markdown import code, prose

LEFT: Mapping[str, str] = MappingProxyType(
    {
        "current": "#{number} stands already",
        "unsure": "#{number} stays as it is until everything could be read and asked",
        "answered": "#{number} was closed by people: not opened again",
        "occupied": "somebody else's commits are on the branch {branch}, so nothing is proposed there",
    }
)
"""Row of the lifecycle -> what is said where nothing was done; rows that are not named need no word."""


def closed(reason: str) -> str:
    """Why a pull request was closed by us; `reason` is a clause that may quote the repository."""
    return (
        f"Closed by pubflow: {prose(reason)}.\n\n"
        "Nobody needs to do anything. If there is something to propose again, a new pull request says so."
    )


def stopped(branch: str, *, over: bool) -> str:
    """Somebody pushed to our branch."""
    head = f"Somebody pushed to {code(branch)}, so pubflow leaves this pull request to you: it pushes nothing more."
    if over:
        return f"{head} It has nothing left to propose itself; merge it or close it as you like."
    box = checkbox(Box.HAND_BACK, "Hand it back: make the branch anew, **without** the commits that others added")
    return (
        f"{head} Merge it when it is as you want it.\n\n{box}\n\n"
        "A comment `/pubflow recreate` does the same. Who may push to this repository may do so."
    )


def resumed() -> str:
    """The branch was handed back."""
    return "The branch was handed back and made anew; pubflow looks after this pull request again."


def blocked(reason: str) -> str:
    """GitHub does not let us bring a pull request up to date."""
    return f"pubflow cannot bring this pull request up to date. {prose(_sentence(reason))}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
