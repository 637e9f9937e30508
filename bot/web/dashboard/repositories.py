"""The page of one repository, and what may be asked for there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.events.payload import scan_job
from bot.github import Account, Visible
from bot.model import Status
from bot.report.people import STATUS
from bot.rules import RULES
from bot.store import in_thread
from bot.store.rollouts import Rollout
from bot.store.views import Change, Pull, Row
from bot.web.dashboard import found, picture, ways
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Session
from bot.web.dashboard.shell import Shell
from bot.web.dashboard.sight import Sight
from bot.wishes import Wish, Wished, Wishes

_RULES = frozenset(rule.ID for rule in RULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the database knows of one repository."""

    row: Row | None
    report: str | None
    pulls: Sequence[Pull]
    changes: Sequence[Change]
    rollouts: Sequence[Rollout]
    wishes: Wishes
    asked_for: bool
    """A scan waits or runs."""
    paused: str | None
    """The scope in which an operator paused writing."""


class Repositories:
    def __init__(self, parts: Parts, shell: Shell, sight: Sight) -> None:
        self._parts = parts
        self._shell = shell
        self._sight = sight

    async def show(self, request: web.Request, session: Session) -> web.Response:
        """`GET /repositories/{owner}/{name}`."""
        account, visible = await self._asked(request, session)
        known = await in_thread(self._known, visible)
        settings = self._parts.settings
        return self._shell.page(
            "repository.html",
            session,
            repository=visible,
            known=known,
            commit=(known.row.head if known.row is not None else None) or "HEAD",
            said=_said(known.row),
            found=found.read(known.report),
            ways=ways.ways(known.rollouts, may_write=visible.may_write),
            ignored=known.wishes.of(Wish.IGNORE_RULE),
            rules=_RULES,
            queued=known.asked_for,
            words=picture.WORDS,
            github=f"{settings.github_web_url}/{visible.full_name}",
            pypi=settings.pypi_url,
            address=f"/repositories/{visible.full_name}",
            account=account,
        )

    def _known(self, visible: Visible) -> _Known:
        parts, number = self._parts, visible.id
        return _Known(
            row=parts.overview.row(number),
            report=parts.overview.report(number),
            pulls=parts.overview.pulls([number]),
            changes=parts.overview.changes(number),
            rollouts=parts.rollouts.of(number),
            wishes=parts.wishes.of(number),
            asked_for=parts.overview.is_asked_for(number),
            paused=parts.pauses.is_paused(*visible.full_name.split("/", 1)),
        )

    async def progress(self, request: web.Request, session: Session) -> web.Response:
        """`GET /repositories/{owner}/{name}/progress`: as that of an account, for one repository."""
        _, visible = await self._asked(request, session)
        left = int(await in_thread(self._parts.overview.is_asked_for, visible.id))
        return web.json_response({"left": left, "done": 1 - left, "total": 1})

    async def ignore(self, request: web.Request, session: Session) -> web.Response:
        """`POST /repositories/{owner}/{name}/ignore`: what a rule finds there is told no more, nor acted upon."""
        rule = await _rule(request)
        return await self._wish(request, session, add=[Wished(wish=Wish.IGNORE_RULE, value=rule, login=session.login)])

    async def heed(self, request: web.Request, session: Session) -> web.Response:
        """`POST /repositories/{owner}/{name}/heed`: the opposite."""
        return await self._wish(request, session, drop=[(Wish.IGNORE_RULE, await _rule(request))])

    async def _wish(
        self,
        request: web.Request,
        session: Session,
        *,
        add: Sequence[Wished] = (),
        drop: Sequence[tuple[Wish, str | None]] = (),
    ) -> web.Response:
        """Kept as a command in a comment is, and the repository is looked at anew."""
        account, visible = await self._writer(request, session)
        await in_thread(self._parts.wishes.change, visible.id, self._parts.clock(), add=add, drop=drop)
        return await self._rescan(account, visible)

    async def scan(self, request: web.Request, session: Session) -> web.Response:
        """`POST /repositories/{owner}/{name}/scan`: for who may write there; twice while it waits is once."""
        return await self._rescan(*(await self._writer(request, session)))

    async def _rescan(self, account: Account, visible: Visible) -> web.Response:
        await self._parts.queue.submit([scan_job(account.installation, visible.ref)])
        return web.Response(status=303, headers={"Location": f"/repositories/{visible.full_name}"})

    async def _writer(self, request: web.Request, session: Session) -> tuple[Account, Visible]:
        """The repository, for somebody who may write to it at this moment. Raises Gone, HTTPForbidden."""
        account, known = await self._asked(request, session)
        visible = await self._sight.now(session, known.full_name)
        if not visible.may_write:
            raise web.HTTPForbidden(text="only who may write to the repository may ask for that\n")
        return account, visible

    async def _asked(self, request: web.Request, session: Session) -> tuple[Account, Visible]:
        """Raises Gone for "not there" and "not yours" alike."""
        owner, name = request.match_info["owner"], request.match_info["name"]
        return await self._sight.repository(session, f"{owner}/{name}")


async def _rule(request: web.Request) -> str:
    """The rule that the form names. Raises HTTPBadRequest for one that there is not."""
    rule = (await request.post()).get("rule")
    if rule not in _RULES:
        raise web.HTTPBadRequest(text="there is no such rule\n")
    return str(rule)


def _said(row: Row | None) -> str:
    if row is None:
        return "It has not been scanned yet."
    if row.status is None:
        return "It is not looked into."
    try:
        return STATUS[Status(row.status)]
    except ValueError:
        return ""
