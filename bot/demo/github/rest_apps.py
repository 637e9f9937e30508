"""What an App asks about itself, its installations and its deliveries.

https://docs.github.com/en/rest/apps
"""

from __future__ import annotations

import json

from bot.demo.github import body, shapes_accounts
from bot.demo.github.answers import Answer, Refusal, not_found
from bot.demo.github.delivery import Delivery
from bot.demo.github.paging import paged
from bot.demo.github.registration import convert
from bot.demo.github.shapes_repositories import repository as repository_shape
from bot.demo.github.site import Call
from bot.demo.github.state import AccountKind, Installation, Json, Permissions, Repository
from bot.demo.github.tokens import ORDER, AsInstallation, Token, find_installation
from bot.demo.github.world import iso


def get_app(call: Call) -> Answer:
    count = sum(1 for one in call.world.installations.values() if one.app is call.app)
    return Answer(body=shapes_accounts.integration(call.world, call.app) | {"installations_count": count})


def list_installations(call: Call) -> Answer:
    own = [one for one in call.world.installations.values() if one.app is call.app]
    part, headers = paged(call, own, "/app/installations")
    return Answer(body=[shapes_accounts.installation(call.world, one) for one in part], headers=headers)


def get_installation(call: Call) -> Answer:
    found = find_installation(call.world, call.app, call.number("installation_id"))
    return Answer(body=shapes_accounts.installation(call.world, found))


def repository_installation(call: Call) -> Answer:
    found = call.world.repository(call.values["owner"], call.values["repo"])
    own = [one for one in call.world.installations.values() if one.app is call.app]
    installation = next((one for one in own if found is not None and one.covers(found)), None)
    if installation is None:
        raise not_found()
    return Answer(body=shapes_accounts.installation(call.world, installation))


def organization_installation(call: Call) -> Answer:
    return _account_installation(call, call.values["org"], AccountKind.ORGANIZATION)


def user_installation(call: Call) -> Answer:
    return _account_installation(call, call.values["username"], None)


def _account_installation(call: Call, login: str, kind: AccountKind | None) -> Answer:
    account = call.world.accounts.get(login.lower())
    found = None if account is None else call.world.installation_of(call.app, account)
    if found is None or (kind is not None and found.account.kind is not kind):
        raise not_found()
    return Answer(body=shapes_accounts.installation(call.world, found))


# ---------------------------------------------------------------- tokens


def mint(call: Call) -> Answer:
    """Permissions and repositories can be narrowed, never widened."""
    found = find_installation(call.world, call.app, call.number("installation_id"))
    if found.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended")
    chosen = _chosen(call, found)
    permissions = _permissions(call, found)
    ids = None if chosen is None else frozenset(one.id for one in chosen)
    token = call.site.tokens.mint(found, permissions, ids)
    return Answer(status=201, body=_token(call, token, chosen))


def _permissions(call: Call, found: Installation) -> Permissions:
    asked = body.mapping(call.body, "permissions")
    if asked is None:
        return dict(found.permissions)
    wanted = {name: str(level) for name, level in asked.items()}
    for name, level in wanted.items():
        if ORDER.get(level, 9) > ORDER.get(found.permissions.get(name, ""), 0):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **wanted} if "metadata" in found.permissions else wanted


def _chosen(call: Call, found: Installation) -> list[Repository] | None:
    names, ids = body.texts(call.body, "repositories"), call.body.get("repository_ids", [])
    if not isinstance(ids, list) or not all(isinstance(one, int) for one in ids):
        raise body.wrong("For 'properties/repository_ids', it is not an array of integers.")
    if not names and not ids:
        return None
    covered = call.world.repositories_in(found)
    by_name, by_id = {one.name.lower(): one for one in covered}, {one.id: one for one in covered}
    chosen: dict[int, Repository] = {}
    for one in [*(by_name.get(name.lower()) for name in names), *(by_id.get(number) for number in ids)]:
        if one is None:
            raise Refusal(
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            )
        chosen[one.id] = one
    return list(chosen.values())


