"""Git objects and references over REST.

https://docs.github.com/en/rest/git
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from bot.demo.github import body, branches, history, shapes_git, trees
from bot.demo.github.answers import Answer, Refusal, forbidden, not_found
from bot.demo.github.commits import Asked, api_commit, resolve
from bot.demo.github.objects import SUBMODULE_MODE, TREE_MODE, Kind, MissingObject, Signature
from bot.demo.github.site import Call
from bot.demo.github.state import Json
from bot.demo.github.trees import NoSuchPath, Put

WORKFLOWS_NEED = "contents=write,workflows=write"
BLOB_LIMIT = 100 * 1024 * 1024


def not_empty(call: Call) -> None:
    """Raises Refusal (409): the git database of a repository without a first commit cannot be used."""
    if not call.repository.refs:
        raise Refusal(409, "Git Repository is empty.")


def get_tree(call: Call) -> Answer:
    """The answer's `sha` is what was resolved: for a branch or commit the commit's id, not the tree's, as on GitHub."""
    not_empty(call)
    store = call.repository.store
    oid = resolve(call.repository, call.values["tree_sha"])
    if oid is None:
        raise not_found()
    oid = history.peel(store, oid)
    root = history.commit(store, oid).tree if store.has(oid, Kind.COMMIT) else oid
    if not store.has(root, Kind.TREE):
        raise not_found()
    if not call.query.get("recursive"):
        level = [(item.name, item) for item in trees.items(store, root).values()]
        return Answer(body=shapes_git.tree(call.world, call.repository, oid, level))
    everything = list(trees.walk(store, root))
    limit = call.repository.truncate_trees
    cut = limit is not None and len(everything) > limit
    shown = everything[:limit] if cut else everything
    return Answer(body=shapes_git.tree(call.world, call.repository, oid, shown, truncated=cut))


def get_blob(call: Call) -> Answer:
    not_empty(call)
    oid = call.values["file_sha"]
    try:
        data = call.repository.store.read(oid, Kind.BLOB)
    except MissingObject as error:
        raise not_found() from error
    if "raw" in call.accept:
        return Answer(body=data, content_type="application/vnd.github.raw; charset=utf-8")
    return Answer(body=shapes_git.blob(call.world, call.repository, oid, data))


def post_blob(call: Call) -> Answer:
    not_empty(call)
    content, encoding = body.text(call.body, "content"), body.optional_text(call.body, "encoding") or "utf-8"
    if encoding not in {"utf-8", "base64"}:
        raise Refusal(422, f"Encoding {encoding} is not supported.")
    try:
        data = base64.b64decode("".join(content.split()), validate=True) if encoding == "base64" else content.encode()
    except (binascii.Error, ValueError) as error:
        raise Refusal(422, "content is not valid Base64") from error
    oid = call.repository.store.put(Kind.BLOB, data)
    return Answer(status=201, body={"sha": oid, "url": f"{call.world.repository_api(call.repository)}/git/blobs/{oid}"})


def post_tree(call: Call) -> Answer:
    not_empty(call)
    entries = body.objects(call.body, "tree")
    if not entries:
        raise Refusal(422, "Invalid tree info")
    base = body.optional_text(call.body, "base_tree")
    root = None if base is None else _base_tree(call, base)
    _guard_workflows(call, entries)
    changes = dict(_change(call, one, deletes=root is not None) for one in entries)
    try:
        oid = trees.write(call.repository.store, root, changes)
    except NoSuchPath as error:
        raise Refusal(422, "GitRPC::BadObjectState") from error
    level = [(item.name, item) for item in trees.items(call.repository.store, oid).values()]
    return Answer(status=201, body=shapes_git.tree(call.world, call.repository, oid, level))


def _base_tree(call: Call, base: str) -> str:
    store = call.repository.store
    if store.has(base, Kind.COMMIT):
        return history.commit(store, base).tree
    if not store.has(base, Kind.TREE):
        raise Refusal(404, "Not Found")
    return base


def _guard_workflows(call: Call, entries: list[Json]) -> None:
    """GitHub refuses to write such a tree at all: octokit users meet a 403 (404 with a personal token) here."""
    if call.actor.workflows:
        return
    if any(str(one.get("path", "")).startswith(branches.WORKFLOWS) for one in entries):
        raise forbidden(WORKFLOWS_NEED)


