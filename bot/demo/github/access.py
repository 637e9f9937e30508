"""May this caller do this to that repository? Decided anew on every call.

Needs are written as GitHub lists them in `X-Accepted-GitHub-Permissions`: alternatives apart by `;`, what must come
together apart by `,`: `contents=write,workflows=write; contents=write`.
"""

from __future__ import annotations

from functools import cache

from bot.demo.github.answers import Refusal, forbidden, not_found
from bot.demo.github.state import Repository
from bot.demo.github.tokens import Anonymous, AsApp, AsInstallation, AsUser, Caller

Need = frozenset[tuple[str, str]]

READ_ONLY = "Repository was archived so is read-only."
_CONCEALED = frozenset({"administration", "secrets", "dependabot_secrets", "environments"})
"""What even a public repository shows to nobody."""


@cache
def alternatives(needs: str) -> tuple[Need, ...]:
    """`a=read; b=write,c=write` -> sets of (permission, level)."""
    return tuple(
        frozenset((name.strip(), level.strip()) for name, _, level in (part.partition("=") for part in way.split(",")))
        for way in needs.split(";")
    )


def writes(needs: str) -> bool:
    return all(any(level == "write" for _, level in way) for way in alternatives(needs))


def visible(caller: Caller, repository: Repository) -> bool:
    """Whether the caller may know that the repository exists."""
    if not repository.private:
        return True
    match caller:
        case AsInstallation(token=token):
            return token.covers(repository)
        case AsUser(account=account):
            return repository.owner is account or account.login.lower() in repository.collaborators
    return False


def allowed(caller: Caller, repository: Repository, needs: str) -> bool:
    """Whether one of the alternatives is granted; anybody may read what is public."""
    concealed = any(name in _CONCEALED for way in alternatives(needs) for name, _ in way)
    if not writes(needs) and not repository.private and not concealed:
        return True
    match caller:
        case AsInstallation(token=token):
            if not token.covers(repository):
                return False
            return any(
                all(name == "metadata" or token.grants(name, level) for name, level in way)
                for way in alternatives(needs)
            )
        case AsUser(account=account):
            level = repository.collaborators.get(account.login.lower(), "")
            return (
                repository.owner is account
                or level in {"write", "maintain", "admin"}
                or not (writes(needs) or concealed)
            )
    return False


def check(caller: Caller, repository: Repository, needs: str) -> None:
    """Raises Refusal: 401, 404 for what must not be known of, 403 for what is not granted or read-only."""
    if not visible(caller, repository):
        raise not_found()
    if isinstance(caller, Anonymous) and writes(needs):
        raise Refusal(401, "Requires authentication")
    if isinstance(caller, AsApp) or not allowed(caller, repository, needs):
        raise forbidden(needs)
    if writes(needs) and repository.archived:
        raise Refusal(403, READ_ONLY)
    if repository.disabled:
        raise Refusal(403, "Repository access blocked", extra={"block": {"reason": "unavailable", "created_at": None}})
