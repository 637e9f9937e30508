"""Git objects, commits, references and comparisons as GitHub's JSON."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable

from bot.demo.github import diff, history
from bot.demo.github.diff import FileDiff
from bot.demo.github.objects import Commit, Kind, ObjectStore, Signature, Tag, TreeItem
from bot.demo.github.shapes_accounts import user_or_none
from bot.demo.github.state import Account, Json, Repository
from bot.demo.github.world import World, iso

UNSIGNED: Json = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def mode_of(item: TreeItem) -> str:
    """GitHub writes six digits."""
    return item.mode.rjust(6, "0")


def entry(api: str, store: ObjectStore, path: str, item: TreeItem) -> Json:
    body: Json = {"path": path, "mode": mode_of(item), "type": item.kind.value, "sha": item.oid}
    if item.kind is Kind.COMMIT:
        return body
    if item.kind is Kind.BLOB:
        body["size"] = len(store.read(item.oid, Kind.BLOB))
    return body | {"url": f"{api}/git/{item.kind.value}s/{item.oid}"}


def tree(
    world: World, repository: Repository, oid: str, entries: Iterable[tuple[str, TreeItem]], *, truncated: bool = False
) -> Json:
    api = world.repository_api(repository)
    return {
        "sha": oid,
        "url": f"{api}/git/trees/{oid}",
        "tree": [entry(api, repository.store, path, item) for path, item in entries],
        "truncated": truncated,
    }


def blob(world: World, repository: Repository, oid: str, data: bytes) -> Json:
    return {
        "sha": oid,
        "node_id": world.node_id("B", int(oid[:11], 16)),
        "size": len(data),
        "url": f"{world.repository_api(repository)}/git/blobs/{oid}",
        "content": base64.encodebytes(data).decode(),
        "encoding": "base64",
    }


def reference(world: World, repository: Repository, name: str) -> Json:
    oid = repository.refs[name]
    kind = repository.store.kind(oid).value
    api = world.repository_api(repository)
    return {
        "ref": name,
        "node_id": world.node_id("REF", zlib.crc32(f"{repository.id} {name}".encode())),
        "url": f"{api}/git/{name}",
        "object": {"sha": oid, "type": kind, "url": f"{api}/git/{kind}s/{oid}"},
    }


def person(signature: Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "date": iso(signature.at)}


def verification(found: Commit) -> Json:
    if found.signed is None:
        return dict(UNSIGNED)
    payload = found.encode().decode().replace("gpgsig " + found.signed.replace("\n", "\n ") + "\n", "")
    return {
        "verified": True,
        "reason": "valid",
        "signature": found.signed,
        "payload": payload,
        "verified_at": iso(found.committer.at),
    }


def git_commit(world: World, repository: Repository, oid: str) -> Json:
    """`git-commit`: the object alone."""
    found = history.commit(repository.store, oid)
    api, web = world.repository_api(repository), world.repository_web(repository)
    return {
        "sha": oid,
        "node_id": world.node_id("C", int(oid[:11], 16)),
        "url": f"{api}/git/commits/{oid}",
        "html_url": f"{web}/commit/{oid}",
        "author": person(found.author),
        "committer": person(found.committer),
        "tree": {"sha": found.tree, "url": f"{api}/git/trees/{found.tree}"},
        "message": found.message,
        "parents": [
            {"sha": one, "url": f"{api}/git/commits/{one}", "html_url": f"{web}/commit/{one}"} for one in found.parents
        ],
        "verification": verification(found),
    }


def commit(world: World, repository: Repository, oid: str, *, files: bool = False) -> Json:
    """`commit`: with the accounts behind author and committer, and on request what it changed."""
    found = history.commit(repository.store, oid)
    api, web = world.repository_api(repository), world.repository_web(repository)
    body: Json = {
        "sha": oid,
        "node_id": world.node_id("C", int(oid[:11], 16)),
        "commit": {
            "author": person(found.author),
            "committer": person(found.committer),
            "message": found.message,
            "tree": {"sha": found.tree, "url": f"{api}/git/trees/{found.tree}"},
            "url": f"{api}/git/commits/{oid}",
            "comment_count": 0,
            "verification": verification(found),
        },
        "url": f"{api}/commits/{oid}",
        "html_url": f"{web}/commit/{oid}",
        "comments_url": f"{api}/commits/{oid}/comments",
        "author": user_or_none(world, account_of(world, found.author)),
        "committer": user_or_none(world, account_of(world, found.committer)),
        "parents": [
            {"sha": one, "url": f"{api}/commits/{one}", "html_url": f"{web}/commit/{one}"} for one in found.parents
        ],
    }
    if files:
        parent = history.commit(repository.store, found.parents[0]).tree if found.parents else None
        changed = diff.of_trees(repository.store, parent, found.tree)
        added, removed = sum(one.additions for one in changed), sum(one.deletions for one in changed)
        body["stats"] = {"additions": added, "deletions": removed, "total": added + removed}
        body["files"] = [diff_entry(world, repository, oid, one) for one in changed]
    return body


def account_of(world: World, signature: Signature) -> Account | None:
    """The account whose address for commits this is."""
    login = signature.email.partition("@")[0].partition("+")[2]
    return world.accounts.get(login.lower())


def diff_entry(world: World, repository: Repository, oid: str, one: FileDiff) -> Json:
    web, api = world.repository_web(repository), world.repository_api(repository)
    body: Json = {
        "sha": one.oid,
        "filename": one.path,
        "status": one.status,
        "additions": one.additions,
        "deletions": one.deletions,
        "changes": one.additions + one.deletions,
        "blob_url": f"{web}/blob/{oid}/{one.path}",
        "raw_url": f"{web}/raw/{oid}/{one.path}",
        "contents_url": f"{api}/contents/{one.path}?ref={oid}",
    }
    if one.lines:
        body["patch"] = "\n".join(one.lines)
    return body


def tag(world: World, repository: Repository, oid: str) -> Json:
    found = Tag.decode(repository.store.read(oid, Kind.TAG))
    api, kind = world.repository_api(repository), found.kind.value
    return {
        "node_id": world.node_id("TA", int(oid[:11], 16)),
        "sha": oid,
        "url": f"{api}/git/tags/{oid}",
        "tag": found.name,
        "message": found.message,
        "tagger": person(found.tagger),
        "object": {"sha": found.target, "type": kind, "url": f"{api}/git/{kind}s/{found.target}"},
        "verification": dict(UNSIGNED),
    }


def comparison(world: World, repository: Repository, base: str, head: str) -> Json:
    """`commit-comparison`; both must share history."""
    store = repository.store
    meet = history.merge_base(store, base, head)
    if meet is None:
        raise ValueError("no common ancestor")
    ahead, behind = history.between(store, [base], head), history.between(store, [head], base)
    status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    api, web = world.repository_api(repository), world.repository_web(repository)
    changed = diff.of_trees(store, history.commit(store, meet).tree, history.commit(store, head).tree)
    return {
        "url": f"{api}/compare/{base}...{head}",
        "html_url": f"{web}/compare/{base}...{head}",
        "permalink_url": f"{web}/compare/{base}...{head}",
        "diff_url": f"{web}/compare/{base}...{head}.diff",
        "patch_url": f"{web}/compare/{base}...{head}.patch",
        "base_commit": commit(world, repository, base),
        "merge_base_commit": commit(world, repository, meet),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit(world, repository, oid) for oid in ahead],
        "files": [diff_entry(world, repository, head, one) for one in changed],
    }
