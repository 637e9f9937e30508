"""Making commits: whose name stands on them, and which of them GitHub signs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.demo.github import history, trees
from bot.demo.github.objects import FILE_MODE, Commit, Kind, Signature
from bot.demo.github.payloads import mail
from bot.demo.github.site import Actor
from bot.demo.github.state import Account, Repository
from bot.demo.github.trees import Put

Files = Mapping[str, str | bytes | None]
"""Path -> new content; None deletes."""


def signature(account: Account, at: float) -> Signature:
    return Signature(name=account.login, email=mail(account), at=int(at))


def web_flow(at: float) -> Signature:
    """Who commits what is made through the API and signed by GitHub."""
    return Signature(name="GitHub", email="noreply@github.com", at=int(at))


def put_commit(repository: Repository, commit: Commit) -> str:
    return repository.store.put(Kind.COMMIT, commit.encode())


def sign(commit: Commit) -> Commit:
    """With a signature in the object, as GitHub's own; nobody can verify this one."""
    digest = hashlib.sha512(commit.encode()).digest()
    armour = f"-----BEGIN PGP SIGNATURE-----\n\n{base64.b64encode(digest).decode()}\n-----END PGP SIGNATURE-----\n"
    return Commit(
        tree=commit.tree,
        parents=commit.parents,
        author=commit.author,
        committer=commit.committer,
        message=commit.message,
        signed=armour,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A commit as the API's caller describes it."""

    tree: str
    parents: tuple[str, ...]
    message: str
    author: Signature | None = None
    committer: Signature | None = None


def api_commit(repository: Repository, actor: Actor, now: float, asked: Asked) -> str:
    """Without author and committer an App's commit is GitHub's: signed and verified."""
    ours = asked.author is None and asked.committer is None and actor.app is not None
    author = asked.author or signature(actor.account, now)
    made = Commit(
        tree=asked.tree,
        parents=asked.parents,
        author=author,
        committer=asked.committer or (web_flow(now) if ours else author),
        message=asked.message,
    )
    return put_commit(repository, sign(made) if ours else made)


def commit_files(
    repository: Repository, actor: Account, now: float, parent: str | None, files: Files, message: str
) -> str:
    """What a person does with git: an unsigned commit of some changed files. Raises NoSuchPath."""
    store = repository.store
    changes: dict[str, Put | None] = {}
    for path, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        changes[path] = None if data is None else Put(mode=FILE_MODE, oid=store.put(Kind.BLOB, data))
    base = None if parent is None else history.commit(store, parent).tree
    who = signature(actor, now)
    made = Commit(
        tree=trees.write(store, base, changes),
        parents=() if parent is None else (parent,),
        author=who,
        committer=who,
        message=message + "\n",
    )
    return put_commit(repository, made)


def resolve(repository: Repository, name: str) -> str | None:
    """A branch, a tag, a full reference, `HEAD` or an object id -> an object id."""
    if name in {"", "HEAD"}:
        return repository.head
    for prefix in ("", "refs/", "refs/heads/", "refs/tags/"):
        if prefix + name in repository.refs:
            return repository.refs[prefix + name]
    if repository.store.has(name):
        return name
    if len(name) < 40 and len(name) >= 7 and all(letter in "0123456789abcdef" for letter in name):
        found = [oid for oid in repository.store.ids() if oid.startswith(name)]
        return found[0] if len(found) == 1 else None
    return None


def resolve_commit(repository: Repository, name: str) -> str | None:
    """Tags peeled; None when it is no commit."""
    oid = resolve(repository, name)
    if oid is None:
        return None
    oid = history.peel(repository.store, oid)
    return oid if repository.store.has(oid, Kind.COMMIT) else None