def _token(call: Call, token: Token, chosen: list[Repository] | None) -> Json:
    selected = chosen is not None or token.installation.selected is not None
    answer: Json = {
        "token": token.value,
        "expires_at": iso(token.expires_at),
        "permissions": dict(token.permissions),
        "repository_selection": "selected" if selected else "all",
    }
    if chosen is not None:
        answer["repositories"] = [repository_shape(call.world, one) for one in chosen]
    return answer


def revoke(call: Call) -> Answer:
    assert isinstance(call.caller, AsInstallation)
    call.site.tokens.revoke(call.caller.token.value)
    return Answer(status=204)


def list_repositories(call: Call) -> Answer:
    assert isinstance(call.caller, AsInstallation)
    token = call.caller.token
    seen = [one for one in call.world.repositories.values() if token.covers(one)]
    part, headers = paged(call, seen, "/installation/repositories")
    answer: Json = {
        "total_count": len(seen),
        "repository_selection": "all" if token.installation.selected is None else "selected",
        "repositories": [repository_shape(call.world, one) for one in part],
    }
    return Answer(body=answer, headers=headers)


# ---------------------------------------------------------------- deliveries


def get_hook(call: Call) -> Answer:
    hook = call.app.hook
    body: Json = {"content_type": "form" if hook.form else "json", "insecure_ssl": "0"}
    body |= {"url": hook.url} if hook.url is not None else {}
    return Answer(body=body | ({"secret": "********"} if hook.secret else {}))


def list_deliveries(call: Call) -> Answer:
    """Newest first; `cursor` is the id after which to go on."""
    own = sorted(
        (one for one in call.world.deliveries.values() if one.app is call.app), key=lambda one: one.id, reverse=True
    )
    cursor = call.query.get("cursor", "").removeprefix("v1_")
    if cursor.isdigit():
        own = [one for one in own if one.id < int(cursor)]
    wanted = call.query.get("status")
    if wanted in {"success", "failure"}:
        codes = range(200, 400) if wanted == "success" else range(400, 600)
        own = [one for one in own if one.status_code in codes]
    size = _size(call)
    headers = {}
    if len(own) > size:
        address = f"{call.world.addresses.api}/app/hook/deliveries?per_page={size}&cursor=v1_{own[size - 1].id}"
        address += f"&status={wanted}" if wanted else ""
        headers["Link"] = f'<{address}>; rel="next"'
    return Answer(body=[_delivery(one) for one in own[:size]], headers=headers)


def _size(call: Call) -> int:
    asked = call.query.get("per_page", "30")
    return min(100, max(1, int(asked))) if asked.isdigit() else 30


def _delivery(one: Delivery) -> Json:
    return {
        "id": one.id,
        "guid": one.guid,
        "delivered_at": iso(one.delivered_at),
        "redelivery": one.redelivery,
        "duration": round(one.duration, 3),
        "status": one.status,
        "status_code": one.status_code,
        "event": one.event,
        "action": one.action,
        "installation_id": one.installation_id,
        "repository_id": one.repository_id,
        "throttled_at": None,
    }


def _own_delivery(call: Call) -> Delivery:
    found = call.world.deliveries.get(call.number("delivery_id"))
    if found is None or found.app is not call.app:
        raise not_found()
    return found


def get_delivery(call: Call) -> Answer:
    one = _own_delivery(call)
    return Answer(
        body=_delivery(one)
        | {
            "url": one.app.hook.url or "",
            "request": {"headers": dict(one.request_headers), "payload": one.payload},
            "response": {"headers": dict(one.response_headers), "payload": one.response_body},
        }
    )


def redeliver(call: Call) -> Answer:
    call.site.events.again(_own_delivery(call))
    return Answer(status=202, body={})


def convert_manifest(call: Call) -> Answer:
    manifest = call.site.manifests.pop(call.values["code"], None)
    if manifest is None:
        raise not_found()
    app, key = convert(call.site, manifest)
    secrets: Json = {"client_id": app.client_id, "client_secret": app.client_secret, "pem": key}
    answer = shapes_accounts.integration(call.world, app) | secrets | {"webhook_secret": app.hook.secret}
    return Answer(status=201, body=json.loads(json.dumps(answer)))
