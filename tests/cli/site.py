"""A GitHub and an index on loopback, and the variables with which a command in a process of its own finds them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import features
from bot.demo.github import Credentials, LocalGitHub
from bot.demo.pypi import LocalPyPI
from tests.chaos.bots import free_port
from tests.cli.running import Ended, beside, forked
from tests.judges import Judge

ORGANISATION = "octo-forge"
PACKAGE = '[build-system]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "{name}"\n'


@dataclass(slots=True)
class Site:
    """`run` starts a command in `folder` with `variables`; both may be changed."""

    github: LocalGitHub
    credentials: Credentials
    folder: Path
    variables: dict[str, str]

    def package(self, name: str, **how: object) -> None:
        files = {"pyproject.toml": PACKAGE.format(name=name)}
        self.github.create_repository(f"{ORGANISATION}/{name}", files, **how)  # type: ignore[arg-type]

    async def run(self, *words: str, change: Mapping[str, str] | None = None, whole: bool = False) -> Ended:
        """With `change` over the site's variables; an empty one counts as not set.

        `whole`: with a start of its own, its imports included, as users have it.
        """
        given = self.variables | dict(change or {})
        if whole:
            return await asyncio.to_thread(beside, self.folder, *words, **given)
        return await forked(self.folder, *words, **given)


@asynccontextmanager
async def site(folder: Path, judge: Judge, *, permissions: dict[str, str] | None = None) -> AsyncIterator[Site]:
    """An App of `ORGANISATION`, registered and installed nowhere."""
    async with LocalPyPI() as pypi, LocalGitHub() as github:
        judge.watch(github)
        github.create_user("sam")
        github.create_organization(ORGANISATION)
        asked = dict(features.permissions()) if permissions is None else permissions
        credentials = github.create_app(owner=ORGANISATION, name="pubflow", permissions=asked, events=features.events())
        variables = {
            "APP_ID": str(credentials.app.id),
            "PRIVATE_KEY": credentials.private_key.replace("\n", "\\n"),
            "WEBHOOK_SECRET": credentials.webhook_secret,
            "GITHUB_API_URL": github.url,
            "GITHUB_WEB_URL": github.web_url,
            "PYPI_URL": pypi.url,
            "PUBFLOW_HOME": str(folder / "home"),
            "PORT": str(free_port()),
        }
        yield Site(github, credentials, folder, variables)
