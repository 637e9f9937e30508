"""A sweep: in how many requests it sees what changed, what it leaves alone, and that killing it loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import app, features
from bot.demo.github import Exchange, Installation, LocalGitHub, Repository
from bot.demo.github.faults import on, server_error
from bot.demo.pypi import LocalPyPI
from bot.errors import Unavailable
from bot.events.payload import scan_job, sweep_job
from bot.jobs import Services
from bot.jobs.enrol import enrol
from bot.jobs.scan import carry_out, consider, scan
from bot.jobs.sweep import FULL_EVERY, sweep
from bot.jobs.sweep_all import all_job, sweep_all
from bot.model import Done, InstallationId, Job, Later, NodeId, RepoId, RepoRef
from bot.settings import Settings
from bot.store.sweeps import Sweep
from tests.judges import Judge
from tests.store.databases import prepare_file

PACKAGE = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "{name}"\n'
TESTED = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n"
DAY = 86400.0


@dataclass(slots=True)
class Time:
    now: float = 1_800_000_000.0

    def clock(self) -> float:
        return self.now


@dataclass(slots=True)
class Organisation:
    github: LocalGitHub
    services: Services
    installed: Installation
    time: Time

    @property
    def installation(self) -> InstallationId:
        return InstallationId(self.installed.id)

    def create(self, *names: str, files: dict[str, str] | None = None, **how: object) -> None:
        for name in names:
            self.github.create_repository(f"acme/{name}", files or {"Makefile": f"# {name}\n"}, **how)  # type: ignore[arg-type]

    def push(self, name: str, files: dict[str, str | None]) -> None:
        self.github.push(f"acme/{name}", files)

    async def sweep(self, *, full: bool = False) -> list[Exchange]:
        """To its end, an hour later; what was asked of GitHub, tokens left out."""
        self.time.now += 2 * 3600
        if full:
            self.services.sweeps.want_full(self.installation, self.time.now - 1)
        seen = len(self.github.recorder.exchanges)
        job = sweep_job(self.installation, self.time.now)
        while not isinstance(await sweep(job, self.services), Done):
            self.time.now += 1
        asked = list(self.github.recorder.exchanges)[seen:]
        return [one for one in asked if not one.path.endswith("/access_tokens")]

    async def queued(self) -> dict[str, list[str]]:
        """Repositories, or numbers, for which a job waits, by kind."""
        found: dict[str, list[str]] = {}
        for job in await self.services.queue.jobs():
            found.setdefault(job.kind, []).append((job.about or job.key).removeprefix("acme/"))
        return found

    def last(self) -> Sweep:
        found = self.services.sweeps.get(self.installation)
        assert found is not None
        return found

    def status(self, name: str) -> str | None:
        seen = self.services.repositories.get(RepoId(self.github.repository(f"acme/{name}").id))
        return None if seen is None else seen.status


def ref_of(repository: Repository) -> RepoRef:
    return RepoRef(
        id=RepoId(repository.id), node_id=NodeId(repository.node_id), owner="acme", name=repository.full_name[5:]
    )


@asynccontextmanager
async def organisation(
    home: Path, judge: Judge, *, limits: dict[str, int] | None = None, **install: object
) -> AsyncIterator[Organisation]:
    time = Time()
    async with LocalGitHub(clock=time.clock) as github, LocalPyPI() as pypi:
        judge.watch(github)
        github.create_user("alice")
        github.create_organization("acme")
        keys = github.create_app(
            owner="acme", name="pubflow", permissions=features.permissions(), events=features.events()
        )
        settings = Settings.of(
            app_id=str(keys.app.id),
            private_key=keys.private_key,
            github_api_url=github.url,
            github_web_url=github.web_url,
            pypi_url=pypi.url,
            pubflow_home=home,
            **(limits or {}),
        )
        prepare_file(home / "pubflow.sqlite3")
        async with app.services(settings, clock=time.clock) as services:
            installed = github.install(keys.app, "acme", **install)  # type: ignore[arg-type]
            yield Organisation(github, services, installed, time)


@pytest.fixture
async def acme(tmp_path: Path, judge: Judge) -> AsyncIterator[Organisation]:
    async with organisation(tmp_path, judge) as made:
        yield made


# ---------------------------------------------------------------- in how many requests


async def test_budgets_of_three_hundred_repositories(acme: Organisation) -> None:
    """A thirtieth of what 10,000 may take: 500 for the first scan, 110 unchanged, 120 with one in a hundred changed."""
    acme.create(
        *(f"r{number}" for number in range(300)), files={"Makefile": "all:\n", ".github/workflows/t.yml": TESTED}
    )
    first = await acme.sweep()
    assert len(first) <= 16  # one of them for the account's own configuration
    assert acme.last().listed == acme.last().read == acme.last().total == 300
    unchanged = await acme.sweep(full=True)
    assert len(unchanged) <= 4
    for number in (7, 107, 207):
        acme.push(f"r{number}", {"pyproject.toml": PACKAGE.format(name="x")})
    changed = await acme.sweep(full=True)
    assert len(changed) <= 7
    assert (await acme.queued())["scan"] == ["r7", "r107", "r207"]


async def test_a_quiet_night_takes_two_requests(acme: Organisation) -> None:
    acme.create(*(f"r{number}" for number in range(120)))
    await acme.sweep()
    acme.time.now += DAY
    assert [one.path for one in await acme.sweep()] == [f"/app/installations/{acme.installation}", "/graphql"]
    assert not acme.last().full


async def test_pushes_that_touch_nothing_of_ours_read_no_text(acme: Organisation) -> None:
    acme.create("one", "two", "three")
    await acme.sweep()
    acme.push("one", {"src/code.py": "pass\n"})
    asked = await acme.sweep()
    asked = [one for one in asked[1:] if b"query Shared" not in one.request]  # the account's own configuration
    assert [b"Many" in one.request for one in asked] == [False, True]
    assert acme.last().read == 0
    assert len(await acme.sweep()) == 2
    assert await acme.queued() == {}


async def test_everything_is_looked_at_again_after_a_week(acme: Organisation) -> None:
    acme.create("one")
    await acme.sweep()
    await acme.sweep()
    assert not acme.last().full
    acme.time.now += FULL_EVERY
    await acme.sweep()
    assert acme.last().full


async def test_chosen_repositories_are_all_looked_at_and_no_others(tmp_path: Path, judge: Judge) -> None:
    async with organisation(tmp_path, judge, repositories=[]) as acme:
        acme.create("mine", "theirs")
        acme.installed.selected = {acme.github.repository("acme/mine").id}
        await acme.sweep()
        assert acme.last().full
        assert acme.last().listed == 1
        assert acme.status("mine") == "not-a-package"
        assert acme.status("theirs") is None


# ---------------------------------------------------------------- what it sees


@pytest.mark.parametrize("full", [True, False])
async def test_a_package_whose_push_was_lost_is_scanned(acme: Organisation, full: bool) -> None:
    acme.create("one", "two")
    await acme.sweep()
    acme.push("two", {"pyproject.toml": PACKAGE.format(name="two")})
    await acme.sweep(full=full)
    assert await acme.queued() == {"scan": ["two"]}


async def test_what_asks_for_nothing_to_be_written_is_decided_at_once(acme: Organisation) -> None:
    acme.create("one", files={".github/workflows/t.yml": TESTED})
    await acme.sweep()
    assert acme.status("one") == "not-a-package"
    acme.push("one", {"pyproject.toml": PACKAGE.format(name="one") + 'classifiers = ["Private :: Do Not Upload"]\n'})
    await acme.sweep()
    assert acme.status("one") == "private"
    assert await acme.queued() == {}


async def test_a_file_that_the_last_plan_was_made_from_is_watched(acme: Organisation) -> None:
    release = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ./ship.sh\n"
    acme.create("one", files={".github/workflows/r.yml": release, "ship.sh": "twine upload dist/*\n"})
    await acme.sweep()
    assert acme.status("one") == "indirect"
    acme.push("one", {"ship.sh": "true\n"})
    await acme.sweep()
    assert acme.last().read == 1
    assert acme.status("one") != "indirect"


async def test_a_pull_request_whose_closing_was_lost_is_settled(acme: Organisation) -> None:
    acme.create("one")
    acme.github.push("acme/one", {"a": "b"}, branch="pubflow/actions")
    pull = acme.github.open_pull("acme/one", head="pubflow/actions", title="Ours", by="alice")
    pull.issue.user = acme.installed.app.bot
    repo_id = acme.github.repository("acme/one").id
    acme.services.ledger.opened("acme", repo_id, "pubflow/actions", "d", pull.number, acme.time.now)
    await acme.sweep()
    assert "settle" not in await acme.queued()
    acme.github.close_pull("acme/one", pull.number)
    await acme.sweep(full=True)
    await acme.sweep(full=True)
    assert len((await acme.queued())["settle"]) == 1


async def test_those_for_which_there_is_no_place_yet_are_not_read_to_find_that_out(acme: Organisation) -> None:
    for number in range(12):
        acme.create(f"p{number}", files={"pyproject.toml": PACKAGE.format(name=f"p{number}")})
    await acme.sweep()
    assert len((await acme.queued())["scan"]) == 12
    waiting = [one for one in acme.services.repositories.listed() if (one.outcome or "").startswith("waiting: ")]
    assert [one.status for one in waiting] == ["missing"] * 2
    seen = len(acme.github.recorder.exchanges)
    ref = acme.services.sightings.known([waiting[0].repo_id])[waiting[0].repo_id].ref
    assert isinstance(await scan(scan_job(acme.installation, ref), acme.services), Later)
    assert len(acme.github.recorder.exchanges) == seen


async def test_at_a_tight_pace_each_is_read_once_more_and_opened(tmp_path: Path, judge: Judge) -> None:
    """Two pull requests a minute at five writes each: whoever must wait for that asks GitHub for nothing meanwhile."""
    limits = {"pulls_per_hour": 6, "writes_per_minute": 10, "writes_per_hour": 500}
    async with organisation(tmp_path, judge, limits=limits) as acme:
        for number in range(8):
            acme.create(f"p{number}", files={"pyproject.toml": PACKAGE.format(name=f"p{number}")})
        await acme.sweep()
        began, seen = acme.time.now, len(acme.github.recorder.exchanges)
        repositories = [acme.github.repository(f"acme/p{number}") for number in range(8)]
        refs = {ref.id: ref for ref in map(ref_of, repositories)}
        waiting = dict.fromkeys(refs, began)
        while waiting:
            turn = min(waiting, key=waiting.__getitem__)
            acme.time.now = max(acme.time.now, waiting.pop(turn))
            outcome = await scan(scan_job(acme.installation, refs[turn]), acme.services)
            if isinstance(outcome, Later):
                waiting[turn] = acme.time.now + outcome.seconds
        asked = list(acme.github.recorder.exchanges)[seen:]
        assert [len(one.pulls) for one in repositories] == [1] * 8
        requests = [one for one in asked if not one.path.endswith("/access_tokens")]
        # Each is read once more, and one request looks whether its environment is there.
        assert len(requests) == 8 * (3 + 5 + 1) + 1  # an hour later the account's own configuration is looked at again
        assert 3600 <= acme.time.now - began <= 3600 + 2 * 60


async def test_archiving_that_was_not_told_is_seen(acme: Organisation) -> None:
    acme.create("one")
    await acme.sweep()
    acme.github.repository("acme/one").archived = True
    await acme.sweep(full=True)
    seen = acme.services.repositories.get(RepoId(acme.github.repository("acme/one").id))
    assert seen is not None
    assert seen.outcome == "nothing proposed: archived"


async def test_what_github_no_longer_lists_is_forgotten(acme: Organisation) -> None:
    acme.create("one", "two")
    await acme.sweep()
    gone = acme.github.repository("acme/two").id
    acme.github.site.events.muted = True
    acme.github.delete_repository("acme/two")
    await acme.sweep(full=True)
    (job,) = await acme.services.queue.jobs()
    assert job.kind == "forget"
    assert acme.services.sightings.unlisted(acme.installation, acme.last().round) == [gone]


async def test_new_permissions_make_everything_be_read_again(acme: Organisation) -> None:
    acme.create("one", "two")
    await acme.sweep()
    await enrol(Job(kind="enrol", key="1", installation=acme.installation), acme.services)
    await acme.sweep()
    assert acme.last().full
    assert acme.last().read == 2


async def test_deep_folders_that_a_text_names_are_read_alone(acme: Organisation) -> None:
    deep = "a/b/c/d/e/f/g/ship.sh"
    release = f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: bash {deep}\n"
    acme.create("one", files={".github/workflows/r.yml": release, deep: "twine upload dist/*\n"})
    acme.create("two", files={"z/b/c/d/e/f/g/other.sh": "true\n", "Makefile": "all:\n"})
    await acme.sweep()
    assert await acme.queued() == {"scan": ["one"]}
    assert acme.status("two") == "not-a-package"


# ---------------------------------------------------------------- what goes wrong


async def test_killed_at_any_request_it_goes_on_where_it_was(acme: Organisation) -> None:
    acme.create(*(f"r{number}" for number in range(130)))
    acme.time.now += 7200
    job, kills = sweep_job(acme.installation, acme.time.now), 0

    async def once(after: int) -> bool:
        """Whether it came to an end of its own before so many requests."""
        task = asyncio.ensure_future(sweep(job, acme.services))
        left = [after]

        def see(_: Exchange) -> None:
            left[0] -= 1
            if left[0] == 0:
                task.cancel()

        acme.github.recorder.listeners.append(see)
        await asyncio.wait({task})
        acme.github.recorder.listeners.remove(see)
        return not task.cancelled() and isinstance(task.result(), Done)

    while not await once(after=3):
        kills += 1
        assert kills < 30
    assert kills > 1
    assert acme.last().listed <= acme.last().total * 2
    assert all(acme.status(f"r{number}") == "not-a-package" for number in range(130))
    assert acme.services.sightings.count_due(acme.installation) == 0


async def test_a_page_that_is_too_much_is_halved_and_grows_again(acme: Organisation) -> None:
    acme.create(*(f"r{number}" for number in range(90)))
    heavy = lambda asked: b'"first": 100' in asked.body or b'"first":100' in asked.body  # noqa: E731
    acme.github.faults.add(server_error(502), heavy)
    asked = await acme.sweep()
    assert sum(one.scripted for one in asked) == 1
    assert acme.last().listed == 90
    assert acme.last().page == 77


async def test_a_reading_that_is_too_much_is_halved(acme: Organisation) -> None:
    acme.create(*(f"r{number}" for number in range(60)))
    acme.github.faults.add(server_error(504), lambda asked: b"query Many(" in asked.body, times=2)
    await acme.sweep()
    assert acme.last().read == 60
    assert await acme.queued() == {}


async def test_one_that_nothing_helps_is_left_to_its_own_scan(acme: Organisation) -> None:
    acme.create("one", "two")
    bad = acme.github.repository("acme/one").node_id.encode()
    acme.github.faults.add(server_error(502), lambda asked: b"query Many(" in asked.body and bad in asked.body, times=9)
    await acme.sweep()
    assert await acme.queued() == {"scan": ["one"]}
    assert acme.status("two") == "not-a-package"


async def test_one_that_ends_the_process_ends_its_own_scan(acme: Organisation) -> None:
    acme.create("one", "two")
    await acme.sweep()
    acme.push("one", {"Makefile": "new:\n"})
    acme.time.now += 7200
    for _ in range(2):
        await _killed_when(acme, b"query Many(")
    await acme.sweep()
    assert await acme.queued() == {"scan": ["one"]}


async def _killed_when(acme: Organisation, asked: bytes) -> None:
    """Begin a sweep, and end it at once when it asks this."""
    task = asyncio.ensure_future(sweep(sweep_job(acme.installation, acme.time.now), acme.services))

    def see(one: Exchange) -> None:
        if asked in one.request:
            task.cancel()

    acme.github.recorder.listeners.append(see)
    await asyncio.wait({task})
    acme.github.recorder.listeners.remove(see)
    assert task.cancelled()


async def test_a_github_that_is_away_fails_the_job_and_loses_nothing(acme: Organisation) -> None:
    acme.create("one")
    acme.github.faults.add(server_error(502), on("POST", "/graphql"), times=7)
    with pytest.raises(Unavailable):
        await acme.sweep()
    await acme.sweep()
    assert acme.status("one") == "not-a-package"


async def test_what_was_decided_at_a_glance_is_never_written(acme: Organisation) -> None:
    """A plan that a sweep made has no body; should it come to be carried out after all, it is decided again."""
    acme.create("one", files={"pyproject.toml": PACKAGE.format(name="one"), ".github/workflows/t.yml": TESTED})
    ref = ref_of(acme.github.repository("acme/one"))
    snapshot = await acme.services.github.read(acme.installation, ref)
    decision = await consider(acme.installation, snapshot, acme.services)
    assert [plan.body for plan in decision.plans] == [""]
    worked = await carry_out(acme.installation, snapshot, decision, acme.services)
    assert isinstance(worked.outcome, Later)
    assert not acme.github.repository("acme/one").pulls


async def test_asked_for_twice_it_is_done_once(acme: Organisation) -> None:
    acme.create("one")
    await acme.sweep()
    job = sweep_job(acme.installation, acme.last().started_at)
    seen = len(acme.github.recorder.exchanges)
    assert await sweep(job, acme.services) == Done(summary="swept since this was asked for")
    assert len(acme.github.recorder.exchanges) == seen


@pytest.mark.parametrize("what", ["suspended", "gone", "not served"])
async def test_installations_that_are_not_ours_to_sweep(acme: Organisation, what: str, tmp_path: Path) -> None:
    acme.create("one")
    if what == "suspended":
        acme.github.suspend(acme.installed)
    elif what == "gone":
        acme.github.uninstall(acme.installed)
    else:
        acme.services.allowed._names = frozenset({"others"})
    end = await sweep(sweep_job(acme.installation, acme.time.now), acme.services)
    assert isinstance(end, Done)
    assert what.rsplit(maxsplit=1)[-1] in end.summary or "not among" in end.summary
    assert acme.services.sweeps.get(acme.installation) is None


async def test_every_installation_is_asked_for_a_sweep(acme: Organisation) -> None:
    acme.create("one")
    assert await sweep_all(all_job(full=True), acme.services) == Done(summary="1 installations to be swept")
    assert await sweep_all(all_job(full=True), acme.services) == Done(summary="1 installations to be swept")
    assert await acme.queued() == {"sweep": [str(acme.installation)]}
