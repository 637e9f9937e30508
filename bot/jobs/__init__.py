"""The jobs: one file each, one line each in `JOBS`. A job reads, lets the core decide, writes, and may be run again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot.jobs import (
    actions,
    answer,
    conclude,
    diagnose,
    enrol,
    follow,
    follow_all,
    forget,
    guard,
    hear,
    notice,
    preview,
    redeliver,
    relocate,
    scan,
    settle,
    summarise,
    sweep,
    sweep_all,
)
from bot.jobs.services import Allowed, Services
from bot.model import Job, Outcome
from bot.queue import Kinds

__all__ = ["JOBS", "KINDS", "SCHEDULE", "Allowed", "Services"]

JOBS: Mapping[str, Callable[[Job, Services], Awaitable[Outcome]]] = MappingProxyType(
    {
        scan.KIND: scan.scan,
        enrol.KIND: enrol.enrol,
        forget.KIND: forget.forget,
        settle.KIND: settle.settle,
        preview.KIND: preview.preview,
        hear.KIND: hear.hear,
        answer.KIND: answer.answer,
        conclude.KIND: conclude.conclude,
        redeliver.KIND: redeliver.redeliver,
        follow.KIND: follow.follow,
        follow_all.KIND: follow_all.follow_all,
        notice.KIND: notice.notice,
        guard.KIND: guard.guard,
        diagnose.KIND: diagnose.diagnose,
        relocate.KIND: relocate.relocate,
        sweep.KIND: sweep.sweep,
        sweep_all.KIND: sweep_all.sweep_all,
        summarise.KIND: summarise.summarise,
        actions.KIND: actions.look_again,
    }
)

SCHEDULE: Mapping[str, tuple[str, Job]] = MappingProxyType(
    {
        "redeliver": (redeliver.OFTEN, redeliver.redeliver_job()),
        "sweep": (sweep_all.NIGHTLY, sweep_all.all_job()),
        "actions": (actions.DAILY, actions.all_job()),
        "follow": (follow_all.DAILY, follow_all.all_job()),
    }
)
"""Name, time (cron, UTC) and job of what is done again and again."""

KINDS = Kinds(urgent=frozenset({hear.KIND, answer.KIND, conclude.KIND}), aftermath=conclude.aftermath)
"""People wait for these, and for an end of each."""
