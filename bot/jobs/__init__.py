"""The jobs: one file each, one line each in `JOBS`. A job reads, lets the core decide, writes, and may be run again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot.jobs import enrol, forget, scan, settle
from bot.jobs.services import Allowed, Services
from bot.model import Job, Outcome

__all__ = ["JOBS", "Allowed", "Services"]

JOBS: Mapping[str, Callable[[Job, Services], Awaitable[Outcome]]] = MappingProxyType(
    {
        scan.KIND: scan.scan,
        enrol.KIND: enrol.enrol,
        forget.KIND: forget.forget,
        settle.KIND: settle.settle,
    }
)
