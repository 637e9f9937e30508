"""Which branches there are, which files a pull request touches, and how files stand at another commit."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.github import queries
from bot.github.access import Access
from bot.github.graphql import query
from bot.github.read import Interest, read_tree
from bot.github.texts import TextReader
from bot.github.wire import Request
from bot.model import RepoFacts, RepoRef, Sha, Snapshot

MOST_BRANCHES = 2000
MOST_FILES = 3000
"""GitHub lists no more: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files"""


class _Object(msgspec.Struct, frozen=True):
    sha: str
    type: str = "commit"


class _Ref(msgspec.Struct, frozen=True):
    ref: str
    object: _Object


class _File(msgspec.Struct, frozen=True):
    filename: str
    previous_filename: str | None = None


async def read_branches(access: Access, ref: RepoRef) -> Mapping[str, Sha]:
    """Every branch and its head, at most `MOST_BRANCHES`."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/git/matching-refs/heads/",
        values={"owner": ref.owner, "repo": ref.name},
    )
    found: dict[str, Sha] = {}
    async for page in access.pages(request):
        found |= {each.ref.removeprefix("refs/heads/"): Sha(each.object.sha) for each in page.fit(tuple[_Ref, ...])}
        if len(found) >= MOST_BRANCHES:
            break
    return found


async def read_files_of(access: Access, ref: RepoRef, pull: int) -> frozenset[str]:
    """The paths that a pull request touches, before and after a rename; at most `MOST_FILES`."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/pulls/{pull_number}/files{?per_page}",
        values={"owner": ref.owner, "repo": ref.name, "pull_number": pull, "per_page": 100},
    )
    found: set[str] = set()
    async for page in access.pages(request):
        for each in page.fit(tuple[_File, ...]):
            found |= {each.filename, each.previous_filename or each.filename}
    return frozenset(found)


async def read_at(access: Access, facts: RepoFacts, commit: Sha, interest: Interest) -> Snapshot:
    """The repository's files at another commit, a fork's included: hostile text, and nothing but text."""
    tree, complete, root = await read_tree(access, facts.ref, commit)
    reader = TextReader(access=access, ref=facts.ref, tree=tree)
    await reader.read(interest.first(tree))
    await reader.read(interest.named(reader.files, tree))
    return Snapshot(
        repo=facts,
        head=commit,
        root_tree=root,
        tree=tree,
        files=reader.files,
        unread=reader.unread,
        complete=complete,
    )


async def read_text(access: Access, ref: RepoRef, commit: Sha, path: str) -> str | None:
    """One file at a commit; None where it is not there, or no text."""
    variables = {"id": ref.node_id, "expression": f"{commit}:{path}"}
    found = await query(access, queries.TEXT_AT, variables, queries.TextAt)
    text = found.repository.object if found.repository is not None else None
    return None if text is None or text.is_truncated else text.text
