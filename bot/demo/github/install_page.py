"""Where an owner installs an App: https://docs.github.com/en/apps/using-github-apps/installing-a-github-app-from-a-third-party"""

from __future__ import annotations

import re

from aiohttp import web

from bot.demo.github.owners import Owners
from bot.demo.github.page import Shown
from bot.demo.github.site import Site
from bot.demo.github.state import AccountKind

_ADDRESS = re.compile(r"/apps/(?P<slug>[^/]+)/installations/new")


def is_mine(path: str) -> bool:
    return _ADDRESS.fullmatch(path) is not None


async def serve(site: Site, request: web.Request, shown: Shown) -> web.Response:
    """A list of accounts; the one that is chosen gets the App on all its repositories."""
    address = _ADDRESS.fullmatch(request.path)
    app = next((one for one in site.world.apps.values() if address and one.slug == address["slug"]), None)
    if app is None:
        return shown("missing.html", {"path": request.path}, status=404)
    accounts = [one for one in site.world.accounts.values() if one.kind is not AccountKind.BOT]
    chosen = str((await request.post()).get("account", "")).lower()
    account = next((one for one in accounts if one.login.lower() == chosen), None)
    if account is not None and site.world.installation_of(app, account) is None:
        owners = Owners()
        owners.site = site
        owners.install(app, account.login)
    installed = [one.account for one in site.world.installations.values() if one.app is app]
    return shown("install.html", {"app": app, "accounts": accounts, "installed": installed})
