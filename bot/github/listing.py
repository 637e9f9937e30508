"""Many repositories at a glance: what a sweep compares with what was seen last. No file is read here.

A page of a hundred repositories costs one request and three points:
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.errors import Gone
from bot.github import queries
from bot.github.access import Access
from bot.github.graphql import query
from bot.github.read import standing
from bot.github.wire import Request
from bot.model import OWN_BRANCHES, NodeId, PullState, RepoFacts, RepoId, RepoRef, Sha

LARGEST_PAGE = 100
"""GitHub's own bound."""
_MOST_PULLS = 5

_PULLS = "\n  ".join(
    f'pulls{number}: pullRequests(headRefName: "{branch}", first: {_MOST_PULLS}, '
    "orderBy: {field: CREATED_AT, direction: DESC}) { nodes { ...Closing } }"
    for number, branch in enumerate(OWN_BRANCHES)
)
_LISTED = (
    """
fragment Listed on Repository {
  id databaseId name owner { login } pushedAt visibility isArchived isDisabled isFork isTemplate isEmpty
  defaultBranchRef { name target { oid } }
  """
    + _PULLS
    + """
}
fragment Closing on PullRequest {
  number state closedAt headRefName baseRefName isCrossRepository viewerDidAuthor
}
"""
)
OWNED = (
    """
query Owned($login: String!, $first: Int!, $after: String, $order: RepositoryOrder!) {
  repositoryOwner(login: $login) {
    repositories(first: $first, after: $after, orderBy: $order, ownerAffiliations: [OWNER]) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { ...Listed }
    }
  }
}
"""
    + _LISTED
)
BY_IDS = "query ListedByIds($ids: [ID!]!) { nodes(ids: $ids) { ...Listed } }" + _LISTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A pull request of ours that is over."""

    number: int
    branch: str
    base: str
    merged: bool
    closed_at: str
    """As GitHub writes it, which is what a delivery would have said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A repository as a list shows it."""

    repo: RepoFacts
    empty: bool
    head: Sha | None
    """Of the default branch."""
    pushed_at: float | None
    """Seconds since 1970 of the last push to any branch."""
    closed: tuple[Closed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Part of a list; `after` is where the next part begins, None at the end."""

    found: tuple[Glance, ...]
    after: str | None
    total: int
    whole: bool = True
    """False when GitHub left out something that stands in this part."""


class _Closing(msgspec.Struct, frozen=True, rename="camel"):
    number: int
    state: str
    closed_at: str | None
    head_ref_name: str
    base_ref_name: str
    is_cross_repository: bool
    viewer_did_author: bool


class _Closings(msgspec.Struct, frozen=True):
    nodes: tuple[_Closing | None, ...] | None = None


class _Listed(queries.Standing, frozen=True, rename="camel", kw_only=True):
    pushed_at: str | None = None
    pulls0: _Closings = _Closings()
    pulls1: _Closings = _Closings()


class _PageInfo(msgspec.Struct, frozen=True, rename="camel"):
    has_next_page: bool
    end_cursor: str | None


class _Connection(msgspec.Struct, frozen=True, rename="camel"):
    total_count: int
    page_info: _PageInfo
    nodes: tuple[_Listed | None, ...] | None = None


class _Owner(msgspec.Struct, frozen=True):
    repositories: _Connection


class _Owned(msgspec.Struct, frozen=True, rename="camel"):
    repository_owner: _Owner | None = None


class _Nodes(msgspec.Struct, frozen=True):
    nodes: tuple[_Listed | None, ...]


class _Covered(msgspec.Struct, frozen=True):
    total_count: int
    repositories: tuple[_Named, ...]


class _Named(msgspec.Struct, frozen=True):
    node_id: str


async def list_owned(
    access: Access, login: str, *, after: str | None, size: int, newest_first: bool, oidc: bool
) -> Page:
    """A part of an account's repositories: the last pushed first, or in the order in which they were made.

    Raises Gone when there is no such account; Unavailable also when GitHub could not list so many in time.
    """
    field, direction = ("PUSHED_AT", "DESC") if newest_first else ("CREATED_AT", "ASC")
    order = {"field": field, "direction": direction}
    variables = {"login": login, "first": size, "after": after, "order": order}
    answer = await query(access, OWNED, variables, _Owned, partial=True, patient=False)
    if answer.repository_owner is None:
        raise Gone(f"there is no account {login}", status=404)
    part = answer.repository_owner.repositories
    found = [one for one in part.nodes or () if one is not None]
    return Page(
        found=tuple(_glance(one, oidc=oidc) for one in found if one.owner.login.lower() == login.lower()),
        after=part.page_info.end_cursor if part.page_info.has_next_page else None,
        total=part.total_count,
        whole=len(found) == len(part.nodes or ()),
    )


async def list_covered(access: Access, *, after: str | None, size: int, oidc: bool) -> Page:
    """A part of the repositories that were chosen for an installation, in two requests. Raises as `list_owned`."""
    number = int(after or "1")
    values: dict[str, str | int] = {"per_page": size, "page": number}
    request = Request(method="GET", path="/installation/repositories{?per_page,page}", values=values)
    listed = (await access.send(request)).fit(_Covered)
    ids = [one.node_id for one in listed.repositories]
    found = await _by_ids(access, ids, oidc=oidc)
    more = number * size < listed.total_count and ids
    return Page(
        found=tuple(found),
        after=str(number + 1) if more else None,
        total=listed.total_count,
        whole=len(found) == len(ids),
    )


async def _by_ids(access: Access, ids: Sequence[str], *, oidc: bool) -> list[Glance]:
    if not ids:
        return []
    answer = await query(access, BY_IDS, {"ids": list(ids)}, _Nodes, partial=True, patient=False)
    return [_glance(one, oidc=oidc) for one in answer.nodes if one is not None]


def _glance(found: _Listed, *, oidc: bool) -> Glance:
    nobody = RepoRef(id=RepoId(0), node_id=NodeId(found.id), owner=found.owner.login, name=found.name)
    target = found.default_branch_ref.target if found.default_branch_ref else None
    return Glance(
        repo=standing(found, nobody, oidc=oidc),
        empty=found.is_empty,
        head=Sha(target.oid) if target else None,
        pushed_at=None if found.pushed_at is None else _seconds(found.pushed_at),
        closed=tuple(
            Closed(
                number=one.number,
                branch=one.head_ref_name,
                base=one.base_ref_name,
                merged=one.state.lower() == PullState.MERGED,
                closed_at=one.closed_at,
            )
            for part in (found.pulls0, found.pulls1)
            for one in part.nodes or ()
            if one is not None and one.viewer_did_author and not one.is_cross_repository and one.closed_at is not None
        ),
    )


def _seconds(moment: str) -> float | None:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError):
        return None
