"""The one issue about a whole account, for those who asked for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.messages.frame import LONGEST
from bot.messages.markdown import render
from bot.messages.marker import remark_marker
from bot.model import Status

MARKER = remark_marker("onboarding")
_MOST = (300, 100, 30)
_WORDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.TOKEN: "publish with a stored token",
        Status.MIXED: "publish in part with a stored token",
        Status.MISSING: "are packages that nothing publishes",
        Status.INDIRECT: "publish in a place where pubflow does not edit",
        Status.TRUSTED: "publish by Trusted Publishing already",
        Status.UNKNOWN: "could not be understood",
        Status.OTHER_INDEX: "publish to another index",
        Status.PRIVATE: "are marked not to be published",
        Status.NOT_A_PACKAGE: "hold no package",
    }
)
_LISTED = (Status.TOKEN, Status.MIXED, Status.MISSING, Status.INDIRECT, Status.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One repository that was looked at; `status` is None for one that is left alone (archived, a fork, ...)."""

    name: str
    status: Status | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What there is to say of an account."""

    login: str
    repositories: Sequence[Looked]
    pulls_per_hour: int
    site: str | None = None


def title(account: Account) -> str:
    """What stands over the issue."""
    return f"What pubflow found in {account.login}"


def body(account: Account) -> str:
    """The issue, kept within GitHub's limit by leaving out repositories at the end of the list."""
    counts = Counter(each.status for each in account.repositories)
    listed = [each for status in _LISTED for each in account.repositories if each.status is status]
    text = ""
    for most in _MOST:
        text = render(
            "onboarding.md",
            most=most,
            total=len(account.repositories),
            counts=[(_WORDS[status], counts[status]) for status in _WORDS if counts[status]],
            aside=counts[None],
            listed=listed,
            words=_WORDS,
            pulls_per_hour=account.pulls_per_hour,
            site=account.site,
            marker=MARKER,
        )
        if len(text) <= LONGEST:
            break
    return text
