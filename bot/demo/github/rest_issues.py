"""Issues, their comments, labels and reactions over REST: https://docs.github.com/en/rest/issues"""

from __future__ import annotations

from bot.demo.github import access, body, shapes_pulls, talk
from bot.demo.github.answers import Answer, invalid, not_found
from bot.demo.github.paging import paged
from bot.demo.github.site import Call
from bot.demo.github.state import Comment, Issue, Json
from bot.demo.github.world import iso


def _issue(call: Call, level: str = "read") -> Issue:
    return _allowed(call, call.number("issue_number"), level)


def _allowed(call: Call, number: int, level: str) -> Issue:
    """The permission for pull requests is good for their conversations alone, the one for issues for the others."""
    found = call.repository.issues.get(number)
    if found is None:
        raise not_found()
    about = "pull_requests" if number in call.repository.pulls else "issues"
    access.check(call.caller, call.repository, f"{about}={level}")
    return found


def _comment(call: Call, level: str = "read") -> Comment:
    found = call.repository.comments.get(call.number("comment_id"))
    if found is None:
        raise not_found()
    _allowed(call, found.number, level)
    return found


def get_issue(call: Call) -> Answer:
    return Answer(body=shapes_pulls.issue(call.world, call.repository, _issue(call)))


def list_issues(call: Call) -> Answer:
    """Pull requests are listed too."""
    found = [issue for issue in call.repository.issues.values() if _wanted(call, issue)]
    found.sort(key=lambda issue: issue.number, reverse=call.query.get("direction", "desc") == "desc")
    part, headers = paged(call, found, f"/repositories/{call.repository.id}/issues")
    return Answer(body=[shapes_pulls.issue(call.world, call.repository, one) for one in part], headers=headers)


def _wanted(call: Call, issue: Issue) -> bool:
    state = call.query.get("state", "open")
    if state != "all" and issue.open != (state == "open"):
        return False
    creator = call.query.get("creator")
    return creator is None or creator.lower() == issue.user.login.lower()


def post_issue(call: Call) -> Answer:
    title, text = body.text(call.body, "title"), body.optional_text(call.body, "body")
    made = talk.open_issue(call.site, call.repository, call.actor, title, text)
    return Answer(status=201, body=shapes_pulls.issue(call.world, call.repository, made))


def patch_issue(call: Call) -> Answer:
    issue, state = _issue(call, "write"), body.optional_text(call.body, "state")
    title, text = body.optional_text(call.body, "title"), body.optional_text(call.body, "body")
    if state not in {None, "open", "closed"}:
        raise invalid("Issue", "state")
    talk.edit_issue(call.site, call.repository, issue, call.actor, talk.Edit(title=title, body=text, state=state))
    return Answer(body=shapes_pulls.issue(call.world, call.repository, issue))


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
    issue = _issue(call, "write")
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
    issue, since = _issue(call), call.query.get("since", "")
    found = [one for one in issue.comments if iso(one.updated_at) >= since]
    part, headers = paged(call, found, f"/repositories/{call.repository.id}/issues/{issue.number}/comments")
    return Answer(body=[shapes_pulls.comment(call.world, call.repository, one) for one in part], headers=headers)


def post_comment(call: Call) -> Answer:
    made = talk.comment(call.site, call.repository, _issue(call, "write"), call.actor, body.text(call.body, "body"))
    return Answer(status=201, body=shapes_pulls.comment(call.world, call.repository, made))


def get_comment(call: Call) -> Answer:
    return Answer(body=shapes_pulls.comment(call.world, call.repository, _comment(call)))


def patch_comment(call: Call) -> Answer:
    found, text = _comment(call, "write"), body.text(call.body, "body")
    talk.edit_comment(call.site, call.repository, found, call.actor, text)
    return Answer(body=shapes_pulls.comment(call.world, call.repository, found))


def react_to_comment(call: Call) -> Answer:
    content = body.text(call.body, "content")
    made, fresh = talk.react(call.site, _comment(call, "write").reactions, call.actor, content)
    return Answer(status=201 if fresh else 200, body=shapes_pulls.reaction(call.world, made))


def react_to_issue(call: Call) -> Answer:
    made, fresh = talk.react(call.site, _issue(call, "write").reactions, call.actor, body.text(call.body, "content"))
    return Answer(status=201 if fresh else 200, body=shapes_pulls.reaction(call.world, made))
