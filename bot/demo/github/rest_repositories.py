"""Repositories: facts, contents, commits, comparisons, rules.

https://docs.github.com/en/rest/repos
"""

from __future__ import annotations

import base64
from fnmatch import fnmatchcase

from bot.demo.github import access, history, shapes_git, trees
from bot.demo.github.answers import Answer, Refusal, not_found
from bot.demo.github.commits import resolve_commit
from bot.demo.github.objects import LINK_MODE, Kind, TreeItem
from bot.demo.github.paging import paged
from bot.demo.github.shapes_accounts import user
from bot.demo.github.shapes_repositories import full_repository
from bot.demo.github.shapes_repositories import repository as repository_shape
from bot.demo.github.site import Call
from bot.demo.github.state import Account, AccountKind, Json, Repository
from bot.demo.github.tokens import AsUser
from bot.demo.github.world import iso

CONTENTS_LIMIT = 1024 * 1024
"""Files larger than this come without content; larger than 100 times this not at all."""


def get_repository(call: Call) -> Answer:
    body = full_repository(call.world, call.repository)
    if isinstance(call.caller, AsUser):
        body["permissions"] = rights(role(call.caller.account, call.repository) or "")
    return Answer(body=body)


def list_organization(call: Call) -> Answer:
    return _list_of(call, call.values["org"], f"/orgs/{call.values['org']}/repos")


def list_user(call: Call) -> Answer:
    return _list_of(call, call.values["username"], f"/users/{call.values['username']}/repos")


def _list_of(call: Call, login: str, path: str) -> Answer:
    account = call.world.accounts.get(login.lower())
    if account is None:
        raise not_found()
    seen = [one for one in call.world.repositories_of(account) if access.visible(call.caller, one)]
    order = {"pushed": lambda one: -one.pushed_at, "full_name": lambda one: one.full_name.lower()}
    seen.sort(key=order.get(call.query.get("sort", ""), lambda one: -one.created_at))
    part, headers = paged(call, seen, path)
    return Answer(body=[repository_shape(call.world, one) for one in part], headers=headers)


def get_account(call: Call) -> Answer:
    account = call.world.accounts.get(call.values["username"].lower())
    if account is None:
        raise not_found()
    return Answer(body=public_user(call, account))


