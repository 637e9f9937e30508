"""The GraphQL documents that we send, and the shapes of their answers.

Field names are GitHub's, so the structs rename: https://docs.github.com/en/graphql/reference/objects
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.model import OWN_BRANCHES, Sha

MOST_PULLS = 20
"""Read of each branch. Pull requests from forks carry the same branch name and can push ours out of a shorter list."""

MOST_PULLS_OF_MANY = 5
"""The same where many repositories are read at once; one that has so many is read again by itself."""

HEAD = """
fragment Head on Ref {
  target {
    oid
    ... on Commit {
      tree { oid }
      message
      parents(first: 2) { nodes { oid } }
      author { email }
      committer { email }
    }
  }
}
"""
PULL = """
fragment Pull on PullRequest {
  number url state title body headRefOid headRefName baseRefName isCrossRepository viewerDidAuthor
  isDraft mergeable
  labels(first: 20) { nodes { name } }
}
"""


def facts(most_pulls: int) -> str:
    """The fragment `Facts`: what a repository is, and what in it is ours."""
    branches = "\n  ".join(
        f'head{number}: ref(qualifiedName: "refs/heads/{branch}") {{ ...Head }}\n'
        f'  pulls{number}: pullRequests(headRefName: "{branch}", first: {most_pulls}, '
        "orderBy: {field: CREATED_AT, direction: DESC}) { nodes { ...Pull } }"
        for number, branch in enumerate(OWN_BRANCHES)
    )
    return (
        """
