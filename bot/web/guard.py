"""What holds for every response: no details of a failure to the outside, strict headers, no name of the server."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from traceback import extract_tb

from aiohttp import web

log = logging.getLogger(__name__)

NOTHING = 204
"""What most deliveries get: a status without a body has nothing that the headers could protect."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(handler: Handler) -> Handler:
    """Turns an unexpected error into a bare 500 and logs its type and place: its text may hold secrets.

    Around each handler instead of a middleware: those cost a tenth of what a delivery that is not for us may cost.
    """

    @wraps(handler)
    async def guarding(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception as error:  # noqa: BLE001 - the outermost handler of every request
            return failed(request, error)

    return guarding


def failed(request: web.Request, error: Exception) -> web.Response:
    log.error("%.100r answered 500: %s", request.path, place(error))
    return web.Response(status=500, text="something went wrong here\n")


async def strict(_request: web.Request, response: web.StreamResponse) -> None:
    """Signal `on_response_prepare`: the last that touches the headers; what a page says for itself stays."""
    headers = response.headers
    headers.pop("Server", None)
    if response.status != NOTHING:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)


def place(error: BaseException) -> str:
    """`ValueError at webhook.py:71`: where the innermost frame stands, and nothing of the error's text."""
    frames = extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} at {last.filename.rpartition('/')[2]}:{last.lineno}"


class Unparsed(logging.Filter):
    """aiohttp logs requests that are no HTTP with a traceback that quotes them; we keep the kind of error alone."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.msg, record.args, record.exc_info = "a connection failed: %s", (place(error),), None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


http_log = logging.getLogger(f"{__name__}.http")
http_log.addFilter(Unparsed())
