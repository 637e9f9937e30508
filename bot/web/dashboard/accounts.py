"""The pages of an account: where it stands, every repository as a table, exports, and a running scan's progress."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Self
from urllib.parse import urlencode

from aiohttp import web

from bot.store import in_thread
from bot.store.overview import Overview
from bot.store.reports import DAY, Kind
from bot.store.views import PER_PAGE, Ahead, Look, Order, Row, Wanted
from bot.web.dashboard import exports, picture
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Session
from bot.web.dashboard.shell import Shell
from bot.web.dashboard.sight import Sight, View

LONGEST_SEARCH = 100
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the scans of an account are, in repositories that the asking person sees."""

    left: int
    total: int

    @property
    def done(self) -> int:
        return max(0, self.total - self.left)

    @classmethod
    def of(cls, view: View, ahead: Ahead) -> Self:
        """A sweep goes by pages of all repositories, and those that one does not see are spread among them evenly."""
        total = len(view.repositories)
        unswept = round(total * (1 - ahead.swept))
        return cls(left=max(ahead.jobs, unswept), total=total)


class Accounts:
    def __init__(self, parts: Parts, shell: Shell, sight: Sight) -> None:
        self._parts = parts
        self._shell = shell
        self._sight = sight

    async def show(self, request: web.Request, session: Session) -> web.Response:
        """`GET /accounts/{login}`."""
        view = await self._sight.view(session, request.match_info["login"])
        wanted, overview = read(request.query), self._parts.overview
        installation, visible = view.account.installation, view.repositories.keys()
        look = await in_thread(overview.look, installation, visible, wanted)
        days = partial(in_thread, overview.shifts, installation, visible)
        shifts = await self._sight.kept(session, f"days of {installation}", days)
        hindered = partial(in_thread, overview.hindered, installation, visible)
        return self._shell.page(
            "account.html",
            session,
            account=view.account,
            hindered=await self._sight.kept(session, f"hindered of {installation}", hindered),
            counts=look.counts,
            segments=picture.bar(look.counts),
            plot=picture.plot(shifts, int(self._parts.clock() // DAY)),
            picture=picture,
            progress=Progress.of(view, look.ahead),
            table=_table(look, wanted),
            wanted=wanted,
            github=self._parts.settings.github_web_url,
            address=f"/accounts/{view.account.login}",
        )

    async def progress(self, request: web.Request, session: Session) -> web.Response:
        """`GET /accounts/{login}/progress`: for the script of the page, and for whoever wants to know."""
        view = await self._sight.view(session, request.match_info["login"])
        now = Progress.of(view, await in_thread(self._parts.overview.ahead, view.account.installation))
        return web.json_response({"left": now.left, "done": now.done, "total": now.total})

    async def export_csv(self, request: web.Request, session: Session) -> web.Response:
        """`GET /accounts/{login}/repositories.csv`."""
        view, rows = await self._all(request, session)
        return exports.download(exports.as_csv(rows), f"{view.account.login}.csv", "text/csv")

    async def export_json(self, request: web.Request, session: Session) -> web.Response:
        """`GET /accounts/{login}/repositories.json`."""
        view, rows = await self._all(request, session)
        text = exports.as_json(view.account.login, rows)
        return exports.download(text, f"{view.account.login}.json", "application/json")

    async def _all(self, request: web.Request, session: Session) -> tuple[View, list[Row]]:
        view = await self._sight.view(session, request.match_info["login"])
        overview: Overview = self._parts.overview
        visible = view.repositories.keys()
        rows = await in_thread(overview.everything, view.account.installation, visible, read(request.query))
        return view, rows


def _table(look: Look, wanted: Wanted) -> Mapping[str, object]:
    return {
        "rows": look.rows,
        "total": look.total,
        "pulls": {pull.repo_id: pull for pull in reversed(look.pulls) if pull.state == "open"},
        "pages": max(1, -(-look.total // PER_PAGE)),
        "first": (wanted.page - 1) * PER_PAGE + 1,
        "link": lambda **change: "?" + urlencode(query(wanted, **change)),
    }


def read(given: Mapping[str, str]) -> Wanted:
    """What an address asks for; what makes no sense is as if it were not there."""
    kind: Kind | None = None
    with suppress(ValueError):
        kind = Kind(given.get("status", ""))
    order = Order.NAME
    with suppress(ValueError):
        order = Order(given.get("sort", ""))
    page = given.get("page", "1")
    return Wanted(
        kind=kind,
        words=given.get("q", "")[:LONGEST_SEARCH].replace("\0", ""),
        order=order,
        descending=given.get("down") == "1",
        page=max(1, min(int(page), MOST_PAGES)) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
    )


def query(wanted: Wanted, **change: str) -> dict[str, str]:
    """The same as `wanted` in an address, with some of it changed; a change of what is listed begins at page one."""
    values = {
        "q": wanted.words,
        "status": wanted.kind.value if wanted.kind is not None else "",
        "sort": wanted.order.value if wanted.order is not Order.NAME else "",
        "down": "1" if wanted.descending else "",
        **({"page": str(wanted.page)} if not change else {}),
        **change,
    }
    return {name: value for name, value in values.items() if value and (name, value) != ("page", "1")}
