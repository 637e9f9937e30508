"""The bot as `pubflow serve` runs it, beside a GitHub and an index on loopback; every exchange is judged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.demo.github import Installation, LocalGitHub, Pull
from bot.demo.samples import ORGANISATION
from bot.demo.stage import Stage, stage
from bot.model import RepoId
from tests.judges import Judge

PACKAGE = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "1.0.0"
"""


class Story:
    """A stage, and the words that stories use; repositories are named without their owner."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.github = stage.github
        self.queue = stage.queue

    def package(self, name: str, files: dict[str, str] | None = None, **how: object) -> None:
        """A repository that holds a package of its own name."""
        everything = {"pyproject.toml": PACKAGE.format(name=name)} | (files or {})
        self.github.create_repository(f"{ORGANISATION}/{name}", everything, **how)  # type: ignore[arg-type]

    def push(self, name: str, files: dict[str, str | None], **how: object) -> None:
        self.github.push(f"{ORGANISATION}/{name}", files, **how)  # type: ignore[arg-type]

    async def install(self, **how: object) -> Installation:
        made = self.github.install(self.stage.credentials.app, ORGANISATION, **how)  # type: ignore[arg-type]
        await self.calm()
        return made

    async def calm(self) -> None:
        await self.stage.calm()

    def pulls(self, name: str) -> list[Pull]:
        return list(self.github.repository(f"{ORGANISATION}/{name}").pulls.values())

    def outcome(self, name: str) -> str:
        repository = self.github.repository(f"{ORGANISATION}/{name}")
        seen = self.stage.repositories.get(RepoId(repository.id))
        return (seen.outcome if seen is not None else None) or ""

    async def hurry(self) -> None:
        """Everything that waits for its time is tried at once."""
        for job in await self.queue.jobs():
            await self.queue.retry(job.id)
        await self.calm()

    async def redeliver_everything(self) -> None:
        for delivery in self.github.deliveries():
            self.github.redeliver(delivery)
        await self.calm()


Telling = Callable[..., AbstractAsyncContextManager[Story]]


@pytest.fixture
def tell(tmp_path: Path, judge: Judge) -> Telling:
    """`async with tell(**settings) as story:` starts everything, the App registered and not installed."""

    @asynccontextmanager
    async def begin(github: LocalGitHub | None = None, **settings: object) -> AsyncIterator[Story]:
        local = github or LocalGitHub()
        judge.watch(local)
        async with stage(tmp_path / "home", github=local, cast=lambda _: (), settings=settings) as built:
            yield Story(built)

    return begin
