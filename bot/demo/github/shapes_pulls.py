"""Issues, pull requests, comments, labels and check runs as GitHub's JSON."""

from __future__ import annotations

from bot.demo.github import diff, history, merging
from bot.demo.github.diff import FileDiff
from bot.demo.github.shapes_accounts import integration, user, user_or_none
from bot.demo.github.shapes_repositories import repository
from bot.demo.github.state import (
    Account,
    CheckRun,
    Comment,
    Issue,
    Json,
    Label,
    Pull,
    Reaction,
    Repository,
)
from bot.demo.github.world import World, iso, iso_or_none

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def label(world: World, found: Repository, one: Label) -> Json:
    return {
        "id": one.id,
        "node_id": one.node_id,
        "url": f"{world.repository_api(found)}/labels/{one.name}",
        "name": one.name,
        "color": one.color,
        "default": False,
        "description": one.description,
    }


def association(found: Repository, account: Account) -> str:
    if found.owner is account:
        return "OWNER"
    return "MEMBER" if account.login.lower() in found.collaborators else "NONE"


def rollup(url: str, reactions: list[Reaction]) -> Json:
    counts: Json = {name: sum(1 for one in reactions if one.content == name) for name in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": len(reactions), **counts}


def reaction(world: World, one: Reaction) -> Json:
    return {
        "id": one.id,
        "node_id": one.node_id,
        "user": user(world, one.user),
        "content": one.content,
        "created_at": iso(one.created_at),
    }


def issue(world: World, found: Repository, one: Issue) -> Json:
    api, web = world.repository_api(found), world.issue_web(found, one)
    url = f"{api}/issues/{one.number}"
    body: Json = {
        "url": url,
        "repository_url": api,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": web,
        "id": one.id,
        "node_id": one.node_id,
        "number": one.number,
        "title": one.title,
        "user": user(world, one.user),
        "labels": [label(world, found, each) for each in one.labels],
        "state": "open" if one.open else "closed",
        "state_reason": None,
        "locked": one.locked,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(one.comments),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "closed_at": iso_or_none(one.closed_at),
        "author_association": association(found, one.user),
        "active_lock_reason": None,
        "body": one.body,
        "reactions": rollup(url, one.reactions),
        "performed_via_github_app": None if one.app is None else integration(world, one.app),
    }
    pull = found.pulls.get(one.number)
    if pull is not None:
        body["draft"] = pull.draft
        body["pull_request"] = {
            "url": f"{api}/pulls/{one.number}",
            "html_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "merged_at": iso_or_none(pull.merged_at),
        }
    return body


def comment(world: World, found: Repository, one: Comment) -> Json:
    api = world.repository_api(found)
    url = f"{api}/issues/comments/{one.id}"
    return {
        "url": url,
        "html_url": f"{world.issue_web(found, found.issues[one.number])}#issuecomment-{one.id}",
        "issue_url": f"{api}/issues/{one.number}",
        "id": one.id,
        "node_id": one.node_id,
        "user": user(world, one.user),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "author_association": association(found, one.user),
        "body": one.body,
        "reactions": rollup(url, one.reactions),
        "performed_via_github_app": None if one.app is None else integration(world, one.app),
    }


def _end(world: World, found: Repository, branch: str, oid: str) -> Json:
    return {
        "label": f"{found.owner.login}:{branch}",
        "ref": branch,
        "sha": oid,
        "user": user(world, found.owner),
        "repo": repository(world, found),
    }


def pull_simple(world: World, found: Repository, pull: Pull) -> Json:
    """`pull-request-simple`: what a list carries."""
    api, web, one = world.repository_api(found), world.pull_web(found, pull), pull.issue
    url, talk = f"{api}/pulls/{pull.number}", f"{api}/issues/{pull.number}"
    links = {
        "self": url,
        "html": web,
        "issue": talk,
        "comments": f"{talk}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{api}/statuses/{pull.head_oid}",
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": pull.node_id,
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "issue_url": talk,
        "number": pull.number,
        "state": "open" if one.open else "closed",
        "locked": one.locked,
        "title": one.title,
        "user": user(world, one.user),
        "body": one.body,
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "closed_at": iso_or_none(one.closed_at),
        "merged_at": iso_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_oid,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [user(world, one) for one in pull.reviewers],
        "requested_teams": [],
        "labels": [label(world, found, each) for each in one.labels],
        "milestone": None,
        "draft": pull.draft,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "head": _end(world, found, pull.head, pull.head_oid),
        "base": _end(world, found, pull.base, pull.base_oid),
        "_links": {name: {"href": address} for name, address in links.items()},
        "author_association": association(found, one.user),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def changes(found: Repository, pull: Pull) -> list[FileDiff]:
    """What the pull request would change, seen from where it left its base."""
    store = found.store
    meet = history.merge_base(store, pull.base_oid, pull.head_oid)
    before = None if meet is None else history.commit(store, meet).tree
    return diff.of_trees(store, before, history.commit(store, pull.head_oid).tree)


def pull_request(world: World, found: Repository, pull: Pull) -> Json:
    """`pull-request`: what GET of one says."""
    files = changes(found, pull)
    merged, clean = pull.merged_at is not None, not merging.conflicts(found, pull)
    return pull_simple(world, found, pull) | {
        "merged": merged,
        "mergeable": None if merged else clean,
        "rebaseable": None if merged else clean,
        "mergeable_state": "unknown" if merged else "dirty" if not clean else "draft" if pull.draft else "clean",
        "merged_by": user_or_none(world, pull.merged_by),
        "comments": len(pull.issue.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(history.between(found.store, [pull.base_oid], pull.head_oid)),
        "additions": sum(one.additions for one in files),
        "deletions": sum(one.deletions for one in files),
        "changed_files": len(files),
    }


def check_run(world: World, found: Repository, run: CheckRun) -> Json:
    url = f"{world.repository_api(found)}/check-runs/{run.id}"
    web = f"{world.repository_web(found)}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": run.node_id,
        "head_sha": run.head_oid,
        "external_id": run.external_id or "",
        "url": url,
        "html_url": web,
        "details_url": run.details_url or web,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": iso_or_none(run.started_at),
        "completed_at": iso_or_none(run.completed_at),
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.id + 1},
        "app": integration(world, run.app),
        "pull_requests": [],
    }
