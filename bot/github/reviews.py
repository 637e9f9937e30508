"""Asking for a review, once: https://docs.github.com/en/rest/pulls/review-requests"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.github.access import Access
from bot.github.faults import Unprocessable
from bot.github.wire import Permit, Request
from bot.model import RepoRef

_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"


class _User(msgspec.Struct, frozen=True):
    login: str


class _Team(msgspec.Struct, frozen=True):
    slug: str


class _Asked(msgspec.Struct, frozen=True):
    users: tuple[_User, ...] = ()
    teams: tuple[_Team, ...] = ()


class _Review(msgspec.Struct, frozen=True):
    user: _User | None = None


async def ask(
    access: Access, ref: RepoRef, number: int, reviewers: Sequence[str], permit: Permit, *, further: bool = False
) -> None:
    """Ask these for a review (a login, or `organisation/team`), if nobody was asked and nobody has reviewed.

    `further`: beside others who were asked, but nobody who was asked or has reviewed: asking again notifies again.
    GitHub takes all of them or none; where it refuses, each is tried alone, and those who may not review are left out.
    """
    known = await _under_way(access, ref, number)
    if known and not further:
        return
    reviewers = [one for one in reviewers if one.rpartition("/")[2].lower() not in known]
    if not reviewers:
        return
    try:
        await _request(access, ref, number, reviewers, permit)
    except Unprocessable:
        for one in reviewers if len(reviewers) > 1 else ():
            try:
                await _request(access, ref, number, [one], permit)
            except Unprocessable:  # no collaborator, or there is no such team
                continue


async def _under_way(access: Access, ref: RepoRef, number: int) -> frozenset[str]:
    """Who was asked, and who has reviewed: logins and names of teams, in lower case; a ghost is an empty name."""
    values: dict[str, str | int] = {"owner": ref.owner, "repo": ref.name, "pull_number": number}
    asked = await access.send(Request(method="GET", path=f"{_PULL}/requested_reviewers", values=values))
    found = asked.fit(_Asked)
    request = Request(method="GET", path=f"{_PULL}/reviews{{?per_page}}", values=values | {"per_page": 100})
    reviews = (await access.send(request)).fit(tuple[_Review, ...])
    names = [*(one.login for one in found.users), *(one.slug for one in found.teams)]
    names += [one.user.login if one.user is not None else "" for one in reviews]
    return frozenset(name.lower() for name in names)


async def _request(access: Access, ref: RepoRef, number: int, reviewers: Sequence[str], permit: Permit) -> None:
    await access.send(
        Request(
            method="POST",
            path=f"{_PULL}/requested_reviewers",
            values={"owner": ref.owner, "repo": ref.name, "pull_number": number},
            body={
                "reviewers": [one for one in reviewers if "/" not in one],
                "team_reviewers": [one.partition("/")[2] for one in reviewers if "/" in one],
            },
            permit=permit,
        )
    )
