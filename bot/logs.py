"""Logging: one line an event, as text or as JSON, on standard error, with secrets masked in one place.

Rooms log through the standard library or structlog; both end here. Masking works on the finished line, so that no
record, exception or third-party library can go around it.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import Processor

from bot.settings import LogFormat, Settings

MASK = "***"
_SECRET_SHAPES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\bgh[a-z]_[A-Za-z0-9._-]{8,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{8,}"
    r"|\bpypi-[A-Za-z0-9_-]{16,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9._-]+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",
    re.DOTALL,
)
_SHORTEST = 6
"""A configured secret shorter than this would mask ordinary words."""


class Redactor:
    """Masks what looks like a secret, and the very secrets of this site."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        masked = _SECRET_SHAPES.sub(MASK, text)
        return masked if self._known is None else self._known.sub(MASK, masked)

    @classmethod
    def of(cls, settings: Settings) -> Redactor:
        """A redactor that knows every secret of `settings`."""
        values = (getattr(settings, name) for name in type(settings).model_fields)
        return cls(value.get_secret_value() for value in values if hasattr(value, "get_secret_value"))


class _Masked(logging.Formatter):
    """Formats through another formatter, then masks the whole line."""

    def __init__(self, inner: logging.Formatter, redact: Redactor) -> None:
        super().__init__()
        self._inner = inner
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(self._inner.format(record))


def configure(settings: Settings) -> Redactor:
    """Send every log line of this process to standard error, masked; returns the mask for other uses."""
    redact = Redactor.of(settings)
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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Masked(_formatter(settings.log_format, shared), redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("dbos", "aiohttp.access", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return redact


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
