"""The dashboard: pages at `/` for people who sign in with GitHub, each showing what GitHub says that they may see."""

from __future__ import annotations

from aiohttp import web

from bot.web.dashboard.accounts import Accounts
from bot.web.dashboard.actions import Actions
from bot.web.dashboard.badge import Badge
from bot.web.dashboard.home import Home
from bot.web.dashboard.operators import Operators
from bot.web.dashboard.pages import serve_asset
from bot.web.dashboard.parts import Parts
from bot.web.dashboard.repositories import Repositories
from bot.web.dashboard.sessions import Sessions
from bot.web.dashboard.shell import Shell
from bot.web.dashboard.sight import Sight
from bot.web.dashboard.signin import BACK, SigningIn
from bot.web.guard import guarded
from bot.web.metrics import Metrics

__all__ = ["BACK", "Parts", "routes"]


def routes(parts: Parts, metrics: Metrics | None) -> list[web.RouteDef]:
    """Every address of the dashboard. `metrics`: None when they have a port of their own."""
    sessions = Sessions(parts)
    shell, sight = Shell(parts, sessions), Sight(parts)
    signing_in, home = SigningIn(parts, sessions), Home(parts, shell, sight, sessions)
    accounts, repositories = Accounts(parts, shell, sight), Repositories(parts, shell, sight)
    actions, badge = Actions(parts, shell, sight), Badge(parts)
    account, repository = "/accounts/{login}", "/repositories/{owner}/{name}"
    return [
        web.get("/", shell.public(home.show)),
        web.get("/setup", guarded(_set_up_already)),
        web.get("/login", shell.public(signing_in.begin)),
        web.get(BACK, shell.public(signing_in.finish)),
        web.post("/logout", shell.signed_in(shell.form(home.sign_out))),
        web.get(account, shell.signed_in(accounts.show)),
        web.get(f"{account}/progress", shell.signed_in(accounts.progress)),
        web.get(f"{account}/repositories.csv", shell.signed_in(accounts.export_csv)),
        web.get(f"{account}/repositories.json", shell.signed_in(accounts.export_json)),
        web.get(f"{account}/actions", shell.signed_in(actions.show)),
        web.get(repository, shell.signed_in(repositories.show)),
        web.get(f"{repository}/progress", shell.signed_in(repositories.progress)),
        web.post(f"{repository}/ignore", shell.signed_in(shell.form(repositories.ignore))),
        web.post(f"{repository}/heed", shell.signed_in(shell.form(repositories.heed))),
        web.post(f"{repository}/scan", shell.signed_in(shell.form(repositories.scan))),
        web.get("/badge/{owner}/{name}.svg", shell.public(badge.show)),
        web.get("/static/{digest}/{name}", guarded(serve_asset)),
        *_for_operators(shell, Operators(parts, shell, metrics or Metrics()), with_metrics=metrics is not None),
    ]


async def _set_up_already(_request: web.Request) -> web.Response:
    """What `GET /setup` offered is done."""
    return web.Response(status=303, headers={"Location": "/"})


def _for_operators(shell: Shell, operators: Operators, *, with_metrics: bool) -> list[web.RouteDef]:
    found = [
        web.get("/queue", shell.operators(operators.show)),
        web.post("/queue/retry", shell.operators(shell.form(operators.retry))),
        web.post("/queue/drop", shell.operators(shell.form(operators.drop))),
    ]
    return [*found, web.get("/metrics", shell.operators(operators.metrics))] if with_metrics else found
