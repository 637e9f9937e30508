"""Users, organisations and bots in GraphQL, and the repositories that they own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.demo.github import access
from bot.demo.github.graphql_types import Argument, Info, Page, Resolver, Trouble, asking, of, page
from bot.demo.github.state import Account, Repository


def _repositories(source: Account, info: Info, **arguments: Argument) -> Page[Repository]:
    """An installation's token sees what it covers, and what is public."""
    here = asking(info)
    wanted = (arguments.get("privacy"), arguments.get("visibility"))
    found = [
        one
        for one in here.site.world.repositories_of(source)
        if access.visible(here.caller, one)
        and arguments.get("isArchived") in {None, one.archived}
        and arguments.get("isFork") in {None, one.fork}
        and wanted[0] in {None, "PRIVATE" if one.private else "PUBLIC"}
        and wanted[1] in {None, one.visibility.upper()}
    ]
    order = arguments.get("orderBy")
    if order:
        found.sort(key=_ORDERS[order["field"]], reverse=order["direction"] == "DESC")
    return page(found, arguments, "repositories")


_ORDERS: dict[str, Callable[[Repository], Any]] = {
    "CREATED_AT": lambda one: (one.created_at, one.id),
    "NAME": lambda one: one.name.lower(),
    "PUSHED_AT": lambda one: (one.pushed_at, one.id),
    "STARGAZERS": lambda one: one.id,
    "UPDATED_AT": lambda one: (one.updated_at, one.id),
}


def _owned(source: Account, info: Info, name: str, **_more: Argument) -> Repository:
    here = asking(info)
    found = here.site.world.former(source.login, name)
    if found is None or not access.visible(here.caller, found):
        raise Trouble("NOT_FOUND", f"Could not resolve to a Repository with the name '{source.login}/{name}'.")
    return found


def _account_url(source: Account | dict[str, str], info: Info) -> str:
    return source["url"] if isinstance(source, dict) else asking(info).site.world.account_web(source)


def _avatar(source: Account | dict[str, str], info: Info, **_size: Argument) -> str:
    if isinstance(source, dict):
        return source["avatarUrl"]
    return f"{asking(info).site.world.addresses.web}/avatars/{source.id}"


_ACCOUNT: dict[str, Resolver] = {
    "avatarUrl": _avatar,
    "databaseId": of(lambda one: one["databaseId"] if isinstance(one, dict) else one.id),
    "id": of(lambda one: one["id"] if isinstance(one, dict) else one.node_id),
    "url": _account_url,
}
OWNER: dict[str, Resolver] = {**_ACCOUNT, "repositories": _repositories, "repository": _owned}
BOT: dict[str, Resolver] = {**_ACCOUNT, "login": of(lambda one: one.login.removesuffix("[bot]"))}