fragment Facts on Repository {
  id databaseId name owner { login } visibility isArchived isDisabled isFork isTemplate isEmpty
  defaultBranchRef { name target { oid ... on Commit { tree { oid } } } }
  dependabot: refs(refPrefix: "refs/heads/dependabot/github_actions/", first: 30) { nodes { name } }
  renovate: refs(refPrefix: "refs/heads/renovate/", first: 30) { nodes { name } }
  """
        + branches
        + "\n}\n"
    )


_FACTS = facts(MOST_PULLS)
BY_ID = "query Facts($id: ID!) { viewer { login } repository: node(id: $id) { ...Facts } }" + _FACTS + HEAD + PULL
BY_NAME = (
    "query FactsByName($owner: String!, $name: String!) { viewer { login } "
    "repository(owner: $owner, name: $name) { ...Facts } }" + _FACTS + HEAD + PULL
)
LOOK = (
    """
query Look($id: ID!, $ref: String!, $branch: String!) {
  viewer { login }
  repository: node(id: $id) {
    ... on Repository {
      head0: ref(qualifiedName: $ref) { ...Head }
      pulls0: pullRequests(headRefName: $branch, states: [OPEN], first: 20) { nodes { ...Pull } }
    }
  }
}
"""
    + HEAD
    + PULL
)
MOVE = """
mutation Move($repository: ID!, $name: GitRefname!, $before: GitObjectID!, $after: GitObjectID!) {
  updateRefs(input: {
    repositoryId: $repository, refUpdates: [{name: $name, beforeOid: $before, afterOid: $after, force: true}]
  }) { clientMutationId }
}
"""
TO_DRAFT = """
mutation ToDraft($pull: ID!) {
  convertPullRequestToDraft(input: {pullRequestId: $pull}) { clientMutationId }
}
"""
TO_READY = """
mutation ToReady($pull: ID!) {
  markPullRequestReadyForReview(input: {pullRequestId: $pull}) { clientMutationId }
}
"""


TEXT_AT = """
query TextAt($id: ID!, $expression: String!) {
  repository: node(id: $id) {
    ... on Repository { object(expression: $expression) { ... on Blob { text isBinary isTruncated } } }
  }
}
"""
TEXT = "\nfragment Text on Blob { text isBinary isTruncated }"


def texts(oids: Sequence[Sha]) -> str:
    """A document that asks for these blobs as `t0`, `t1`, ...; `oids` were checked with the tree."""
    return f"query Texts($id: ID!) {{ repository: node(id: $id) {{ ... on Repository {{\n{blobs(oids)}\n}} }} }}{TEXT}"


def blobs(oids: Sequence[Sha]) -> str:
    """The fields of a repository that show these blobs."""
    return "\n".join(f't{number}: object(oid: "{oid}") {{ ...Text }}' for number, oid in enumerate(oids))


class Oid(msgspec.Struct, frozen=True):
    oid: str


class Login(msgspec.Struct, frozen=True):
    login: str


class Actor(msgspec.Struct, frozen=True):
    email: str | None = None


class OidNodes(msgspec.Struct, frozen=True):
    """Lists may be null, and hold nulls for what may not be seen: `found` has the rest."""

    nodes: tuple[Oid | None, ...] | None = None

    @property
    def found(self) -> tuple[Oid, ...]:
        return tuple(node for node in self.nodes or () if node is not None)


class Target(msgspec.Struct, frozen=True):
    """A commit; only its oid is there when the ref points to something else."""

    oid: str
    tree: Oid | None = None
    message: str = ""
    parents: OidNodes = OidNodes()
    author: Actor | None = None
    committer: Actor | None = None


class Ref(msgspec.Struct, frozen=True):
    target: Target | None = None
    name: str = ""


class Name(msgspec.Struct, frozen=True):
    name: str


class Names(msgspec.Struct, frozen=True):
    """Of branches; null where the repository has none at all."""

    nodes: tuple[Name | None, ...] | None = None

    @property
    def found(self) -> tuple[str, ...]:
        return tuple(node.name for node in self.nodes or () if node is not None)


class Label(msgspec.Struct, frozen=True):
    name: str


class Labels(msgspec.Struct, frozen=True):
    nodes: tuple[Label | None, ...] | None = None

    @property
    def found(self) -> tuple[Label, ...]:
        return tuple(node for node in self.nodes or () if node is not None)


class Pull(msgspec.Struct, frozen=True, rename="camel"):
    number: int
    url: str
    state: str
    title: str
    body: str
    head_ref_oid: str
    head_ref_name: str
    base_ref_name: str
    is_cross_repository: bool
    viewer_did_author: bool
    is_draft: bool = False
    mergeable: str = "UNKNOWN"
    labels: Labels | None = None


class Pulls(msgspec.Struct, frozen=True):
    nodes: tuple[Pull | None, ...] | None = None

    @property
    def found(self) -> tuple[Pull, ...]:
        return tuple(node for node in self.nodes or () if node is not None)


class Branches(msgspec.Struct, frozen=True):
    """Heads and pull requests of our branches, in the order of `OWN_BRANCHES` (of one branch in a look)."""

    head0: Ref | None = None
    head1: Ref | None = None
    pulls0: Pulls = Pulls()
    pulls1: Pulls = Pulls()


class Standing(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a repository is, without anything of its files."""

    id: str
    database_id: int | None
    name: str
    owner: Login
    visibility: str
    is_archived: bool
    is_disabled: bool
    is_fork: bool
    is_template: bool
    is_empty: bool
    default_branch_ref: Ref | None = None

    @property
    def bare(self) -> bool:
        """Claims that nothing is read of it beyond its facts."""
        return self.is_archived or self.is_disabled or self.is_fork or self.is_template or self.is_empty


class Repository(Standing, frozen=True, rename="camel", kw_only=True):
    """With the fields of `Branches`; a struct has one base."""

    head0: Ref | None = None
    head1: Ref | None = None
    pulls0: Pulls = Pulls()
    pulls1: Pulls = Pulls()
    dependabot: Names | None = None
    renovate: Names | None = None


class Facts(msgspec.Struct, frozen=True):
    viewer: Login
    repository: Repository | None = None


class Look(msgspec.Struct, frozen=True):
    viewer: Login
    repository: Branches | None = None


class Text(msgspec.Struct, frozen=True, rename="camel"):
    text: str | None = None
    is_binary: bool | None = None
    is_truncated: bool = False


class Texts(msgspec.Struct, frozen=True):
    repository: dict[str, Text | None] | None = None


class Mutated(msgspec.Struct, frozen=True):
    """Nothing of the answer is needed: it came without errors."""


class ObjectAt(msgspec.Struct, frozen=True):
    object: Text | None = None


class TextAt(msgspec.Struct, frozen=True):
    repository: ObjectAt | None = None


class Moved(msgspec.Struct, frozen=True, rename="camel"):
    update_refs: dict[str, str | None] | None = None
