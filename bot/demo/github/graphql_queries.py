"""The roots of queries: who and what can be asked for."""

from __future__ import annotations

from bot.demo.github import access
from bot.demo.github.graphql_types import Argument, Info, PullOf, Resolver, Trouble, asking
from bot.demo.github.site import Site
from bot.demo.github.state import Account, AccountKind, Pull, Repository
from bot.demo.github.world import iso


def _repository(_root: object, info: Info, owner: str, name: str, **more: Argument) -> Repository:
    here = asking(info)
    world = here.site.world
    found = world.former(owner, name) if more.get("followRenames", True) else world.repository(owner, name)
    if found is None or not access.visible(here.caller, found):
        raise Trouble("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return found


def find_node(info: Info, id: str) -> object:  # noqa: A002 - GraphQL's own name
    """Raises Trouble for what is not there or must not be seen."""
    here = asking(info)
    found = here.site.world.nodes.get(id)
    if isinstance(found, Repository) and access.visible(here.caller, found):
        return found
    if isinstance(found, Pull):
        repository = repository_of(here.site, found)
        if repository is not None and access.visible(here.caller, repository):
            return PullOf(repository, found)
    if isinstance(found, Account):
        return found
    raise Trouble("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'.")


def repository_of(site: Site, pull: Pull) -> Repository | None:
    return next((one for one in site.world.repositories.values() if one.pulls.get(pull.number) is pull), None)


def _node(_root: object, info: Info, id: str) -> object:  # noqa: A002 - GraphQL's own name
    return find_node(info, id)


def _nodes(_root: object, info: Info, ids: list[str]) -> list[object]:
    """What cannot be found is null in its place, each with an error of its own."""
    if len(ids) > 100:
        raise Trouble("ARGUMENT_LIMIT", f"You may not provide more than 100 node ids; you provided {len(ids)}.")
    return [_or_trouble(info, one) for one in ids]


def _or_trouble(info: Info, id: str) -> object:  # noqa: A002 - GraphQL's own name
    try:
        return find_node(info, id)
    except Trouble as problem:
        return problem  # graphql-core turns a returned exception into null and an error


def _account(info: Info, login: str, kind: AccountKind | None, what: str) -> Account:
    found = asking(info).site.world.accounts.get(login.lower())
    if found is None or found.kind is AccountKind.BOT or (kind is not None and found.kind is not kind):
        raise Trouble("NOT_FOUND", f"Could not resolve to {what} with the login of '{login}'.")
    return found


def _organization(_root: object, info: Info, login: str) -> Account:
    return _account(info, login, AccountKind.ORGANIZATION, "an Organization")


def _user(_root: object, info: Info, login: str) -> Account:
    return _account(info, login, AccountKind.USER, "a User")


def _owner(_root: object, info: Info, login: str) -> Account:
    return _account(info, login, None, "a RepositoryOwner")


def _viewer(_root: object, info: Info) -> dict[str, object]:
    """An App's viewer is its bot, `slug[bot]`, shown as a User."""
    account = asking(info).actor.account
    world = asking(info).site.world
    return {
        "__typename": "User",
        "login": account.login,
        "id": account.node_id,
        "databaseId": account.id,
        "url": world.account_web(account),
        "avatarUrl": f"{world.addresses.web}/avatars/{account.id}",
    }


def _rate_limit(_root: object, info: Info, **_more: Argument) -> dict[str, object]:
    here = asking(info)
    window = here.site.limits.window(here.caller, "graphql")
    return {
        "cost": 1,
        "limit": window.limit,
        "nodeCount": 0,
        "remaining": window.remaining,
        "resetAt": iso(window.reset),
        "used": window.used,
    }


QUERIES: dict[str, Resolver] = {
    "node": _node,
    "nodes": _nodes,
    "organization": _organization,
    "rateLimit": _rate_limit,
    "repository": _repository,
    "repositoryOwner": _owner,
    "user": _user,
    "viewer": _viewer,
}
