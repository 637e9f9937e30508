"""Branches by their names: https://docs.github.com/en/rest/branches/branches

Nobody protects a branch here in the old way; what rules forbid is asked for elsewhere.
"""

from __future__ import annotations

from urllib.parse import quote

from bot.demo.github import access, body, branches, shapes_git
from bot.demo.github.answers import Answer, Refusal, not_found
from bot.demo.github.site import Call
from bot.demo.github.state import Json


def get_branch(call: Call) -> Answer:
    """A name that was given up leads to the new one."""
    name = call.values["branch"]
    if call.repository.branch(name) is not None:
        return Answer(body=_shape(call, name))
    if name not in call.repository.renamed:
        raise Refusal(404, "Branch not found")
    address = f"{call.world.addresses.api}/repositories/{call.repository.id}/branches/{call.repository.renamed[name]}"
    raise Refusal(301, "Moved Permanently", headers={"Location": address}, extra={"url": address})


def rename_branch(call: Call) -> Answer:
    """The default branch takes the permission `administration` too."""
    old, new = call.values["branch"], body.text(call.body, "new_name")
    if old == call.repository.default_branch:
        access.check(call.caller, call.repository, "administration=write,contents=write")
    if call.repository.branch(old) is None:
        raise not_found()
    branches.rename(call.site, call.repository, old, new, call.actor)
    return Answer(status=201, body=_shape(call, new))


def _shape(call: Call, name: str) -> Json:
    api, web = call.world.repository_api(call.repository), call.world.repository_web(call.repository)
    url = f"{api}/branches/{quote(name, safe='')}"
    return {
        "name": name,
        "commit": shapes_git.commit(
            call.world, call.repository, call.repository.refs[f"refs/heads/{name}"], files=True
        ),
        "_links": {"self": url, "html": f"{web}/tree/{name}"},
        "protected": False,
        "protection": {"enabled": False, "required_status_checks": {"contexts": [], "checks": []}},
        "protection_url": f"{url}/protection",
    }
