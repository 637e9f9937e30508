"""`pubflow scan`: what `check` says, for one repository or a whole account, through GitHub's API."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsFormat, Format, Quiet, Verbose

if TYPE_CHECKING:
    from bot.jobs import Services
    from bot.model import InstallationId, RepoRef
    from bot.plan import Decision
    from bot.settings import Settings


def scan(
    target: Annotated[str, typer.Argument(metavar="OWNER[/REPO]", help="An account, or one of its repositories.")],
    open_pulls: Annotated[bool, typer.Option("--open", help="Open the pull requests.")] = False,
    as_format: AsFormat = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Say how repositories on GitHub are published.

    With --open it also opens the pull requests that say what could be better. Signs in as the App, or with
    GITHUB_TOKEN where there is no App. Ends with 0 if there is nothing to do, 1 if something was found, 2 if it
    cannot tell.
    """
    from bot import logs
    from bot.cli.running import run
    from bot.settings import Settings

    settings = Settings.load()
    logs.configure(settings.model_copy(update={"log_level": "INFO" if verbose else "WARNING"}))
    owner, _, name = target.partition("/")
    telling = _Telling(as_format, quiet=quiet, verbose=verbose, many=not name)
    raise typer.Exit(run(_scan(settings, owner, name or None, telling, open_pulls=open_pulls)))


class _Telling:
    """Prints each answer as it comes; JSON of many repositories is one object at the end."""

    def __init__(self, as_format: Format, *, quiet: bool, verbose: bool, many: bool) -> None:
        self._format = as_format
        self._quiet = quiet
        self._verbose = verbose
        self._many = many
        self._objects: list[object] = []

    def decision(self, decision: Decision, url: str, outcome: str | None) -> None:
        from bot import report
        from bot.cli import terminal

        told = report.report(decision, path=url)
        if self._format is Format.JSON:
            self._objects.append(json.loads(report.as_json(told)) | ({"outcome": outcome} if outcome else {}))
            return
        lines = report.as_brief(told) if self._quiet else report.as_text(told, verbose=self._verbose)
        terminal.say(lines, sys.stdout)
        if outcome:
            terminal.note(outcome)

    def end(self) -> None:
        if self._format is not Format.JSON:
            return
        told = {"schema": 1, "repositories": self._objects} if self._many else next(iter(self._objects), None)
        sys.stdout.write(json.dumps(told, indent=2) + "\n")


async def _scan(settings: Settings, owner: str, name: str | None, telling: _Telling, *, open_pulls: bool) -> int:
    from bot import app, opening
    from bot.cli import looking, terminal
    from bot.errors import GitHubError

    worst = looking.CLEAN
    async with app.services(_allowing(settings, owner), sign_in=opening.any_credentials) as built:
        async for installation, ref in _targets(built, owner, name):
            try:
                code = await _one(built, installation, ref, telling, open_pulls=open_pulls)
            except GitHubError as error:
                terminal.note(f"{ref.full_name}: {error}")
                code = looking.CANNOT_TELL
            worst = max(worst, code)
    telling.end()
    return worst


def _allowing(settings: Settings, owner: str) -> Settings:
    """Without an App no account owns it: whoever gives a token of theirs and a name means that account."""
    if settings.app_id or settings.client_id or settings.allowed_accounts is not None:
        return settings
    return settings.model_copy(update={"allowed_accounts": frozenset({owner.lower()})})


async def _one(
    built: Services, installation: InstallationId, ref: RepoRef, telling: _Telling, *, open_pulls: bool
) -> int:
    from bot.cli import looking
    from bot.jobs.scan import carry_out, examine
    from bot.model import Done

    snapshot, decision = await examine(installation, ref, built)
    outcome = None
    if open_pulls:
        end = (await carry_out(installation, snapshot, decision, built)).outcome
        outcome = end.summary if isinstance(end, Done) else f"not yet: {end.reason}"
    telling.decision(decision, f"{built.settings.github_web_url}/{snapshot.repo.ref.full_name}", outcome)
    return looking.exit_code(decision)


async def _targets(built: Services, owner: str, name: str | None) -> AsyncIterator[tuple[InstallationId, RepoRef]]:
    """Every repository that is asked for, with the installation that covers it. Raises ConfigurationError."""
    from bot.errors import ConfigurationError
    from bot.model import InstallationId

    if built.settings.app_id is None and built.settings.client_id is None:
        nobody = InstallationId(0)
        if name is not None:
            yield nobody, await built.github.repository(nobody, owner, name)
            return
        async for listed in built.github.repositories_of(owner):
            yield nobody, listed.ref
        return
    installation = await built.github.installation_of(owner, name)
    if installation is None:
        raise ConfigurationError(
            f"the App is not installed on {owner}{f'/{name}' if name else ''}; install it there first"
        )
    if name is not None:
        yield installation.id, await built.github.repository(installation.id, owner, name)
        return
    async for listed in built.github.repositories(installation.id):
        yield installation.id, listed.ref