def public_user(call: Call, account: Account) -> Json:
    empty = dict.fromkeys(("name", "company", "blog", "location", "email", "hireable", "bio"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    times: Json = {"created_at": iso(account.created_at), "updated_at": iso(account.created_at)}
    return user(call.world, account) | empty | counts | times


def get_contents(call: Call) -> Answer:
    path = call.values["path"].strip("/")
    commit = resolve_commit(call.repository, call.query.get("ref", ""))
    if commit is None:
        if "ref" in call.query:
            raise Refusal(404, f"No commit found for the ref {call.query['ref']}")
        raise Refusal(404, "This repository is empty.")
    root = history.commit(call.repository.store, commit).tree
    item = trees.find(call.repository.store, root, path)
    if item is None:
        raise not_found()
    if item.kind is Kind.TREE:
        below = trees.items(call.repository.store, item.oid).values()
        prefix = f"{path}/" if path else ""
        return Answer(body=[_listed(call, prefix + one.name, one) for one in below])
    if item.kind is Kind.COMMIT:
        return Answer(body=_submodule(call, path, item))
    return _file(call, path, item)


def _file(call: Call, path: str, item: TreeItem) -> Answer:
    data = call.repository.store.read(item.oid, Kind.BLOB)
    if len(data) > 100 * CONTENTS_LIMIT:
        raise Refusal(403, "This API returns blobs up to 100 MB in size.")
    if "raw" in call.accept:
        return Answer(body=data, content_type="application/vnd.github.raw; charset=utf-8")
    body = _described(call, path, item, "file")
    if item.mode == LINK_MODE:
        return Answer(body=body | {"type": "symlink", "target": data.decode("utf-8", "replace")})
    small = len(data) <= CONTENTS_LIMIT
    text: Json = {
        "content": base64.encodebytes(data).decode() if small else "",
        "encoding": "base64" if small else "none",
    }
    return Answer(body=body | text)


def _listed(call: Call, path: str, item: TreeItem) -> Json:
    kind = {Kind.TREE: "dir", Kind.COMMIT: "file", Kind.BLOB: "file"}[item.kind]
    return _described(call, path, item, "symlink" if item.mode == LINK_MODE else kind)


def _submodule(call: Call, path: str, item: TreeItem) -> Json:
    return _described(call, path, item, "submodule") | {"submodule_git_url": None, "download_url": None}


def _described(call: Call, path: str, item: TreeItem, kind: str) -> Json:
    api, web = call.world.repository_api(call.repository), call.world.repository_web(call.repository)
    ref = call.query.get("ref", call.repository.default_branch)
    url = f"{api}/contents/{path}?ref={ref}"
    git = f"{api}/git/{item.kind.value}s/{item.oid}"
    html = f"{web}/blob/{ref}/{path}"
    size = len(call.repository.store.read(item.oid, Kind.BLOB)) if item.kind is Kind.BLOB else 0
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": item.oid,
        "size": size,
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": f"{web}/raw/{ref}/{path}" if item.kind is Kind.BLOB else None,
        "type": kind,
        "_links": {"self": url, "git": git, "html": html},
    }


def get_commit(call: Call) -> Answer:
    oid = resolve_commit(call.repository, call.values["ref"])
    if oid is None:
        if not call.repository.refs:
            raise Refusal(409, "Git Repository is empty.")
        raise Refusal(422, f"No commit found for SHA: {call.values['ref']}")
    return Answer(body=shapes_git.commit(call.world, call.repository, oid, files=True))


def list_commits(call: Call) -> Answer:
    """From a commit back, all of them or those that changed what stands at a path."""
    oid = resolve_commit(call.repository, call.query.get("sha") or call.repository.default_branch)
    if oid is None:
        raise Refusal(409, "Git Repository is empty.") if not call.repository.refs else not_found()
    found = [*history.reachable(call.repository.store, [oid])]
    path = call.query.get("path")
    if path:
        found = [one for one in found if history.changed(call.repository.store, one, path)]
    part, headers = paged(call, found, f"/repositories/{call.repository.id}/commits")
    shapes = [shapes_git.commit(call.world, call.repository, one, files=False) for one in part]
    return Answer(body=shapes, headers=headers)


def get_comparison(call: Call) -> Answer:
    left, dots, right = call.values["basehead"].partition("...")
    base, head = (resolve_commit(call.repository, side.rpartition(":")[2]) for side in (left, right))
    if not dots or base is None or head is None:
        raise not_found()
    if history.merge_base(call.repository.store, base, head) is None:
        raise Refusal(404, f"No common ancestor between {left} and {right}.")
    return Answer(body=shapes_git.comparison(call.world, call.repository, base, head))


def get_rules(call: Call) -> Answer:
    """The rules that hold for a branch, whether it exists or not."""
    branch = call.values["branch"]
    source = {"ruleset_source_type": "Repository", "ruleset_source": call.repository.full_name, "ruleset_id": 1}
    rules = [rule for rule in call.repository.rules if fnmatchcase(branch, rule.pattern)]
    return Answer(body=[{"type": rule.kind, **source, **_parameters(rule.kind)} for rule in rules])


def _parameters(kind: str) -> Json:
    if kind != "pull_request":
        return {}
    flags = (
        "dismiss_stale_reviews_on_push",
        "require_code_owner_review",
        "require_last_push_approval",
        "required_review_thread_resolution",
    )
    return {"parameters": {**dict.fromkeys(flags, False), "required_approving_review_count": 1}}


def get_collaborator_permission(call: Call) -> Answer:
    account = call.world.accounts.get(call.values["username"].lower())
    if account is None:
        raise not_found()
    given = role(account, call.repository)
    if given is None:
        given = "none" if call.repository.private else "read"
    coarse = {"triage": "read", "maintain": "write"}.get(given, given)
    shape = user(call.world, account) | {"role_name": given, "permissions": rights(given)}
    return Answer(body={"permission": coarse, "role_name": given, "user": shape})


def role(account: Account, repository: Repository) -> str | None:
    """What was given to this person explicitly; None: nothing beyond what everybody may read."""
    return "admin" if repository.owner is account else repository.collaborators.get(account.login.lower())


def rights(role: str) -> Json:
    order = ["read", "triage", "write", "maintain", "admin"]
    reach = order.index(role) if role in order else -1
    names = ["pull", "triage", "push", "maintain", "admin"]
    return {name: index <= reach for index, name in enumerate(names)}


def get_organization(call: Call) -> Answer:
    account = call.world.accounts.get(call.values["org"].lower())
    if account is None or account.kind is not AccountKind.ORGANIZATION:
        raise not_found()
    return Answer(body=user(call.world, account))
