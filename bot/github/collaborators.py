"""Who may do what in a repository, asked at the moment when it counts.

https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.errors import Gone
from bot.github.access import Access
from bot.github.wire import Request
from bot.model import RepoRef, Role

_RIGHTS = {"pull": Role.READ, "triage": Role.TRIAGE, "push": Role.WRITE, "maintain": Role.MAINTAIN, "admin": Role.ADMIN}
_WORDS = {"read": Role.READ, "write": Role.WRITE, "admin": Role.ADMIN}


class _User(msgspec.Struct, frozen=True):
    permissions: dict[str, bool] | None = None


class _Permission(msgspec.Struct, frozen=True):
    permission: str
    user: _User | None = None


async def read_role(access: Access, ref: RepoRef, login: str) -> Role:
    """The highest of an account's rights, whatever a custom role is called. NONE for an account that is not there.

    The coarse word knows neither triage nor maintain; the rights of the answer's user do.
    """
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/collaborators/{username}/permission",
        values={"owner": ref.owner, "repo": ref.name, "username": login},
    )
    try:
        found = (await access.send(request)).fit(_Permission)
    except Gone:
        return Role.NONE
    word = _WORDS.get(found.permission, Role.NONE)
    return max(word, _highest((found.user.permissions if found.user else None) or {}))


def _highest(rights: Mapping[str, bool]) -> Role:
    return max((role for name, role in _RIGHTS.items() if rights.get(name)), default=Role.NONE)
