"""The book, without an engine: whatever happens in whatever order, its promises hold."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.model import InstallationId, Job
from bot.queue.book import Book, lane_of
from bot.queue.states import Attempt, Ending, Finished, Postponed, SetAside
from bot.store import make_engine, migrate, transaction
from bot.store.tables import jobs

STARTS: Final = 3


@dataclass(slots=True)
class Engine:
    """What the engine was given to carry and has not brought to a worker yet."""

    carried: list[tuple[Attempt, float | None]] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)

    def __call__(
        self,
        connection: sa.Connection,
        attempt: Attempt,
        *,
        partition: int | None,
        rank: int,
        delay: float | None,
    ) -> None:
        assert connection.in_transaction()
        assert partition == 1
        self.carried.append((attempt, delay))
        self.ranks.append(rank)


@dataclass(slots=True)
class Desk:
    """A book on a database of its own, and transactions to use it in."""

    database: sa.Engine
    engine: Engine = field(default_factory=Engine)
    time: float = 1000.0

    @property
    def book(self) -> Book:
        return Book(dispatch=self.engine, clock=lambda: self.time, starts=STARTS)

    def add(self, job: Job) -> str:
        with transaction(self.database) as connection:
            return self.book.add(connection, job)

    def start(self, attempt: Attempt, token: str) -> Job | None:
        with transaction(self.database) as connection:
            started = self.book.start(connection, attempt, token)
        return None if started is None else started.job

    def end(self, attempt: Attempt, token: str, ending: Ending) -> bool:
        with transaction(self.database) as connection:
            return self.book.end(connection, attempt, token, ending)

    def states(self) -> dict[str, str]:
        with self.database.connect() as connection:
            return {row.id: row.state for row in connection.execute(sa.select(jobs.c.id, jobs.c.state))}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = make_engine(f"sqlite:///{tmp_path / 'book.sqlite3'}")
    migrate(database)
    yield Desk(database)
    database.dispose()


def job(kind: str = "scan", key: str = "1", *, repo: int | None = 1, once: bool = False) -> Job:
    return Job(
        kind=kind, key=key, installation=InstallationId(1), args={} if repo is None else {"repo_id": repo}, once=once
    )


DONE: Final = Finished(summary="done")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (job("scan", "1", repo=1), job("settle", "x", repo=1), True),
        (job("scan", "1", repo=1), job("scan", "2", repo=2), False),
        (job("enrol", "1", repo=None), job("enrol", "1", repo=None), True),
        (job("enrol", "1", repo=None), job("forget", "1", repo=None), False),
        (job("enrol", "1", repo=None), job("scan", "1", repo=1), False),
    ],
)
def test_jobs_share_a_lane_when_they_name_the_same_repository(one: Job, other: Job, same: bool) -> None:
    assert (lane_of(one) == lane_of(other)) == same


def test_an_attempt_may_come_twice_and_late(desk: Desk) -> None:
    desk.add(job())
    (attempt, _) = desk.engine.carried.pop()
    assert desk.start(attempt, "a") == job()
    assert desk.start(attempt, "a") == job(), "the commit's answer was lost, so it was asked again"
    assert desk.start(attempt, "b") == job(), "its worker died, and it was brought to another"
    assert not desk.end(attempt, "a", DONE), "the one that was thought dead is heard no more"
    assert desk.end(attempt, "b", DONE)
    assert not desk.end(attempt, "b", DONE)
    assert desk.start(attempt, "c") is None
    assert desk.states() == {"scan:1#1": "done"}


def test_an_attempt_that_was_replaced_does_not_begin(desk: Desk) -> None:
    desk.add(job())
    first, _ = desk.engine.carried.pop()
    with transaction(desk.database) as connection:
        assert desk.book.replace(connection, first, counted=True)
        assert not desk.book.replace(connection, first, counted=True)
    second, _ = desk.engine.carried.pop()
    assert desk.start(first, "a") is None
    assert second.workflow == "scan:1#1~2"
    assert desk.start(second, "b") == job()


def test_one_whose_lane_was_taken_meanwhile_waits_for_its_turn(desk: Desk) -> None:
    desk.add(job("slow"))
    slow, _ = desk.engine.carried.pop()
    desk.start(slow, "a")
    desk.end(slow, "a", Postponed(seconds=60, reason="later", failed=False))
    again, delay = desk.engine.carried.pop()
    assert delay == 60
    desk.add(job("quick"))
    quick, _ = desk.engine.carried.pop()
    assert desk.start(quick, "b") == job("quick")
    assert desk.start(again, "c") is None
    assert desk.engine.carried == []
    desk.end(quick, "b", DONE)
    third, delay = desk.engine.carried.pop()
    assert (third.workflow, delay) == ("slow:1#1~3", None)
    assert desk.start(third, "d") == job("slow")


def test_generations_go_on_after_old_ones_were_pruned(desk: Desk) -> None:
    assert desk.add(job()) == "scan:1#1"
    attempt, _ = desk.engine.carried.pop()
    desk.start(attempt, "a")
    assert desk.add(job()) == "scan:1#2"
    desk.end(attempt, "a", DONE)
    with transaction(desk.database) as connection:
        connection.execute(jobs.delete().where(jobs.c.state == "done"))
    attempt, _ = desk.engine.carried.pop()
    desk.start(attempt, "b")
    assert desk.add(job()) == "scan:1#3"


def test_a_name_worked_once_and_one_worked_again_do_not_meet(desk: Desk) -> None:
    assert desk.add(job(key="1:2", once=True)) == "scan:1:2"
    assert desk.add(job(key="1:2")) == "scan:1:2#1"


class Disorder(RuleBasedStateMachine):
    """Pushes, workers that die, late and doubled attempts, failures, operators."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        database = make_engine(f"sqlite:///{self.folder.name}/book.sqlite3")
        sa.event.listen(database, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        migrate(database)
        self.desk = Desk(database)
        self.running: dict[str, Attempt] = {}
        self.unseen: set[tuple[str, str]] = set()
        self.given_up: set[tuple[str, str]] = set()
        self.tokens = 0

    def teardown(self) -> None:
        self.work_off()
        assert not self.unseen - self.given_up, "an asking was never followed by a run"
        assert set(self.desk.states().values()) <= {"done", "failed", "dropped"}
        self.desk.database.dispose()
        self.folder.cleanup()

    def work_off(self) -> None:
        """From now on nothing goes wrong."""
        for token, attempt in list(self.running.items()):
            self.close(token, attempt, DONE)
        while self.desk.engine.carried:
            self.bring(0, twice=False)
            for token, attempt in list(self.running.items()):
                self.close(token, attempt, DONE)

    def close(self, token: str, attempt: Attempt, ending: Ending) -> None:
        del self.running[token]
        counted = self.desk.end(attempt, token, ending)
        if counted and isinstance(ending, SetAside):
            self.given_up.add(name_of(attempt))
        if counted and isinstance(ending, Postponed):
            self.unseen.add(name_of(attempt))

    def bring(self, which: int, *, twice: bool) -> None:
        carried = self.desk.engine.carried
        attempt, _ = carried[which % len(carried)]
        if not twice:
            carried.pop(which % len(carried))
        self.tokens += 1
        started = self.desk.start(attempt, f"t{self.tokens}")
        if started is not None:
            self.running[f"t{self.tokens}"] = attempt
            self.unseen.discard((started.kind, started.key))
        elif self.desk.states()[attempt.job] == "failed":
            self.given_up.add(name_of(attempt))

    @rule(kind=st.sampled_from(["scan", "answer"]), repo=st.integers(1, 2))
    def push(self, kind: str, repo: int) -> None:
        self.desk.time += 1
        self.desk.add(job(kind, str(repo), repo=repo))
        self.unseen.add((kind, str(repo)))
        self.given_up.discard((kind, str(repo)))

    @precondition(lambda self: self.desk.engine.carried)
    @rule(which=st.integers(0, 9), twice=st.booleans())
    def a_worker_gets_an_attempt(self, which: int, twice: bool) -> None:
        self.bring(which, twice=twice)

    @precondition(lambda self: self.running)
    @rule(
        which=st.integers(0, 9),
        ending=st.sampled_from(
            [
                DONE,
                SetAside(error="bad"),
                Postponed(seconds=0, reason="again", failed=True),
                Postponed(seconds=60, reason="later", failed=False),
            ]
        ),
    )
    def a_job_ends(self, which: int, ending: Ending) -> None:
        token = list(self.running)[which % len(self.running)]
        self.close(token, self.running[token], ending)

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9), counted=st.booleans())
    def a_worker_is_declared_dead(self, which: int, counted: bool) -> None:
        token = list(self.running)[which % len(self.running)]
        with transaction(self.desk.database) as connection:
            if self.desk.book.replace(connection, self.running[token], counted=counted):
                self.unseen.add(name_of(self.running[token]))

    @rule(which=st.integers(0, 9), retry=st.booleans())
    def an_operator_meddles(self, which: int, retry: bool) -> None:
        states = self.desk.states()
        if not states:
            return
        name = sorted(states)[which % len(states)]
        with transaction(self.desk.database) as connection:
            done = self.desk.book.retry(connection, name) if retry else self.desk.book.drop(connection, name)
        kind, _, rest = name.partition(":")
        if done and not retry:
            self.given_up.add((kind, rest.partition("#")[0]))

    @invariant()
    def at_most_one_of_a_lane_runs_and_one_of_a_name_waits(self) -> None:
        with self.desk.database.connect() as connection:
            rows = connection.execute(sa.select(jobs)).all()
        running = Counter(row.lane for row in rows if row.state == "running")
        waiting = Counter((row.kind, row.key) for row in rows if row.state in {"waiting", "queued"})
        assert all(count == 1 for count in [*running.values(), *waiting.values()])
        lanes = {row.lane for row in rows if row.state == "waiting"}
        assert lanes <= {row.lane for row in rows if row.state in {"queued", "running"}}, "nobody would move them on"
        assert all(row.starts <= STARTS for row in rows)


def name_of(attempt: Attempt) -> tuple[str, str]:
    kind, _, rest = attempt.job.partition(":")
    return kind, rest.partition("#")[0]


TestDisorder = Disorder.TestCase
TestDisorder.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
