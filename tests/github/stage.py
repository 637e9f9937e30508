"""An organisation on a GitHub of our own, with the App installed, and short words for what tests do there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from msgspec import structs

from bot.demo.github import Credentials, Exchange, Installation, LocalGitHub, Repository, branches, history, trees
from bot.demo.github.commits import put_commit, signature
from bot.demo.github.objects import SUBMODULE_MODE, Commit, Kind
from bot.demo.github.site import Actor
from bot.github import AppCredentials, GitHub, Permit, read_private_key
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    Change,
    InstallationId,
    NodeId,
    Plan,
    PullRequest,
    RepoId,
    RepoRef,
    Snapshot,
    TreeEntry,
)
from tests.github.scripted import Connect

PERMISSIONS = {"metadata": "read", "contents": "write", "pull_requests": "write", "workflows": "write"}
WORKFLOW = ".github/workflows/publish.yml"
PYPROJECT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "tool"\n'
FILES: Mapping[str, str | bytes] = {
    "pyproject.toml": PYPROJECT,
    "README.md": "# tool\n",
    "tool/__init__.py": "",
    ".github/workflows/test.yml": "on: push\njobs: {}\n",
}


async def permit() -> None:
    """Everything may be written."""


@dataclass(slots=True)
class Stage:
    """`acme/tool`, a package without a publish workflow; `alice` owns the organisation."""

    hub: LocalGitHub
    keys: Credentials
    installed: Installation
    door: GitHub
    marked: int = 0

    @property
    def installation(self) -> InstallationId:
        return InstallationId(self.installed.id)

    def ref(self, name: str = "acme/tool") -> RepoRef:
        found = self.hub.repository(name)
        return RepoRef(id=RepoId(found.id), node_id=NodeId(found.node_id), owner=found.owner.login, name=found.name)

    def mark(self) -> None:
        """`asked` counts from here."""
        self.marked = len(self.hub.recorder.exchanges)

    def asked(self) -> list[Exchange]:
        """What we asked since the mark, token minting left out."""
        every = list(self.hub.recorder.exchanges)[self.marked :]
        return [one for one in every if not one.path.endswith("/access_tokens")]

    async def read(self, name: str = "acme/tool") -> Snapshot:
        return await self.door.read(self.installation, self.ref(name))

    async def propose(self, snapshot: Snapshot, plan: Plan, allowed: Permit = permit) -> PullRequest:
        return await self.door.propose(self.installation, snapshot, plan, permit=allowed)

    def text(self, path: str, branch: str = TRUSTED_PUBLISHING_BRANCH, name: str = "acme/tool") -> str:
        return self.hub.read(name, path, ref=branch).decode()

    def commits(self, name: str = "acme/tool", branch: str = TRUSTED_PUBLISHING_BRANCH) -> str | None:
        return self.hub.repository(name).branch(branch)


def planned(snapshot: Snapshot, text: str = "on: release\n", *, path: str = WORKFLOW, body: str = "Why.\n") -> Plan:
    """A plan that gives `path` this text."""
    before = snapshot.files.get(path)
    return Plan(
        branch=TRUSTED_PUBLISHING_BRANCH,
        base=snapshot.repo.default_branch or "",
        title="Publish to PyPI by Trusted Publishing",
        body=body,
        changes=(Change(file=path, before=before, after=text),),
        digest=hashlib.sha256(text.encode()).hexdigest()[:16],
        subject="0123456789abcdef",
    )


def also(plan: Plan, *changes: Change) -> Plan:
    return structs.replace(plan, changes=(*plan.changes, *changes))


def put_modes(hub: LocalGitHub, name: str, files: Mapping[str, tuple[str, bytes]]) -> None:
    """A commit of entries of any mode."""
    found: Repository = hub.repository(name)
    person, store = hub.account("alice"), found.store
    changes: dict[str, trees.Put | None] = {
        path: trees.Put(mode=mode, oid="1" * 40 if mode == SUBMODULE_MODE else store.put(Kind.BLOB, data))
        for path, (mode, data) in files.items()
    }
    head = found.head or ""
    before = history.commit(store, head)
    who = signature(person, hub.site.world.clock())
    tree = trees.write(store, before.tree, changes)
    commit = Commit(tree=tree, parents=(head,), author=who, committer=who, message="modes\n")
    branches.move(hub.site, found, "refs/heads/main", put_commit(found, commit), Actor(account=person))


def once(path_end: str, act: Callable[[], object]) -> Callable[[Exchange], None]:
    """A listener that acts after the first successful writing request to such a path."""
    waiting = [act]

    def listen(exchange: Exchange) -> None:
        if waiting and exchange.method == "POST" and exchange.path.endswith(path_end) and exchange.status < 300:
            waiting.pop()()

    return listen


def pulls(stage: Stage) -> list[tuple[int, str, bool]]:
    found = stage.hub.repository("acme/tool").pulls.values()
    return [(pull.number, pull.issue.title, pull.issue.open) for pull in found]


@dataclass(frozen=True)
class Paths:
    """An interest in just these."""

    paths: tuple[str, ...]
    more: tuple[str, ...] = ()

    def first(self, _tree: Mapping[str, TreeEntry], /) -> Iterable[str]:
        return self.paths

    def named(self, _files: Mapping[str, str], _tree: Mapping[str, TreeEntry], /) -> Iterable[str]:
        return self.more


def door(stage: Stage, connect: Connect, *paths: str, more: tuple[str, ...] = ()) -> Stage:
    """The same stage, read with another interest."""
    who = AppCredentials(app_id=str(stage.keys.app.id), key=read_private_key(stage.keys.private_key))
    return replace(stage, door=connect(stage.hub.url, who, interest=Paths(paths, more)))
