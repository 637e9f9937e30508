"""dbos, and everything that we know of it: no other file imports it.

What is asked of it is little. It carries attempts to workers (each once, at most so many of an installation at a time),
wakes delayed ones, gives a worker that was killed its attempts back and fires schedules. Which job an attempt belongs
to, and whether it still counts, is for `book.py`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from bot.queue.options import QueueOptions
from bot.queue.states import Attempt
from bot.store.tables import jobs

# Set by its maker's cloud alone; dbos reads it on import, and would then speak to that cloud.
os.environ.pop("DBOS__CLOUD", None)
# With a handler there already, it adds none of its own: what it has to say goes where our own log goes.
logging.getLogger("dbos").addHandler(logging.NullHandler())
logging.getLogger("dbos").setLevel(logging.WARNING)

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, ScheduleInput  # noqa: E402

APPLICATION: Final = "pubflow"
VERSION: Final = "pubflow-jobs-1"
"""Constant over our releases: by default it is a hash of the code, and what waits would be stranded by a new one."""
QUEUE: Final = "pubflow-jobs"
"""Partitioned by installation."""
URGENT: Final = "pubflow-urgent"
"""What people wait for; a queue of its own, so that no number of other jobs stands before it."""
TICKS: Final = "pubflow-ticks"
JOB: Final = "pubflow.job"
TICK: Final = "pubflow.tick"

_CHUNK: Final = 500
_ROUNDS: Final = 40
_OVER: Final = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

Work = Callable[[Attempt], Awaitable[None]]
Tick = Callable[[str, datetime], Awaitable[None]]


def workflow_table(engine: sa.Engine) -> sa.TableClause:
    """The few columns of the engine's own table that we read."""
    schema = "dbos" if engine.dialect.name == "postgresql" else None
    columns = (sa.column("workflow_uuid", sa.Text), sa.column("status", sa.Text), sa.column("executor_id", sa.Text))
    return sa.table("workflow_status", *columns, schema=schema)


@dataclass(frozen=True, slots=True)
class Client:
    """Asks the engine from outside; needs no running worker."""

    engine: sa.Engine
    _client: DBOSClient

    @classmethod
    def open(cls, engine: sa.Engine) -> Client:
        """Create or update the engine's tables, then connect; blocks. Safe with several processes at once."""
        _migrate(engine)
        return cls(engine, _connect(engine))

    def declare(self, options: QueueOptions) -> None:
        """Make the queues, with these limits; workers that run already take them over. Blocks.

        Before a worker is launched: it would look for new queues only once a second.
        """
        self._client.register_queue(
            QUEUE,
            partition_concurrency=options.per_installation,
            worker_concurrency=options.per_worker,
            polling_interval_sec=options.poll,
        )
        self._client.register_queue(URGENT, worker_concurrency=options.per_worker, polling_interval_sec=options.poll)
        self._client.register_queue(TICKS, worker_concurrency=4, polling_interval_sec=max(1.0, options.poll))

    def dispatch(
        self, connection: sa.Connection, attempt: Attempt, *, partition: int | None, rank: int, delay: float | None
    ) -> None:
        """Queue an attempt as part of the caller's transaction; without a partition it is urgent."""
        options = EnqueueOptions(
            workflow_name=JOB, queue_name=URGENT if partition is None else QUEUE, workflow_id=attempt.workflow
        )
        if partition is not None:
            options["queue_partition_key"] = str(partition)
        if rank > 0:  # none at all is the engine's first
            options["priority"] = rank
        if delay is not None:
            options["delay_seconds"] = delay
        self._client.enqueue_in_transaction(connection, options, attempt.job, attempt.number, attempt.lane)

    def abandoned(self, executor: str) -> tuple[list[Attempt], list[str]]:
        """Attempts that a worker had begun (those that still count), and all that the engine thinks it runs."""
        workflows = workflow_table(self.engine)
        held = (workflows.c.status == "PENDING") & (workflows.c.executor_id == executor)
        both = sa.select(jobs).join(workflows, workflows.c.workflow_uuid == jobs.c.workflow)
        with self.engine.connect() as connection:
            names = list(connection.scalars(sa.select(workflows.c.workflow_uuid).where(held)))
            rows = connection.execute(both.where(held, jobs.c.state.in_(["queued", "running"]))).all()
        return [_attempt(row) for row in rows], names

    def stray(self, limit: int) -> list[Attempt]:
        """Attempts that count but that the engine has finished with, or has never heard of."""
        workflows = workflow_table(self.engine)
        both = sa.outerjoin(jobs, workflows, workflows.c.workflow_uuid == jobs.c.workflow)
        over = workflows.c.status.is_(None) | workflows.c.status.in_(_OVER)
        found = sa.select(jobs).select_from(both).where(jobs.c.state.in_(["queued", "running"]), over)
        with self.engine.connect() as connection:
            return [_attempt(row) for row in connection.execute(found.limit(limit))]

    def cancel(self, workflows: Sequence[str]) -> None:
        """Take these attempts from whoever has them; they count against no limit any more."""
        if workflows:
            self._client.cancel_workflows(list(workflows))

    def prune(self, before: float) -> int:
        """Delete records of attempts that ended before a time, a bounded number; how many it were."""
        deleted = 0
        for _ in range(_ROUNDS):
            ended = self._client.list_workflows(
                status=list(_OVER),
                completed_before=datetime.fromtimestamp(before, UTC).isoformat(),
                limit=_CHUNK,
                load_input=False,
                load_output=False,
            )
            if ended:
                self._client.delete_workflows([workflow.workflow_id for workflow in ended])
            deleted += len(ended)
            if len(ended) < _CHUNK:
                break
        return deleted

    def close(self) -> None:
        self._client.destroy()


