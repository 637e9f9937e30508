"""Which actions an account uses, at which versions, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from aiohttp import web

from bot.store import in_thread
from bot.store.overview import Spread
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Session
from bot.web.dashboard.shell import Shell
from bot.web.dashboard.sight import Sight

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One action; the ref that most repositories use comes first."""

    action: str
    spread: Sequence[Spread]

    @property
    def repositories(self) -> int:
        """Of all refs together; a repository that uses two of them counts twice."""
        return sum(one.repositories for one in self.spread)


class Actions:
    def __init__(self, parts: Parts, shell: Shell, sight: Sight) -> None:
        self._parts = parts
        self._shell = shell
        self._sight = sight

    async def show(self, request: web.Request, session: Session) -> web.Response:
        """`GET /accounts/{login}/actions`; with `?action=&ref=` also which repositories use it."""
        view = await self._sight.view(session, request.match_info["login"])
        installation, visible = view.account.installation, view.repositories.keys()
        spread = await in_thread(self._parts.overview.uses, installation, visible)
        action, ref = (request.query.get(name, "")[:LONGEST_NAME].replace("\0", "") for name in ("action", "ref"))
        users: list[str] = []
        if action:
            users = await in_thread(self._parts.overview.users, installation, visible, action, ref)
        return self._shell.page(
            "actions.html",
            session,
            account=view.account,
            used=gathered(spread),
            chosen=(action, ref) if action else None,
            users=users,
            github=self._parts.settings.github_web_url,
            address=f"/accounts/{view.account.login}",
        )


def gathered(spread: Sequence[Spread]) -> list[Used]:
    """By action; what most repositories use comes first."""
    used = [
        Used(action=action, spread=sorted(some, key=lambda one: (-one.repositories, one.use.ref)))
        for action, some in groupby(spread, key=lambda one: one.use.action)
    ]
    return sorted(used, key=lambda one: (-one.repositories, one.action))
