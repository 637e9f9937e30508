"""The configuration around a scan: the account's own file read now and then, what could be understood kept, what could
not be marked with a check on the commit that broke it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import structlog
from msgspec import structs

from bot import config as configuration
from bot.config import Config, InvalidConfig, Kept
from bot.errors import Forbidden, Stopped
from bot.events.payload import reconfigured
from bot.jobs.services import Services
from bot.messages import checks
from bot.model import InstallationId, RepoId, SharedFile, Snapshot, Unread
from bot.plan import Decision, skip_reason
from bot.settings import Mode
from bot.store import in_thread
from bot.store.configurations import Configured, LastRead

FRESH_SECONDS: Final = 600.0
"""So long an account's own file is taken for what it was; a push to it is heard of at once."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A snapshot that knows of its account's file, and what counts where a file of this moment is broken."""

    snapshot: Snapshot
    kept: Kept


async def prepare(installation: InstallationId, snapshot: Snapshot, services: Services) -> Prepared:
    """What a decision about `snapshot` needs to know. Raises WaitUntil, Unavailable."""
    ref = snapshot.repo.ref
    around = await in_thread(services.configurations.around, ref.id, ref.owner)
    if _is_home(snapshot):
        return Prepared(snapshot, Kept(repository=around.own))
    if not _is_fresh(around.shared, services.clock()):
        await of_account(installation, ref.owner, services)
        around = await in_thread(services.configurations.around, ref.id, ref.owner)
    shared = None if around.shared is None else around.shared.file
    return Prepared(
        structs.replace(snapshot, shared=shared), Kept(repository=around.own, organisation=around.organisation)
    )


async def of_account(
    installation: InstallationId, owner: str, services: Services, *, now: bool = False
) -> SharedFile | None:
    """The account's own file, read again if that is long ago or `now`; a change that nobody told us of is followed up.

    Raises WaitUntil, Unavailable.
    """
    known = await in_thread(services.configurations.shared, owner)
    moment = services.clock()
    if known is not None and not now and _is_fresh(known, moment):
        return known.file
    file = await services.github.shared(installation, owner, configuration.ORGANISATION_REPOSITORY, configuration.PATH)
    if file is not None:
        await _keep(installation, file, services)
    await in_thread(services.configurations.put_shared, owner, installation, file, moment)
    if known is not None and known.file != file and not now and installation:
        await services.queue.submit([reconfigured(installation, owner)])
    return file


async def is_outdated(snapshot: Snapshot, services: Services) -> bool:
    """Claims that the account's own file changed while `snapshot` was worked on: what was decided may be wrong."""
    if _is_home(snapshot) or skip_reason(snapshot.repo) is not None:
        return False
    known = await in_thread(services.configurations.shared, snapshot.repo.ref.owner)
    return known is not None and known.file != snapshot.shared


async def account_config(account: str, services: Services) -> Config:
    """The account's own settings as they were read last; nothing is asked of GitHub."""
    known = await in_thread(services.configurations.shared, account)
    return await config_of(None if known is None else known.file, services)


async def has_own_schedule(repo_id: RepoId, services: Services) -> bool:
    """Claims that the repository's file, as it was read last, says when pull requests may be opened."""
    said = configuration.understand((await in_thread(services.configurations.get, repo_id)).text)
    return not isinstance(said, InvalidConfig) and "schedule" in said.values


async def config_of(shared: SharedFile | None, services: Services) -> Config:
    """What an account's own file says or, where it cannot be understood, what it said last."""
    if shared is None:
        return Config()
    kept = (await in_thread(services.configurations.get, shared.repo)).text
    for text in (shared.text, kept):
        found = None if text is None or isinstance(text, Unread) else configuration.read(text)
        if isinstance(found, Config):
            return found
    return Config()


async def wants_check(snapshot: Snapshot, decision: Decision, services: Services) -> bool:
    """Claims that `follow_up` has something to write on GitHub."""
    if skip_reason(snapshot.repo) is not None:
        return False
    known = await in_thread(services.configurations.get, snapshot.repo.ref.id)
    return _wrong(snapshot, decision) != known.marked


async def follow_up(
    installation: InstallationId, snapshot: Snapshot, decision: Decision, known: Configured, services: Services
) -> None:
    """Keep what could be understood; say of what could not, on the commit that broke it, and that it is mended.

    `known`: what was known of its file before. Raises GitHubError for what ends this attempt; a check that may not be
    written is left out.
    """
    if skip_reason(snapshot.repo) is not None:
        return  # nothing of it was read
    ref, found = snapshot.repo.ref, decision.settings
    after = known
    if not found.broken and snapshot.complete:
        after = replace(after, text=snapshot.files.get(configuration.PATH))
    wrong = _wrong(snapshot, decision)
    if wrong != known.marked and await _said(installation, snapshot, decision, services):
        after = replace(after, marked=wrong)
    if after != known:
        await in_thread(services.configurations.put, ref.id, installation, after)


def _wrong(snapshot: Snapshot, decision: Decision) -> str | None:
    """The blob of the file about which there is something to say."""
    entry = snapshot.tree.get(configuration.PATH)
    return entry.oid if entry is not None and decision.settings.problems else None


async def _said(installation: InstallationId, snapshot: Snapshot, decision: Decision, services: Services) -> bool:
    """Claims that the check stands; False where it may not be written."""
    if services.settings.pubflow_mode is Mode.OBSERVE:
        return False
    ref, found = snapshot.repo.ref, decision.settings

    async def permit() -> None:
        await services.may_write(ref)

    commit = await services.github.last_change(installation, snapshot, configuration.PATH) or snapshot.head
    check = checks.configuration(commit, found.problems, broken=found.broken, in_force=found.config is not None)
    try:
        await services.github.check(installation, ref, check, permit=permit)
    except (Forbidden, Stopped) as refused:
        log.info("no check was written", repository=ref.full_name, reason=str(refused))
        return False
    return True


async def _keep(installation: InstallationId, file: SharedFile, services: Services) -> None:
    if isinstance(file.text, Unread) or isinstance(configuration.understand(file.text), InvalidConfig):
        return
    known = await in_thread(services.configurations.get, file.repo)
    if known.text != file.text:
        await in_thread(services.configurations.put, file.repo, installation, replace(known, text=file.text))


def _is_home(snapshot: Snapshot) -> bool:
    return snapshot.repo.ref.name.lower() == configuration.ORGANISATION_REPOSITORY


def _is_fresh(known: LastRead | None, now: float) -> bool:
    return known is not None and 0 <= now - known.read_at < FRESH_SECONDS
