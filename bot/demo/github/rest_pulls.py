"""Pull requests, comments, labels, reactions and check runs over REST.

https://docs.github.com/en/rest/pulls, https://docs.github.com/en/rest/issues, https://docs.github.com/en/rest/checks
"""

from __future__ import annotations

from bot.demo.github import body, proposals, shapes_pulls, talk
from bot.demo.github.answers import Answer, Refusal, invalid, not_found
from bot.demo.github.paging import paged
from bot.demo.github.shapes_git import diff_entry
from bot.demo.github.site import Call
from bot.demo.github.state import Comment, Issue, Json, Pull


def _issue(call: Call) -> Issue:
    found = call.repository.issues.get(call.number("issue_number"))
    if found is None:
        raise not_found()
    return found


def _pull(call: Call) -> Pull:
    found = call.repository.pulls.get(call.number("pull_number"))
    if found is None:
        raise not_found()
    return found


def _comment(call: Call) -> Comment:
    found = call.repository.comments.get(call.number("comment_id"))
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
    proposals.edit_pull(call.site, call.repository, pull, call.actor, title=title, body=text)
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


# ---------------------------------------------------------------- issues


def get_issue(call: Call) -> Answer:
    return Answer(body=shapes_pulls.issue(call.world, call.repository, _issue(call)))


def post_issue(call: Call) -> Answer:
    title, text = body.text(call.body, "title"), body.optional_text(call.body, "body")
    made = talk.open_issue(call.site, call.repository, call.actor, title, text)
    return Answer(status=201, body=shapes_pulls.issue(call.world, call.repository, made))


def _label_names(found: Json) -> list[str]:
    """An object with `labels`, or a bare list; each a name or an object with one."""
    given = found.get("labels", found.get("", []))
    if not isinstance(given, list):
        raise body.wrong("For 'properties/labels', it is not an array.")
    names = [one.get("name") if isinstance(one, dict) else one for one in given]
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise invalid("Label", "name")
    return [str(name) for name in names]


def post_labels(call: Call) -> Answer:
    issue = _issue(call)
    talk.add_labels(call.site, call.repository, issue, call.actor, _label_names(call.body))
    return Answer(body=[shapes_pulls.label(call.world, call.repository, one) for one in issue.labels])


def list_labels(call: Call) -> Answer:
    issue = _issue(call)
    return Answer(body=[shapes_pulls.label(call.world, call.repository, one) for one in issue.labels])


def post_label(call: Call) -> Answer:
    name, color = body.text(call.body, "name"), body.optional_text(call.body, "color") or "ededed"
    made = talk.new_label(call.site, call.repository, name, color, body.optional_text(call.body, "description"))
    return Answer(status=201, body=shapes_pulls.label(call.world, call.repository, made))


def list_comments(call: Call) -> Answer:
    issue = _issue(call)
    part, headers = paged(call, issue.comments, f"/repositories/{call.repository.id}/issues/{issue.number}/comments")
    return Answer(body=[shapes_pulls.comment(call.world, call.repository, one) for one in part], headers=headers)


def post_comment(call: Call) -> Answer:
    made = talk.comment(call.site, call.repository, _issue(call), call.actor, body.text(call.body, "body"))
    return Answer(status=201, body=shapes_pulls.comment(call.world, call.repository, made))


def get_comment(call: Call) -> Answer:
    return Answer(body=shapes_pulls.comment(call.world, call.repository, _comment(call)))


def patch_comment(call: Call) -> Answer:
    found, text = _comment(call), body.text(call.body, "body")
    if not text.strip():
        raise invalid("IssueComment", "body")
    found.body, found.updated_at = text, call.world.clock()
    return Answer(body=shapes_pulls.comment(call.world, call.repository, found))


def react_to_comment(call: Call) -> Answer:
    content = body.text(call.body, "content")
    made, fresh = talk.react(call.site, _comment(call).reactions, call.actor, content)
    return Answer(status=201 if fresh else 200, body=shapes_pulls.reaction(call.world, made))


def react_to_issue(call: Call) -> Answer:
    made, fresh = talk.react(call.site, _issue(call).reactions, call.actor, body.text(call.body, "content"))
    return Answer(status=201 if fresh else 200, body=shapes_pulls.reaction(call.world, made))
