"""The page of one repository, and what may be asked for there."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.events.payload import scan_job
from bot.github import Account, Visible
from bot.model import Status
from bot.report.people import STATUS
from bot.store import in_thread
from bot.store.overview import Row
from bot.store.rollouts import Rollouts
from bot.web.dashboard import found, picture, ways
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Session
from bot.web.dashboard.shell import Shell
from bot.web.dashboard.sight import Sight


class Repositories:
    def __init__(self, parts: Parts, shell: Shell, sight: Sight) -> None:
        self._parts = parts
        self._shell = shell
        self._sight = sight

    async def show(self, request: web.Request, session: Session) -> web.Response:
        """`GET /repositories/{owner}/{name}`."""
        account, visible = await self._asked(request, session)
        overview, settings = self._parts.overview, self._parts.settings
        row, report, pulls, changes, paused, rollouts = await asyncio.gather(
            in_thread(overview.row, visible.id),
            in_thread(overview.report, visible.id),
            in_thread(overview.pulls, [visible.id]),
            in_thread(overview.changes, visible.id),
            in_thread(self._parts.pauses.is_paused, *visible.full_name.split("/", 1)),
            in_thread(Rollouts(overview.engine).of, visible.id),
        )
        return self._shell.page(
            "repository.html",
            session,
            account=account,
            repository=visible,
            row=row,
            said=_said(row),
            found=found.read(report),
            pulls=pulls,
            ways=ways.ways(rollouts, may_write=visible.may_write),
            changes=changes,
            paused=paused,
            queued=request.query.get("asked") == "scan",
            words=picture.WORDS,
            github=f"{settings.github_web_url}/{visible.full_name}",
            pypi=settings.pypi_url,
            address=f"/repositories/{visible.full_name}",
        )

    async def scan(self, request: web.Request, session: Session) -> web.Response:
        """`POST /repositories/{owner}/{name}/scan`: for who may write there; twice while it waits is once."""
        account, known = await self._asked(request, session)
        visible = await self._sight.now(session, known.full_name)
        if not visible.may_write:
            raise web.HTTPForbidden(text="only who may write to the repository may ask for a scan\n")
        await self._parts.queue.submit([scan_job(account.installation, visible.ref)])
        return web.Response(status=303, headers={"Location": f"/repositories/{visible.full_name}?asked=scan"})

    async def _asked(self, request: web.Request, session: Session) -> tuple[Account, Visible]:
        """Raises Gone for "not there" and "not yours" alike."""
        owner, name = request.match_info["owner"], request.match_info["name"]
        return await self._sight.repository(session, f"{owner}/{name}")


def _said(row: Row | None) -> str:
    if row is None:
        return "It has not been scanned yet."
    if row.status is None:
        return "It is not looked into."
    try:
        return STATUS[Status(row.status)]
    except ValueError:
        return ""
