"""Asking for a review, once: https://docs.github.com/en/rest/pulls/review-requests"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.github.access import Access
from bot.github.faults import Unprocessable
from bot.github.wire import Permit, Request
from bot.model import RepoRef

_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"


class _Asked(msgspec.Struct, frozen=True):
    users: tuple[object, ...] = ()
    teams: tuple[object, ...] = ()


async def ask(access: Access, ref: RepoRef, number: int, reviewers: Sequence[str], permit: Permit) -> None:
    """Ask these for a review (a login, or `organisation/team`), if nobody was asked and nobody has reviewed.

    GitHub takes all of them or none; where it refuses, each is tried alone, and those who may not review are left out.
    """
    if await _is_under_way(access, ref, number):
        return
    try:
        await _request(access, ref, number, reviewers, permit)
    except Unprocessable:
        for one in reviewers if len(reviewers) > 1 else ():
            try:
                await _request(access, ref, number, [one], permit)
            except Unprocessable:  # no collaborator, or there is no such team
                continue


async def _is_under_way(access: Access, ref: RepoRef, number: int) -> bool:
    values: dict[str, str | int] = {"owner": ref.owner, "repo": ref.name, "pull_number": number}
    asked = await access.send(Request(method="GET", path=f"{_PULL}/requested_reviewers", values=values))
    found = asked.fit(_Asked)
    if found.users or found.teams:
        return True
    request = Request(method="GET", path=f"{_PULL}/reviews{{?per_page}}", values=values | {"per_page": 1})
    return bool((await access.send(request)).fit(tuple[object, ...]))


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
