"""Where a person lets an App act for them, and where the App exchanges the code for a token.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web

from bot.demo.github.page import Shown
from bot.demo.github.site import Site
from bot.demo.github.state import Account, AccountKind, App
from bot.demo.github.user_tokens import LIFETIME, REFRESHABLE, Denied, UserToken

AUTHORIZE = "/login/oauth/authorize"
EXCHANGE = "/login/oauth/access_token"


def is_mine(path: str) -> bool:
    return path in {AUTHORIZE, EXCHANGE}


async def serve(site: Site, request: web.Request, shown: Shown) -> web.Response:
    """Nobody signs in on this machine: whoever sits here chooses whom to be."""
    if request.path == EXCHANGE:
        return web.json_response(_exchange(site, {**request.query, **await _texts(request)}))
    query = request.query
    app = _app(site, query.get("client_id", ""))
    back = query.get("redirect_uri") or (app.callback_urls[0] if app is not None and app.callback_urls else "")
    if app is None or not _is_registered(app, back):
        return shown("missing.html", {"path": request.path}, status=404)
    if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
        return shown("missing.html", {"path": request.path}, status=422)
    account = await _chosen(site, request)
    if account is None:
        people = [one for one in site.world.accounts.values() if one.kind is AccountKind.USER]
        return shown("authorize.html", {"app": app, "people": people})
    code = site.tokens.users.authorize(app, account, back, query.get("code_challenge"))
    values = {"code": code} | ({"state": query["state"]} if "state" in query else {})
    raise web.HTTPFound(f"{back}{'&' if '?' in back else '?'}{urlencode(values)}")


async def _chosen(site: Site, request: web.Request) -> Account | None:
    """Whom the person at the browser is; None while they have not said it."""
    if request.method != "POST":
        return site.visitor
    form = await _texts(request)
    account = site.world.accounts.get(form.get("login", "").lower())
    return account if account is not None and account.kind is AccountKind.USER else None


async def _texts(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _app(site: Site, client_id: str) -> App | None:
    return next((app for app in site.world.apps.values() if app.client_id == client_id), None)


def _is_registered(app: App, address: str) -> bool:
    """Host and port must be the callback's own, and the path at or below it."""
    return any(address == one or address.startswith(one.rstrip("/") + "/") for one in app.callback_urls)


def _exchange(site: Site, form: Mapping[str, str]) -> dict[str, object]:
    """GitHub says 200 to errors as well."""
    try:
        token = _token(site, form)
    except Denied as denied:
        return {"error": denied.error, "error_description": str(denied), "error_uri": "https://docs.github.com"}
    return {
        "access_token": token.value,
        "expires_in": LIFETIME,
        "refresh_token": token.refresh,
        "refresh_token_expires_in": REFRESHABLE,
        "scope": "",
        "token_type": "bearer",
    }


def _token(site: Site, form: Mapping[str, str]) -> UserToken:
    """Raises Denied."""
    app = _app(site, form.get("client_id", ""))
    if app is None or form.get("client_secret") != app.client_secret:
        raise Denied("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
    if form.get("grant_type") == "refresh_token":
        return site.tokens.users.renew(app, form.get("refresh_token", ""))
    code, back = form.get("code", ""), form.get("redirect_uri", "")
    return site.tokens.users.exchange(app, code, back, form.get("code_verifier", ""))