def _change(call: Call, one: Json, *, deletes: bool) -> tuple[str, Put | None]:
    path, mode = body.text(one, "path"), body.optional_text(one, "mode") or "100644"
    if not path or path.startswith("/") or path.endswith("/") or {"", ".", "..", ".git"} & set(path.split("/")):
        raise Refusal(422, "tree.path contains a malformed path component")
    if mode not in {"100644", "100755", "040000", "160000", "120000"}:
        raise Refusal(422, "Must supply a valid tree.mode")
    mode = mode.lstrip("0")
    content = body.optional_text(one, "content")
    if "sha" in one and content is not None:
        raise Refusal(422, "Must supply either tree.sha or tree.content")
    if content is not None:
        return path, Put(mode=mode, oid=call.repository.store.put(Kind.BLOB, content.encode()))
    if "sha" not in one:
        raise Refusal(422, "Must supply either tree.sha or tree.content")
    oid = body.optional_text(one, "sha")
    if oid is None:
        if not deletes:
            raise Refusal(422, "GitRPC::BadObjectState")
        return path, None
    kind = Kind.TREE if mode == TREE_MODE else Kind.BLOB
    if mode != SUBMODULE_MODE and not call.repository.store.has(oid, kind):
        raise Refusal(422, f"tree.sha {oid} is not a valid {kind.value}")
    return path, Put(mode=mode, oid=oid)


def get_commit(call: Call) -> Answer:
    not_empty(call)
    oid = call.values["commit_sha"]
    if not call.repository.store.has(oid, Kind.COMMIT):
        raise not_found()
    return Answer(body=shapes_git.git_commit(call.world, call.repository, oid))


def post_commit(call: Call) -> Answer:
    not_empty(call)
    store = call.repository.store
    tree, parents = body.text(call.body, "tree"), body.texts(call.body, "parents")
    if not store.has(tree, Kind.TREE):
        raise Refusal(422, "Tree SHA does not exist")
    if not all(store.has(parent, Kind.COMMIT) for parent in parents):
        raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    now = call.world.clock()
    author = _signature(call.body, "author", now)
    asked = Asked(
        tree=tree,
        parents=tuple(parents),
        message=body.text(call.body, "message"),
        author=author,
        committer=_signature(call.body, "committer", now) or author,
    )
    oid = api_commit(call.repository, call.actor, now, asked)
    return Answer(status=201, body=shapes_git.git_commit(call.world, call.repository, oid))


def _signature(asked: Json, name: str, now: float) -> Signature | None:
    found = body.mapping(asked, name)
    if found is None:
        return None
    date = body.optional_text(found, "date")
    try:
        at = now if date is None else datetime.fromisoformat(date).timestamp()
    except ValueError as error:
        raise body.wrong(f"For 'properties/date', {date!r} is not a valid timestamp.") from error
    return Signature(name=body.text(found, "name"), email=body.text(found, "email"), at=int(at))


def get_tag(call: Call) -> Answer:
    oid = call.values["tag_sha"]
    if not call.repository.store.has(oid, Kind.TAG):
        raise not_found()
    return Answer(body=shapes_git.tag(call.world, call.repository, oid))


# ---------------------------------------------------------------- references


def get_ref(call: Call) -> Answer:
    not_empty(call)
    name = "refs/" + call.values["ref"]
    if name not in call.repository.refs:
        raise not_found()
    return Answer(body=shapes_git.reference(call.world, call.repository, name))


def matching_refs(call: Call) -> Answer:
    not_empty(call)
    prefix = "refs/" + call.values["ref"]
    names = sorted(name for name in call.repository.refs if name.startswith(prefix))
    return Answer(body=[shapes_git.reference(call.world, call.repository, name) for name in names])


def post_ref(call: Call) -> Answer:
    not_empty(call)
    name, oid = body.text(call.body, "ref"), body.text(call.body, "sha")
    branches.create(call.site, call.repository, name, oid, call.actor)
    return Answer(status=201, body=shapes_git.reference(call.world, call.repository, name))


def patch_ref(call: Call) -> Answer:
    not_empty(call)
    name, oid = "refs/" + call.values["ref"], body.text(call.body, "sha")
    branches.update(call.site, call.repository, name, oid, call.actor, force=body.flag(call.body, "force"))
    return Answer(body=shapes_git.reference(call.world, call.repository, name))


def delete_ref(call: Call) -> Answer:
    branches.delete(call.site, call.repository, "refs/" + call.values["ref"], call.actor)
    return Answer(status=204)
