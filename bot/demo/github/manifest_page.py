"""The page to which an App manifest leads: a person confirms, the browser goes back with a code.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import json
import re
import secrets
from urllib.parse import urlencode

from aiohttp import web

from bot.demo.github.page import Shown
from bot.demo.github.site import Site

_ADDRESS = re.compile(r"/settings/apps/new|/organizations/(?P<owner>[^/]+)/settings/apps/new")


def is_mine(path: str) -> bool:
    return _ADDRESS.fullmatch(path) is not None


async def serve(site: Site, request: web.Request, shown: Shown) -> web.Response:
    """A posted manifest is confirmed at once: nobody else can reach this machine's loopback."""
    form = await request.post()
    manifest = form.get("manifest")
    try:
        found = json.loads(manifest) if isinstance(manifest, str) else None
    except ValueError:
        found = None
    back = found.get("redirect_url") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(back, str) or not found.get("name"):
        return shown("missing.html", {"path": request.path}, status=422)
    address = _ADDRESS.fullmatch(request.path)
    people = (one.login for one in site.world.accounts.values() if one.kind.value == "User")
    owner = (address and address["owner"]) or next(people, "")
    if owner.lower() not in site.world.accounts:
        return shown("missing.html", {"path": request.path}, status=404)
    code = secrets.token_hex(20)
    site.manifests[code] = {**found, "owner": owner}
    query = {"code": code} | ({"state": request.query["state"]} if "state" in request.query else {})
    joint = "&" if "?" in back else "?"
    raise web.HTTPFound(f"{back}{joint}{urlencode(query)}")
