"""Templates filled: autoescaped, under a Content-Security-Policy that allows neither inline script nor inline style."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from aiohttp import web
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from bot import __version__, resources

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'{forms}; frame-ancestors 'none'; base-uri 'none'"
)
ASSETS: Mapping[str, str] = {"style.css": "text/css", "live.js": "text/javascript", "icon.svg": "image/svg+xml"}
_UNITS = ((86400 * 365, "year"), (86400 * 30, "month"), (86400, "day"), (3600, "hour"), (60, "minute"))


def render(
    name: str, values: Mapping[str, object], *, now: float, status: int = 200, forms: str = ""
) -> web.Response:  # fmt: skip
    """The template `dashboard/<name>`, filled. `forms`: a further origin that its forms may be sent to."""
    text = _environment().get_template(name).render(version=__version__, asset=asset, now=now, **values)
    policy = POLICY.format(forms=f" {forms}" if forms else "")
    # Under `no-referrer` browsers would also hide from our own forms where they come from.
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


@cache
def asset(name: str) -> str:
    """The address of a style or script; it changes with its content, so that browsers may keep it for good."""
    digest = hashlib.sha256(resources.text(f"dashboard/{name}").encode()).hexdigest()[:16]
    return f"/static/{digest}/{name}"


async def serve_asset(request: web.Request) -> web.Response:
    """`GET /static/{digest}/{name}`."""
    name = request.match_info["name"]
    if name not in ASSETS or request.path != asset(name):
        raise web.HTTPNotFound
    return web.Response(
        text=resources.text(f"dashboard/{name}"),
        content_type=ASSETS[name],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def ago(then: float, now: float) -> str:
    """`3 hours ago`; `in 5 minutes` for what is to come."""
    distance = abs(now - then)
    size, word = next(((size, word) for size, word in _UNITS if distance >= size), (1, ""))
    if not word:
        return "just now" if then <= now else "in a moment"
    count = int(distance // size)
    said = f"{count} {word}{'s' if count != 1 else ''}"
    return f"{said} ago" if then <= now else f"in {said}"


def moment(then: float) -> str:
    """For `<time datetime>`."""
    return datetime.fromtimestamp(then, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(then: float) -> str:
    return datetime.fromtimestamp(then, UTC).strftime("%Y-%m-%d %H:%M UTC")


def marked(text: str) -> Markup:
    """What stands between backticks as code; everything is escaped, and a lone backtick stays one."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if odd % 2 else escape(part) for odd, part in enumerate(parts)
    )


def date(number: int) -> str:
    """Of a day counted from 1970."""
    return datetime.fromtimestamp(number * 86400, UTC).strftime("%Y-%m-%d")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FunctionLoader(lambda name: resources.text(f"dashboard/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Callable[..., str]] = {"ago": ago, "moment": moment, "day": day, "date": date, "marked": marked}
    made.filters.update(filters)
    return made
