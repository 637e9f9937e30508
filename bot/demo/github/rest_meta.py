"""What GitHub says of itself and of the caller."""

from __future__ import annotations

from bot.demo.github.answers import Answer, Refusal, forbidden
from bot.demo.github.rest_repositories import public_user
from bot.demo.github.site import Call
from bot.demo.github.state import Advisory, Json
from bot.demo.github.tokens import Anonymous, AsUser
from bot.demo.github.world import iso


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


_UNKNOWN = ("cve_id", "repository_advisory_url", "source_code_location", "nvd_published_at", "withdrawn_at", "cvss")


def list_advisories(call: Call) -> Answer:
    """Reviewed ones on actions: there are no others here. https://docs.github.com/en/rest/security-advisories"""
    if call.query.get("ecosystem", "actions") != "actions" or call.query.get("type", "reviewed") != "reviewed":
        return Answer(body=[])
    return Answer(body=[_advisory(call, one) for one in call.world.advisories])


def _advisory(call: Call, one: Advisory) -> Json:
    vulnerability: Json = {
        "package": {"ecosystem": "actions", "name": one.action},
        "vulnerable_version_range": one.vulnerable,
        "first_patched_version": one.patched,
        "vulnerable_functions": None,
    }
    return {
        **dict.fromkeys(_UNKNOWN),
        **dict.fromkeys(("published_at", "updated_at", "github_reviewed_at"), iso(one.at)),
        "ghsa_id": one.id,
        "url": f"{call.world.addresses.api}/advisories/{one.id}",
        "html_url": f"{call.world.addresses.web}/advisories/{one.id}",
        "summary": f"Some versions of {one.action} are vulnerable",
        "description": None,
        "type": "reviewed",
        "severity": "high",
        "identifiers": [{"type": "GHSA", "value": one.id}],
        "references": None,
        "vulnerabilities": [vulnerability],
        "cwes": [],
        "credits": None,
    }
