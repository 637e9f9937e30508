"""The bot as `pubflow serve` runs it, beside a GitHub and an index on loopback; every exchange is judged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.demo.github import Installation, LocalGitHub, Pull
from bot.demo.github.state import Comment
from bot.demo.samples import ORGANISATION
from bot.demo.stage import Stage, stage
from bot.messages.checkboxes import Box
from bot.model import RepoId
from bot.store.wishes import WishBook
from tests.judges import Judge
from tests.store.databases import prepare_file

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

    async def say(self, name: str, text: str, *, number: int = 1, by: str | None = None) -> Comment:
        """Somebody comments, and everything that follows happens."""
        made = self.github.comment(f"{ORGANISATION}/{name}", number, text, by=by)
        await self.calm()
        return made

    async def tick(self, name: str, box: Box, *, number: int = 1, by: str | None = None) -> None:
        """Somebody ticks a box in the body of a pull request, or else in one of our comments there."""
        full_name, start = f"{ORGANISATION}/{name}", f"[ ] <!-- pubflow:{box} -->"
        issue = self.github.repository(full_name).issues[number]
        ticked = start.replace("[ ]", "[x]")
        comment = next((one for one in issue.comments if start in one.body), None)
        if start in (issue.body or ""):
            self.github.edit_pull(full_name, number, body=(issue.body or "").replace(start, ticked), by=by)
        else:
            assert comment is not None, f"there is no box {box}"
            self.github.edit_comment(full_name, comment, comment.body.replace(start, ticked), by=by)
        await self.calm()

    def replies(self, name: str, *, number: int = 1) -> list[str]:
        """What we said in a conversation."""
        comments = self.github.repository(f"{ORGANISATION}/{name}").issues[number].comments
        return [comment.body for comment in comments if comment.app is not None]

    def wishes(self, name: str) -> list[tuple[str, str]]:
        """What is wished for: kind and value."""
        found = WishBook(self.stage.engine).of(RepoId(self.github.repository(f"{ORGANISATION}/{name}").id))
        return [(one.wish.value, one.value) for one in found.all]

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
        if not (database := tmp_path / "home" / "pubflow.sqlite3").exists():
            prepare_file(database)
        async with stage(tmp_path / "home", github=local, cast=lambda _: (), settings=settings) as built:
            yield Story(built)

    return begin
