"""Pull requests over REST: https://docs.github.com/en/rest/pulls"""

from __future__ import annotations

from bot.demo.github import body, proposals, shapes_pulls
from bot.demo.github.answers import Answer, Refusal, invalid, not_found
from bot.demo.github.paging import paged
from bot.demo.github.shapes_git import diff_entry
from bot.demo.github.site import Call
from bot.demo.github.state import Pull


def _pull(call: Call) -> Pull:
    found = call.repository.pulls.get(call.number("pull_number"))
    if found is None:
        raise not_found()
    return found


def post_pull(call: Call) -> Answer:
    missing = [name for name in ("title", "head", "base") if not call.body.get(name)]
    if missing:
        errors: list[object] = [{"resource": "PullRequest", "code": "missing_field", "field": name} for name in missing]
        raise Refusal(422, "Validation Failed", errors=errors)
    asked = proposals.Asked(
        head=body.text(call.body, "head"),
        base=body.text(call.body, "base"),
        title=body.text(call.body, "title"),
        body=body.optional_text(call.body, "body"),
        draft=body.flag(call.body, "draft"),
    )
    pull = proposals.open_pull(call.site, call.repository, call.actor, asked)
    return Answer(status=201, body=shapes_pulls.pull_request(call.world, call.repository, pull))


def list_pulls(call: Call) -> Answer:
    found = [pull for pull in call.repository.pulls.values() if _wanted(call, pull)]
    found.sort(key=lambda pull: pull.number, reverse=call.query.get("direction", "desc") == "desc")
    part, headers = paged(call, found, f"/repositories/{call.repository.id}/pulls")
    return Answer(body=[shapes_pulls.pull_simple(call.world, call.repository, one) for one in part], headers=headers)


def _wanted(call: Call, pull: Pull) -> bool:
    state = call.query.get("state", "open")
    if state != "all" and pull.issue.open != (state == "open"):
        return False
    head = call.query.get("head")
    if head is not None and head.lower() != f"{call.repository.owner.login}:{pull.head}".lower():
        return False
    return call.query.get("base") in {None, pull.base}


def get_pull(call: Call) -> Answer:
    return Answer(body=shapes_pulls.pull_request(call.world, call.repository, _pull(call)))


def patch_pull(call: Call) -> Answer:
    pull, state = _pull(call), body.optional_text(call.body, "state")
    title, text = body.optional_text(call.body, "title"), body.optional_text(call.body, "body")
    base = body.optional_text(call.body, "base")
    proposals.edit_pull(call.site, call.repository, pull, call.actor, title=title, body=text, base=base)
    if state == "closed":
        proposals.close_pull(call.site, call.repository, pull, call.actor)
    elif state == "open":
        proposals.reopen_pull(call.site, call.repository, pull, call.actor)
    elif state is not None:
        raise invalid("PullRequest", "state")
    return Answer(body=shapes_pulls.pull_request(call.world, call.repository, pull))


def list_files(call: Call) -> Answer:
    pull = _pull(call)
    files = shapes_pulls.changes(call.repository, pull)
    part, headers = paged(call, files, f"/repositories/{call.repository.id}/pulls/{pull.number}/files")
    return Answer(body=[diff_entry(call.world, call.repository, pull.head_oid, one) for one in part], headers=headers)
