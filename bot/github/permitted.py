"""Which actions a repository may use, by its settings. https://docs.github.com/en/rest/actions/permissions"""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.errors import Conflict, Gone
from bot.github.access import Access
from bot.github.wire import Request
from bot.model import AllowedActions, RepoRef


class _Policy(msgspec.Struct, frozen=True):
    enabled: bool
    allowed_actions: Literal["all", "local_only", "selected"] = "all"
    sha_pinning_required: bool = False


class _Selected(msgspec.Struct, frozen=True):
    github_owned_allowed: bool = False
    verified_allowed: bool = False
    patterns_allowed: tuple[str, ...] = ()


async def read_allowed(access: Access, ref: RepoRef) -> AllowedActions:
    """In one request, or two where some are selected. Raises Forbidden without the permission `administration`."""
    policy = (await access.send(_request(ref, ""))).fit(_Policy)
    match policy.allowed_actions:
        case "all":
            return AllowedActions(commits=policy.sha_pinning_required)
        case "local_only":
            return AllowedActions(patterns=(), commits=policy.sha_pinning_required)
        case "selected":
            chosen = await _selected(access, ref)
            return AllowedActions(
                patterns=tuple(pattern.strip() for pattern in chosen.patterns_allowed),
                github=chosen.github_owned_allowed,
                verified=chosen.verified_allowed,
                commits=policy.sha_pinning_required,
            )


async def _selected(access: Access, ref: RepoRef) -> _Selected:
    try:
        return (await access.send(_request(ref, "/selected-actions"))).fit(_Selected)
    except (
        Conflict,
        Gone,
    ):  # chosen by the organisation or changed just now: nobody knows which, so none counts as known
        return _Selected(verified_allowed=True)


def _request(ref: RepoRef, path: str) -> Request:
    return Request(
        method="GET",
        path="/repos/{owner}/{repo}/actions/permissions" + path,
        values={"owner": ref.owner, "repo": ref.name},
    )
