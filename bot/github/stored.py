"""Which secrets are stored, by name: each store under a permission of its own, and what is not granted is not checked.

https://docs.github.com/en/rest/actions/secrets, https://docs.github.com/en/rest/dependabot/secrets
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import msgspec

from bot.errors import Conflict, Forbidden, Gone
from bot.github.access import Access
from bot.github.auth import Permissions
from bot.github.wire import Request
from bot.model import RepoId, RepoRef
from bot.secrets import Inventory, Secret, Store

SECRETS: Permissions = (("metadata", "read"), ("secrets", "read"))
ENVIRONMENTS: Permissions = (("environments", "read"), ("metadata", "read"))
DEPENDABOT: Permissions = (("dependabot_secrets", "read"), ("metadata", "read"))
ORGANIZATION: Permissions = (("metadata", "read"), ("organization_secrets", "read"))
_LISTS = {
    Store.REPOSITORY: (SECRETS, "/actions/secrets"),
    Store.ORGANISATION: (SECRETS, "/actions/organization-secrets"),
    Store.DEPENDABOT: (DEPENDABOT, "/dependabot/secrets"),
}
_MOST_ENVIRONMENTS = 20
_PAGE = 100


class _Named(msgspec.Struct, frozen=True):
    name: str


class _Secrets(msgspec.Struct, frozen=True):
    secrets: tuple[_Named, ...]


class _Id(msgspec.Struct, frozen=True):
    id: int


class _Repositories(msgspec.Struct, frozen=True):
    repositories: tuple[_Id, ...]


async def read_inventory(
    access: Callable[[Permissions], Access], ref: RepoRef, environments: tuple[str, ...]
) -> Inventory:
    """What is stored for a repository, in its environments with these names too. Raises WaitUntil, Unavailable."""
    found: list[Secret] = []
    checked: set[Store] = set()
    for store, (permissions, path) in _LISTS.items():
        try:
            found += [Secret(name=name, store=store) async for name in _names(access(permissions), ref, path)]
        except (Forbidden, Gone):  # an owner who is no organisation has no list of its secrets
            continue
        checked.add(store)
    try:
        for environment in environments[:_MOST_ENVIRONMENTS]:
            found += await _of_environment(access(ENVIRONMENTS), ref, environment)
        checked.add(Store.ENVIRONMENT)
    except Forbidden:
        pass
    shared = [secret.name for secret in found if secret.store is Store.ORGANISATION]
    asked = {name: await _readers(access(ORGANIZATION), ref, name) for name in shared}
    readers = {name: others for name, others in asked.items() if others is not None}
    return Inventory(
        secrets=tuple(found),
        checked=frozenset(checked),
        readers=readers,
        elsewhere={name: False for name, others in readers.items() if not others},
    )


async def _of_environment(access: Access, ref: RepoRef, environment: str) -> list[Secret]:
    """None in an environment that is not there."""
    try:
        names = [name async for name in _names(access, ref, "/environments/{environment}/secrets", environment)]
    except Gone:
        return []
    return [Secret(name=name, store=Store.ENVIRONMENT, environment=environment) for name in names]


async def _names(access: Access, ref: RepoRef, path: str, environment: str = "") -> AsyncIterator[str]:
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}" + path + "{?per_page}",
        values={"owner": ref.owner, "repo": ref.name, "environment": environment, "per_page": 100},
    )
    async for page in access.pages(request):
        for secret in page.fit(_Secrets).secrets:
            yield secret.name


async def _readers(access: Access, ref: RepoRef, name: str) -> frozenset[RepoId] | None:
    """The other repositories that may read it; None where it is not for chosen ones, or for more than are listed."""
    request = Request(
        method="GET",
        path="/orgs/{org}/actions/secrets/{name}/repositories{?per_page}",
        values={"org": ref.owner, "name": name, "per_page": _PAGE},
    )
    try:
        found = (await access.send(request)).fit(_Repositories).repositories
    except (Forbidden, Gone, Conflict):  # a conflict: it is not for selected repositories
        return None
    listed = frozenset(RepoId(each.id) for each in found)
    # A list without this repository is not of those that may read it: the secret is for all, or all that are private.
    return listed - {ref.id} if ref.id in listed and len(found) < _PAGE else None
