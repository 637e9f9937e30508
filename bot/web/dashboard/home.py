"""The start page: what this is, for whoever comes; the accounts that one may see, for who is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.errors import SignedOut
from bot.github import Account
from bot.store import in_thread
from bot.store.reports import Kind
from bot.web.dashboard import picture
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.sessions import Session, Sessions
from bot.web.dashboard.shell import Shell
from bot.web.dashboard.sight import Sight, View
from bot.web.dashboard.signin import SigningIn

MOST_SHOWN = 20
"""Accounts with a picture; somebody who sees more of them gets their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    account: Account
    counts: Mapping[Kind, int]


class Home:
    def __init__(self, parts: Parts, shell: Shell, sight: Sight, sessions: Sessions) -> None:
        self._parts = parts
        self._shell = shell
        self._sight = sight
        self._sessions = sessions

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`GET /`."""
        try:
            found = await self._shell.found(request)
        except SignedOut:
            found = None
        if found is None:
            return await self._welcome(request)
        return await self._shell.signed_in(self._accounts)(request)

    async def _welcome(self, request: web.Request) -> web.Response:
        parts = self._parts
        return self._shell.page(
            "welcome.html",
            None,
            ready=await parts.ready(),
            may_sign_in=parts.oauth is not None and parts.base(request) is not None,
            has_secret=parts.oauth is not None,
            failed=request.query.get("sign-in") == "failed",
        )

    async def _accounts(self, _request: web.Request, session: Session) -> web.Response:
        accounts = await self._sight.accounts(session)
        if len(accounts) == 1 and not self._parts.is_operator(session.login):
            return web.Response(status=303, headers={"Location": f"/accounts/{accounts[0].login}"})
        views = [await self._sight.view(session, account.login) for account in accounts[:MOST_SHOWN]]
        glances = await asyncio.gather(*map(self._glance, views))
        return self._shell.page(
            "accounts.html",
            session,
            glances=glances,
            others=accounts[MOST_SHOWN:],
            picture=picture,
            install_url=self._parts.install_url,
        )

    async def _glance(self, view: View) -> Glance:
        counts = await in_thread(self._parts.overview.counts, view.account.installation, view.repositories.keys())
        return Glance(account=view.account, counts=counts)

    async def sign_out(self, request: web.Request, session: Session) -> web.Response:
        """`POST /logout`."""
        response = web.Response(status=303, headers={"Location": "/"})
        self._sessions.end(request, response, session)
        self._sight.forget(session.id)
        if self._parts.oauth is not None:
            await SigningIn.leave(self._parts.oauth, session.token)
        return response
