"""Logging: one line an event, as text or as JSON, on standard error, with secrets masked in one place.

Rooms log through the standard library or structlog; both end here. Masking works on the finished line, so that no
record, exception or third-party library can go around it.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import Processor

from bot import redaction
from bot.redaction import Redactor, masked
from bot.settings import LogFormat, Settings

_log = logging.getLogger(__name__)


class _Masked(logging.Formatter):
    """Formats through another formatter, then masks the whole line."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return masked(self._inner.format(record))


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to standard error. A record that cannot be formatted is told without what was in it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        # The one of the standard library prints the arguments, past every mask.
        with contextlib.suppress(Exception):
            self.stream.write(f"a log record of {record.name}, line {record.lineno}, could not be written\n")


def configure(settings: Settings) -> Redactor:
    """Send every log line of this process to standard error, masked; returns the mask for other uses."""
    redact = Redactor(settings.secrets())
    redaction.use(redact)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _Handler(sys.stderr)
    handler.setFormatter(_Masked(_formatter(settings.log_format, shared)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("dbos", "aiohttp.access", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    _take_hooks()
    return redact


def _take_hooks() -> None:
    """What Python would print by itself, past the mask, is logged: warnings, and exceptions that nobody caught.

    Whoever has put a hook of their own in place, as a test runner does, keeps it.
    """
    logging.captureWarnings(capture=True)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda it: _uncaught(it.exc_type, it.exc_value, it.exc_traceback)
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = lambda it: _uncaught(it.exc_type, it.exc_value, it.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    _log.critical("an exception that nobody caught", exc_info=(kind, kind() if error is None else error, trace))


def _formatter(style: LogFormat, shared: list[Processor]) -> logging.Formatter:
    last: list[Processor]
    if style is LogFormat.JSON:
        # Both renderers would by default print every local variable of every frame.
        places = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        last = [structlog.processors.ExceptionRenderer(places), structlog.processors.JSONRenderer(sort_keys=True)]
    else:
        colours = sys.stderr.isatty()
        last = [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)]
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, *last])
