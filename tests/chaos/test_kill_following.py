"""Killed while it goes along after a merge: each project arrives, and people are asked once and told once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot import features
from bot.demo.github import Exchange, LocalGitHub
from bot.demo.github.state import Issue
from bot.demo.pypi import GitHubPublisher, IndexedProject, LocalPyPI
from bot.demo.release import Release, release
from bot.jobs import KINDS
from bot.model import RepoId
from bot.queue import Queue
from bot.rollout import State
from bot.store import make_engine
from bot.store.rollouts import Rollouts
from tests.chaos.bots import Bots, environment, free_port
from tests.chaos.test_kill import ONE, World, _retry_set_aside, local

__all__ = ["local"]

WORKFLOW = ".github/workflows/release.yml"
FILES = {
    "pyproject.toml": '[build-system]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "{name}"\n',
    WORKFLOW: (
        "on:\n  release:\n    types: [published]\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v5\n      - run: pipx run build\n"
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n"
        "        with:\n          password: ${{ secrets.PYPI_TOKEN }}\n"
    ),
}
WAY = ("/secrets", "/branches", "/issues", "/environments", "/runs", "/rules", "/comments")
"""What is asked and written on the way, and by nothing else in this story."""


class Reaper:
    """Kills the bot right after GitHub has carried out a request of that way, before the answer arrives."""

    def __init__(self, bots: Bots, rng: random.Random, wanted: int) -> None:
        self.bots, self.rng, self.wanted = bots, rng, wanted
        self.left = rng.randint(1, 4)

    def see(self, exchange: Exchange) -> None:
        if self.bots.kills >= self.wanted or not any(part in exchange.path for part in WAY):
            return
        self.left -= 1
        if self.left <= 0:
            self.left = self.rng.randint(1, 8)
            self.bots.kill(0)


async def _chaos(local: tuple[LocalGitHub, LocalPyPI], home: Path, *, projects: int, kills: int, seed: int) -> None:
    github, pypi = local
    github.create_user("sam")
    github.create_organization("forge")
    port, names = free_port(), [f"p{number}" for number in range(projects)]
    credentials = github.create_app(
        owner="forge", name="pubflow", permissions=features.permissions(), events=features.events()
    )
    home.mkdir()
    bots = Bots(ONE, environment(github, pypi, credentials, home, None, port), home, forked=True)
    engine = make_engine(f"sqlite:///{home / 'pubflow.sqlite3'}")
    queue = Queue(engine, home, kinds=KINDS)
    await queue.open()
    for name in names:
        pypi.add(IndexedProject(name=name, owners=("sam",)))
        files = {path: text.replace("{name}", name) for path, text in FILES.items()}
        github.create_repository(f"forge/{name}", files)
        github.store_secret(f"forge/{name}", "PYPI_TOKEN")
    world, reaper = World(github, credentials.app, queue, bots), Reaper(bots, random.Random(seed), kills)

    def issue(name: str) -> Issue:
        found = github.repository(f"forge/{name}")
        [one] = [each for number, each in found.issues.items() if number not in found.pulls]
        return one

    def states() -> set[State]:
        ids = [RepoId(github.repository(f"forge/{name}").id) for name in names]
        return {one.state for repo_id in ids for one in Rollouts(engine).of(repo_id)}

    async with bots.kept_running():
        github.set_hook(credentials.app, f"http://127.0.0.1:{port}/webhook")
        github.install(credentials.app, "forge")
        await world.settle()
        github.recorder.listeners.append(reaper.see)
        for name in names:
            pypi.register(name, GitHubPublisher(repository=f"forge/{name}", workflow="release.yml", environment="pypi"))
            github.merge_pull(f"forge/{name}", 1, by="sam")
            await release(
                github,
                pypi,
                Release(repository=f"forge/{name}", project=name, version="1.1", workflow=WORKFLOW, environment="pypi"),
                by="sam",
            )
        await world.settle()
        await _retry_set_aside(world)
        assert states() == {State.TOKEN_TO_BE_REVOKED}, f"seed {seed}"
        reaper.wanted += kills
        for name in names:
            github.delete_secret(f"forge/{name}", "PYPI_TOKEN")
            one, tick = issue(name), ("- [ ] <!-- pubflow:revoked", "- [x] <!-- pubflow:revoked")
            github.edit_issue(f"forge/{name}", one.number, (one.body or "").replace(*tick), by="sam")
        await world.settle()
        await _retry_set_aside(world)
    assert states() == {State.DONE}, f"seed {seed}"
    await queue.stop()
    engine.dispose()
    assert bots.kills == 2 * kills
    said = {name: [one.body.partition("\n")[0] for one in issue(name).comments] for name in names}
    once = ["The secrets are gone, so nothing is left to do here."]
    assert said == dict.fromkeys(names, once), f"seed {seed}"
    assert not any(issue(name).open for name in names)


async def test_killed_between_two_requests_of_the_way(local: tuple[LocalGitHub, LocalPyPI], tmp_path: Path) -> None:
    await _chaos(local, tmp_path / "home", projects=1, kills=1, seed=random.randrange(2**32))


@pytest.mark.soak
async def test_killed_on_the_way_again_and_again(local: tuple[LocalGitHub, LocalPyPI], tmp_path: Path) -> None:
    await _chaos(local, tmp_path / "home", projects=20, kills=30, seed=random.randrange(2**32))
