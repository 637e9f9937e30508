"""The nouns of a workflow. All texts are as decoded from YAML; `line` counts from 1.

Structs of msgspec and not dataclasses: a repository has hundreds of steps, and these are six times cheaper to make.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from bot.model import YamlPath
from bot.workflow import matrix
from bot.yaml import Document, Node

_FALSE = re.compile(r"\s*(?:\$\{\{)?\s*(?:false|0)\s*(?:&&[^|{}]*)?(?:\}\})?\s*\Z", re.IGNORECASE)
"""Text beside an expression is never false, and an `||` may lead out of what is."""


def literal_false(condition: str | None) -> bool:
    """Claims that an `if:` is the word false, or starts with `false &&`, so that what it guards never runs."""
    return condition is not None and _FALSE.match(condition) is not None


class UsesKind(StrEnum):
    REMOTE = "remote"
    LOCAL = "local"
    DOCKER = "docker"
    OTHER = "other"
    """An expression, or text that GitHub would refuse."""


class Uses(msgspec.Struct, frozen=True, gc=False):
    """`owner/repo/path@ref`, `./path` or `docker://image`, taken apart; fields that do not apply are empty."""

    text: str
    kind: UsesKind
    owner: str = ""
    repo: str = ""
    path: str = ""
    ref: str = ""
    name: str = ""
    """`owner/repo` in lower case: GitHub does not tell case apart."""
    node: Node | None = None
    """Where it stands; None for a text that stands nowhere."""

    @property
    def line(self) -> int:
        return self.node.line if self.node is not None else 1


class Trigger(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event of `on:`. `filters`: branches, tags, paths, types ... -> their items; `inputs`: name -> defaults."""

    event: str
    path: YamlPath
    line: int
    filters: Mapping[str, tuple[str, ...]] = {}
    inputs: Mapping[str, tuple[str, ...]] = {}
    """Inputs of workflow_dispatch and workflow_call -> default and options, as far as they are spelt out."""
    secrets: tuple[str, ...] = ()
    """Names that a `workflow_call` asks its callers for."""


class Permissions(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A `permissions:` block. `every`: the level given to all scopes (`read-all`, `write-all`), or None."""

    scopes: Mapping[str, str]
    every: str | None
    path: YamlPath
    line: int

    def level(self, scope: str) -> str:
        """`write`, `read` or `none`; a scope that a block does not list has none."""
        return self.scopes.get(scope, self.every or "none")


class Environment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`environment:` in either form; an expression stays as it is written."""

    name: str
    url: str | None
    path: YamlPath
    line: int


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One step of a job or of a composite action."""

    index: int
    among: YamlPath
    """The path of the list that it stands in."""
    node: Node
    id: str | None = None
    name: str | None = None
    condition: str | None = None
    uses: Uses | None = None
    run: str | None = None
    shell: str | None = None
    working_directory: str | None = None
    inputs: Mapping[str, str] = {}
    """`with:`; keys as written."""
    env: Mapping[str, str] = {}

    # Made where they are asked for: of most steps nobody asks.
    @property
    def path(self) -> YamlPath:
        return (*self.among, self.index)

    @property
    def line(self) -> int:
        return self.node.line


class Job(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One job; with `uses` it has no steps of its own, but calls a workflow."""

    id: str
    path: YamlPath
    line: int
    node: Node
    name: str | None = None
    needs: tuple[str, ...] = ()
    condition: str | None = None
    runs_on: tuple[str, ...] = ()
    container: str | None = None
    environment: Environment | None = None
    permissions: Permissions | None = None
    env: Mapping[str, str] = {}
    matrix_node: Node | None = None
    shell: str | None = None
    working_directory: str | None = None
    steps: tuple[Step, ...] = ()
    uses: Uses | None = None
    inputs: Mapping[str, str] = {}
    """`with:` of a called workflow."""
    secrets: Mapping[str, str] = {}
    inherits_secrets: bool = False

    @property
    def has_matrix(self) -> bool:
        return self.matrix_node is not None

    @property
    def matrix(self) -> Mapping[str, tuple[str, ...]]:
        """Every value that a key of the matrix may have, `include` counted; nested keys are joined by dots.

        Read when it is asked for, and kept a while: of most jobs nobody asks, of the others again and again.
        """
        return matrix.values(self.matrix_node)


class Workflow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file of `.github/workflows`."""

    path: str
    document: Document
    name: str | None
    triggers: Mapping[str, Trigger]
    permissions: Permissions | None
    env: Mapping[str, str]
    jobs: Mapping[str, Job]

    def permissions_of(self, job: Job) -> Permissions | None:
        """The block that holds for a job: its own, else the workflow's, else None (the repository's default)."""
        return job.permissions or self.permissions

    def may_mint(self, job: Job) -> bool | None:
        """Claims that a job gets identity tokens; None where its callers decide. No default ever includes them."""
        permissions = self.permissions_of(job)
        if permissions is None:
            return None if "workflow_call" in self.triggers else False
        return permissions.level("id-token") == "write"


class Action(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An `action.yml`; only composite actions have steps."""

    path: str
    document: Document
    using: str
    inputs: Mapping[str, str | None]
    """Name -> default, None where there is none."""
    steps: tuple[Step, ...]
