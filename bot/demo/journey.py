"""One repository that goes the whole way, from a stored token to nothing left to do, a failed release included.

People's acts are made here; everything in between is the bot's. Uploads go over HTTP to an index, which in the
demonstration keeps them in a real pypiserver; what a runner would do is done by `bot.demo.release`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.demo.github.state import Issue, Repository
from bot.demo.pypi import GitHubPublisher, IndexedProject
from bot.demo.release import Release, release
from bot.demo.runner import wheel
from bot.demo.samples import ORGANISATION
from bot.demo.stage import PERSON, Stage
from bot.model import RepoId
from bot.rollout import State
from bot.store import in_thread

NAME = "trammel"
PROJECT = "sample-trammel"
_UPLOADED = ("1.0", "1.2")
"""The versions whose uploads come through; the one in between is refused."""
_WORKFLOW = ".github/workflows/release.yml"
_FILES = {
    "pyproject.toml": (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
        f'[project]\nname = "{PROJECT}"\nversion = "1.0"\n'
    ),
    _WORKFLOW: (
        "on:\n  release:\n    types: [published]\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v5\n      - run: pipx run build\n"
        "      - uses: pypa/gh-action-pypi-publish@release/v1\n"
        "        with:\n          password: ${{ secrets.PYPI_TOKEN }}\n"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """What somebody did, what the bot made of it, and how far the project then is."""

    done: str
    answer: str
    state: State | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """All of it. `index` is where pip finds the project in the end, `files` what lies there."""

    legs: tuple[Leg, ...]
    index: str
    files: tuple[str, ...]

    @property
    def arrived(self) -> bool:
        """Claims that nothing is left to do, and that every upload that should have come through did, and no other."""
        wanted = tuple(wheel(PROJECT, version)[0] for version in _UPLOADED)
        return bool(self.legs) and self.legs[-1].state is State.DONE and self.files == wanted


@dataclass(slots=True)
class _Traveller:
    stage: Stage
    say: Callable[[str], None]
    legs: list[Leg]

    @property
    def full_name(self) -> str:
        return f"{ORGANISATION}/{NAME}"

    @property
    def repository(self) -> Repository:
        return self.stage.github.repository(self.full_name)

    @property
    def issue(self) -> Issue:
        """The one that is no pull request."""
        found = self.repository
        return next(issue for number, issue in found.issues.items() if number not in found.pulls)

    async def leg(self, done: str, answer: Callable[[], str]) -> None:
        self.say(f"{self.full_name}: {done}")
        await self.stage.calm()
        known = await in_thread(self.stage.rollouts.of, RepoId(self.repository.id))
        self.legs.append(Leg(done=done, answer=answer(), state=known[0].state if known else None))

    async def publish(self, what: Release) -> None:
        await release(self.stage.github, self.stage.pypi, what, by=PERSON)

    def last_comment(self) -> str:
        """The first line that says something in the newest comment on the pull request."""
        comments = self.repository.issues[1].comments
        lines = [line for line in comments[-1].body.splitlines() if line.startswith("**Why.**")] if comments else []
        return lines[0].removeprefix("**Why.** ") if lines else "nothing was said"


async def travel(stage: Stage, say: Callable[[str], None]) -> Journey:
    """Go the whole way; how it went, leg by leg."""
    at = _Traveller(stage, say, [])
    github, index = stage.github, stage.pypi
    moved = Release(repository=at.full_name, project=PROJECT, version="1.1", workflow=_WORKFLOW, environment="pypi")
    index.add(IndexedProject(name=PROJECT, owners=(PERSON,)))
    token = index.api_token(PROJECT)

    github.create_repository(at.full_name, dict(_FILES), description="goes the whole way", by=PERSON)
    github.store_secret(at.full_name, "PYPI_TOKEN")
    await at.publish(replace(moved, version="1.0", environment="", token=token))
    await at.leg("publishes with a stored token", lambda: f"#1: {at.repository.issues[1].title}")

    github.merge_pull(at.full_name, 1, by=PERSON)
    await at.leg("somebody merges before the publisher is registered", lambda: "waits for a release")

    await at.publish(moved)
    await at.leg("the next release fails", at.last_comment)

    index.register(
        PROJECT, GitHubPublisher(repository=at.full_name, workflow=_WORKFLOW.rsplit("/", 1)[-1], environment="pypi")
    )
    await at.publish(replace(moved, version="1.2"))
    await at.leg("the publisher is registered, and a release goes through", lambda: f"issue: {at.issue.title}")

    index.revoke(token)
    ticked = (at.issue.body or "").replace("- [ ] <!-- pubflow:revoked", "- [x] <!-- pubflow:revoked")
    github.edit_issue(at.full_name, at.issue.number, ticked, by=PERSON)
    await at.leg("the token is revoked, and the box ticked", lambda: "waits for the secret to go")

    github.delete_secret(at.full_name, "PYPI_TOKEN")
    github.edit_issue(at.full_name, at.issue.number, f"{at.issue.body}\n", by=PERSON)
    await at.leg("the secret is deleted", lambda: "the issue is " + ("open" if at.issue.open else "closed"))
    base = index.shelf.url or index.url
    return Journey(
        legs=tuple(at.legs), index=f"{base}/simple/{PROJECT}/", files=tuple(sorted(await index.shelf.listed(PROJECT)))
    )