@dataclass(frozen=True, slots=True)
class Worker:
    """The engine running in this process; there can be one."""

    loop: asyncio.AbstractEventLoop

    @classmethod
    def launch(cls, engine: sa.Engine, executor: str, options: QueueOptions, *, work: Work, tick: Tick) -> Worker:
        """Begin to work, on the running loop. Attempts that this executor held when it died are begun again."""
        global _work, _tick  # the engine is one to a process, and so is what it calls
        _work, _tick = work, tick
        DBOS(
            config={
                "name": APPLICATION,
                "application_version": VERSION,
                "executor_id": executor,
                "system_database_engine": engine,
                "serializer": DBOSPortableJSONSerializer(),
                "max_executor_threads": options.engine_threads,
                "log_level": "WARNING",
                "scheduler_polling_interval_sec": options.schedule_poll,
                # Nothing here listens for notifications; the thread that looks for them is only to end soon when asked.
                "use_listen_notify": False,
                "notification_listener_polling_interval_sec": 0.25,
                "run_migrations": False,
            }
        )
        DBOS.listen_queues([QUEUE, URGENT, TICKS])
        DBOS.launch()
        return cls(asyncio.get_running_loop())

    async def schedule(self, name: str, cron: str) -> None:
        """Call `tick` with this name at these times, once over all processes."""
        entry = ScheduleInput(schedule_name=name, workflow_fn=_tick_workflow, schedule=cron, context=name)
        entry["queue_name"] = TICKS
        await DBOS.apply_schedules_async([entry])

    async def stop(self, grace: float) -> None:
        """Take nothing new; give what runs `grace` seconds, then let go of it."""
        done = asyncio.Event()

        def destroy() -> None:
            DBOS.destroy(workflow_completion_timeout_sec=-int(-grace // 1))
            self.loop.call_soon_threadsafe(done.set)

        logging.getLogger("dbos").addFilter(_not_cut_short)
        # Not in the loop's own threads: those are the engine's, and end with it.
        threading.Thread(target=destroy, name="queue-stop", daemon=True).start()
        await done.wait()
        # The attempts that were let go of end with the loop, and it would say so of each.
        logging.getLogger("dbos").setLevel(logging.ERROR)
        self.loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))


def _not_cut_short(record: logging.LogRecord) -> bool:
    """What begins in the moment in which the engine ends finds its threads gone, and is begun again by the next one."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, RuntimeError) and "after shutdown" in str(error))


@DBOS.workflow(name=JOB, max_recovery_attempts=None)  # the book counts starts: here, other jobs' kills would count too
async def _job_workflow(job: str, number: int, lane: str) -> None:
    await _work(Attempt(job=job, number=number, lane=lane))


@DBOS.workflow(name=TICK)
async def _tick_workflow(at: datetime, name: object) -> None:
    await _tick(str(name), at)


async def _nobody(*_arguments: object) -> None:
    raise RuntimeError("the engine runs, but not for us")


_work: Work = _nobody
_tick: Tick = _nobody


def _migrate(engine: sa.Engine) -> None:
    DBOS.migrate(engine.url.render_as_string(hide_password=False))


def _connect(engine: sa.Engine) -> DBOSClient:
    return DBOSClient(
        system_database_engine=engine,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        retry_connection_errors=False,
        lazy=True,
    )


def _attempt(row: sa.Row[tuple[object, ...]]) -> Attempt:
    return Attempt(job=row.id, number=row.attempt, lane=row.lane)
