"""What GitHub says of itself and of the caller."""

from __future__ import annotations

from bot.demo.github.answers import Answer, Refusal, forbidden
from bot.demo.github.rest_repositories import public_user
from bot.demo.github.site import Call
from bot.demo.github.state import Json
from bot.demo.github.tokens import Anonymous, AsUser


def get_rate_limit(call: Call) -> Answer:
    """Asking costs nothing."""
    limits, caller = call.site.limits, call.caller
    resources: Json = {}
    for name in ("core", "search", "graphql"):
        resources[name] = limits.window(caller, name).as_json()
    return Answer(body={"resources": resources, "rate": resources["core"]})


def get_meta(call: Call) -> Answer:
    body: Json = {"verifiable_password_authentication": False}
    if call.world.enterprise is not None:
        body["installed_version"] = call.world.enterprise
    return Answer(body=body)


def get_user(call: Call) -> Answer:
    match call.caller:
        case AsUser(account=account):
            return Answer(body=public_user(call, account))
        case Anonymous():
            raise Refusal(401, "Requires authentication")
    raise forbidden("none")
