"""The arguments of a job, decoded again when it is taken off the queue: the database is a door too."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from bot.model import Job, NodeId, RepoId, RepoRef

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Repository(msgspec.Struct, frozen=True):
    """Which repository a job is about."""

    repo_id: int
    node_id: str
    owner: str
    name: str

    @property
    def ref(self) -> RepoRef:
        return RepoRef(id=RepoId(self.repo_id), node_id=NodeId(self.node_id), owner=self.owner, name=self.name)


def read(job: Job, shape: type[Shape]) -> Shape:
    """The arguments of `job`. Raises msgspec.ValidationError when another version stored something else."""
    return msgspec.convert(dict(job.args), shape)
