"""What a person sees through an App: https://docs.github.com/en/rest/apps/installations"""

from __future__ import annotations

from bot.demo.github import shapes_accounts
from bot.demo.github.answers import Answer, Refusal, not_found
from bot.demo.github.paging import paged
from bot.demo.github.rest_repositories import rights, role
from bot.demo.github.shapes_repositories import repository as repository_shape
from bot.demo.github.site import Call
from bot.demo.github.state import Account, App, Installation, Json, Repository
from bot.demo.github.tokens import Anonymous, AsUser

_FOR_APPS = "You must authenticate with an access token authorized to a GitHub App in order to list installations"


def list_installations(call: Call) -> Answer:
    """Those of the App that this person let act for them, where they may read a repository at least."""
    app, account = _asking(call)
    own = [one for one in call.world.installations.values() if one.app is app and _sees(call, account, one)]
    part, headers = paged(call, own, "/user/installations")
    listed = [shapes_accounts.installation(call.world, one) for one in part]
    return Answer(body={"total_count": len(own), "installations": listed}, headers=headers)


def list_repositories(call: Call) -> Answer:
    app, account = _asking(call)
    found = call.world.installations.get(call.number("installation_id"))
    if found is None or found.app is not app or not _sees(call, account, found):
        raise not_found()
    seen = _seen(call, account, found)
    part, headers = paged(call, seen, f"/user/installations/{found.id}/repositories")
    answer: Json = {
        "total_count": len(seen),
        "repository_selection": "all" if found.selected is None else "selected",
        "repositories": [
            repository_shape(call.world, one) | {"permissions": rights(role(account, one) or "")} for one in part
        ],
    }
    return Answer(body=answer, headers=headers)


def revoke_token(call: Call) -> Answer:
    """https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token"""
    value = call.body.get("access_token")
    if not isinstance(value, str) or not call.site.tokens.users.revoke(value):
        raise Refusal(422, "Validation Failed")
    return Answer(status=204)


def _asking(call: Call) -> tuple[App, Account]:
    match call.caller:
        case AsUser(account=account, app=App() as app):
            return app, account
        case Anonymous():
            raise Refusal(401, "Requires authentication")
    raise Refusal(403, _FOR_APPS)


def _sees(call: Call, account: Account, found: Installation) -> bool:
    return found.account is account or bool(_seen(call, account, found))


def _seen(call: Call, account: Account, found: Installation) -> list[Repository]:
    return [one for one in call.world.repositories_in(found) if role(account, one) is not None]
