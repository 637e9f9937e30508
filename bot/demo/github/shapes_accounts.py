"""Accounts, Apps and installations as GitHub's JSON."""

from __future__ import annotations

from urllib.parse import quote

from bot.demo.github.state import Account, AccountKind, App, Installation, Json
from bot.demo.github.world import World, iso, iso_or_none


def user(world: World, account: Account) -> Json:
    """`simple-user`."""
    api = f"{world.addresses.api}/users/{quote(account.login)}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"{world.addresses.web}/avatars/{account.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": world.account_web(account),
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": account.kind.value,
        "user_view_type": "public",
        "site_admin": False,
    }


def user_or_none(world: World, account: Account | None) -> Json | None:
    return None if account is None else user(world, account)


def organization(world: World, account: Account) -> Json:
    """`organization-simple`."""
    api = f"{world.addresses.api}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{world.addresses.web}/avatars/{account.id}",
        "description": "",
    }


def app_url(world: World, app: App) -> str:
    return f"{world.addresses.web}/apps/{app.slug}"


def integration(world: World, app: App) -> Json:
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "node_id": app.node_id,
        "owner": user(world, app.owner),
        "name": app.name,
        "description": app.description,
        "external_url": app.url,
        "html_url": app_url(world, app),
        "created_at": iso(app.created_at),
        "updated_at": iso(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def installation(world: World, found: Installation) -> Json:
    api = f"{world.addresses.api}/app/installations/{found.id}"
    settings = world.addresses.web
    if found.account.kind is AccountKind.ORGANIZATION:
        settings += f"/organizations/{found.account.login}"
    return {
        "id": found.id,
        "client_id": found.app.client_id,
        "account": user(world, found.account),
        "repository_selection": "all" if found.selected is None else "selected",
        "access_tokens_url": f"{api}/access_tokens",
        "repositories_url": f"{world.addresses.api}/installation/repositories",
        "html_url": f"{settings}/settings/installations/{found.id}",
        "app_id": found.app.id,
        "app_slug": found.app.slug,
        "target_id": found.account.id,
        "target_type": found.account.kind.value,
        "permissions": dict(found.permissions),
        "events": list(found.events),
        "created_at": iso(found.created_at),
        "updated_at": iso(found.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": user_or_none(world, found.suspended_by),
        "suspended_at": iso_or_none(found.suspended_at),
    }
