"""A picture for a README: how a public repository publishes. Private ones and unknown ones look the same."""

from __future__ import annotations

from aiohttp import web

from bot.store import in_thread
from bot.store.reports import Kind
from bot.web.dashboard.pages import render
from bot.web.dashboard.parts import Parts

_LOOKS = {
    Kind.TRUSTED: ("trusted", "#1a7f37"),
    Kind.MIXED: ("mixed", "#9a6700"),
    Kind.TOKEN: ("token", "#bc4c00"),
    Kind.INDIRECT: ("indirect", "#9a6700"),
    Kind.MISSING: ("not published", "#59636e"),
}
_UNKNOWN = ("unknown", "#59636e")
_KEPT = 300


class Badge:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, request: web.Request) -> web.Response:
        """`GET /badge/{owner}/{name}.svg`; 404, with a picture all the same, for what is not known to be public."""
        name = f"{request.match_info['owner']}/{request.match_info['name']}"
        row = await in_thread(self._parts.overview.find, name)
        known = row is not None and row.public
        word, colour = _LOOKS.get(row.kind, _UNKNOWN) if row is not None and known else _UNKNOWN
        response = render("badge.svg", {"word": word, "colour": colour}, now=0.0, status=200 if known else 404)
        response.content_type = "image/svg+xml"
        response.headers["Cache-Control"] = f"public, max-age={_KEPT}"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response
