"""Which actions an account uses, at which versions, and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from aiohttp import web

from bot.bumping import Catalogue
from bot.bumping.outlook import outlook
from bot.bumping.snapshot import catalogue, shipped
from bot.store import in_thread
from bot.store.views import Spread
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Session
from bot.web.dashboard.shell import Shell
from bot.web.dashboard.sight import Sight

LONGEST_NAME = 200
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One ref of an action, in how many repositories, and what becomes of it."""

    ref: str
    shown: str
    pinned: bool
    repositories: int
    ends: str | None
    """What stopped working, or will and when; one clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One action; what ends comes first, then what most repositories use."""

    action: str
    newest: str | None
    versions: Sequence[Version]

    @property
    def repositories(self) -> int:
        """Of all refs together; a repository that uses two of them counts twice."""
        return sum(one.repositories for one in self.versions)

    @property
    def ending(self) -> int:
        return sum(one.repositories for one in self.versions if one.ends is not None)


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
    """By action; those of which most repositories use what ends come first, then what most use."""
    by_action = {action: list(some) for action, some in groupby(spread, key=lambda one: one.use.action)}
    known = catalogue(shipped(), by_action, 0.0)
    used = [_used(action, some, known) for action, some in by_action.items()]
    return sorted(used, key=lambda one: (-one.ending, -one.repositories, one.action))


def _used(action: str, spread: Sequence[Spread], known: Catalogue) -> Used:
    newest = None
    versions = []
    for one in spread:
        found = outlook(action, one.use.ref, one.use.version, known)
        newest = found.newest
        pinned = _COMMIT.fullmatch(one.use.ref) is not None
        told = str(found.version) if found.version is not None else one.use.version
        versions.append(
            Version(
                ref=one.use.ref,
                shown=(told or one.use.ref[:12]) if pinned else one.use.ref,
                pinned=pinned,
                repositories=one.repositories,
                ends=found.reason.clause if found.reason is not None else None,
            )
        )
    versions.sort(key=lambda one: (one.ends is None, -one.repositories, one.ref))
    return Used(action=action, newest=None if newest is None else str(newest), versions=versions)
