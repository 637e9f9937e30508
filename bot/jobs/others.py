"""Whether other repositories use a secret of the organisation: all that may read it are looked at, or nobody can tell.

One that this installation does not cover is not ours to read, and so the answer stays open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.errors import Forbidden, Gone, Unavailable
from bot.jobs.gathering import Gathering
from bot.jobs.services import Services
from bot.jobs.thinking import think
from bot.model import InstallationId, RepoId, RepoRef, Snapshot
from bot.publishing.names import is_pypi_secret
from bot.secrets import Branch, Inventory, doubt, references
from bot.store import in_thread
from bot.survey import Survey, survey

MOST = 8
"""More readers than that are not looked at: an organisation's administrators know better whom they gave it to."""


async def with_others(
    installation: InstallationId, inventory: Inventory, about: Collection[str], services: Services
) -> Inventory:
    """The inventory, with what other repositories do with the secrets of the organisation that are about publishing.

    `about`: names that are, whatever they look like. Raises WaitUntil.
    """
    known = {name.upper() for name in about}
    elsewhere = dict(inventory.elsewhere)
    for name, readers in inventory.readers.items():
        if readers and (name.upper() in known or is_pypi_secret(name)):
            elsewhere[name] = await _used(installation, name, readers, services)
    return replace(inventory, elsewhere=elsewhere)


async def _used(installation: InstallationId, name: str, readers: Iterable[RepoId], services: Services) -> bool | None:
    """True at the first repository that refers to it, False if none does, None where one cannot be told."""
    listed = sorted(readers)
    if len(listed) > MOST:
        return None
    sure = True
    for repo_id in listed:
        branches = await _branches(installation, repo_id, services)
        if any(name.upper() in branch.names for branch in branches):
            return True
        sure = sure and doubt(branches) is None
    return False if sure else None


async def _branches(installation: InstallationId, repo_id: RepoId, services: Services) -> tuple[Branch, ...]:
    """Nothing of a repository that cannot be read."""
    known = await in_thread(services.repositories.get, repo_id)
    if known is None or known.installation != installation:
        return ()
    owner, _, name = known.full_name.partition("/")
    ref = RepoRef(id=repo_id, node_id=known.node_id, owner=owner, name=name)
    try:
        snapshot = await services.github.read(installation, ref)
        found = await think(survey, snapshot)
        beside = await Gathering(services, services.github.lens(installation, ref), found).branches()
    except (Forbidden, Gone, Unavailable):
        return ()
    return (await think(_default, found, snapshot), *beside)


def _default(found: Survey, snapshot: Snapshot) -> Branch:
    return references(found, snapshot.repo.default_branch or "")
