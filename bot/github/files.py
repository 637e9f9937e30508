"""What is asked of single files beside a snapshot: an account's configuration, and which commit changed a file last."""

from __future__ import annotations

import msgspec

from bot.errors import Gone
from bot.github.access import Access
from bot.github.graphql import query
from bot.github.wire import Request
from bot.model import RepoId, RepoRef, Sha, SharedFile, Unread

_SHARED = """
query Shared($owner: String!, $name: String!, $file: String!) {
  repository(owner: $owner, name: $name, followRenames: false) {
    databaseId isDisabled
    object(expression: $file) { ... on Blob { text isBinary isTruncated } }
  }
}
"""


_AT = """
query At($id: ID!, $file: String!) {
  repository: node(id: $id) {
    ... on Repository { object(expression: $file) { ... on Blob { text isBinary isTruncated } } }
  }
}
"""


class _Blob(msgspec.Struct, frozen=True, rename="camel"):
    """Anything else than a file has none of these."""

    text: str | None = None
    is_binary: bool | None = None
    is_truncated: bool | None = None


class _Repository(msgspec.Struct, frozen=True, rename="camel"):
    database_id: int | None = None
    is_disabled: bool = False
    object: _Blob | None = None


class _Shared(msgspec.Struct, frozen=True):
    repository: _Repository | None = None


class _Commit(msgspec.Struct, frozen=True):
    sha: str


async def read_shared(access: Access, owner: str, name: str, path: str) -> SharedFile | None:
    """The file at `path` on the default branch of `owner/name`; None where that is not there or not to be seen.

    Raises WaitUntil, Unavailable: nobody knows whether there is one.
    """
    variables = {"owner": owner, "name": name, "file": f"HEAD:{path}"}
    try:
        found = (await query(access, _SHARED, variables, _Shared)).repository
    except Gone:
        return None
    if found is None or found.database_id is None or found.is_disabled or found.object is None:
        return None
    return SharedFile(repo=RepoId(found.database_id), text=_text(found.object))


def _text(blob: _Blob) -> str | Unread:
    if blob.is_binary:
        return Unread.BINARY
    if blob.is_truncated:
        return Unread.TOO_LARGE
    return Unread.FOLDER if blob.text is None else blob.text


async def read_text(access: Access, ref: RepoRef, commit: Sha, path: str) -> str | Unread | None:
    """The file at `path` in a commit, or why it has no text; None where there is none.

    Raises Gone, WaitUntil, Unavailable.
    """
    found = (await query(access, _AT, {"id": ref.node_id, "file": f"{commit}:{path}"}, _Shared)).repository
    return None if found is None or found.object is None else _text(found.object)


async def last_change(access: Access, ref: RepoRef, head: Sha, path: str) -> Sha | None:
    """The last commit up to `head` that changed the file, or None. Raises Gone, WaitUntil, Unavailable."""
    request = Request(
        method="GET",
        path="/repos/{owner}/{repo}/commits{?sha,path,per_page}",
        values={"owner": ref.owner, "repo": ref.name, "sha": head, "path": path, "per_page": 1},
    )
    commits = (await access.send(request)).fit(tuple[_Commit, ...])
    return Sha(commits[0].sha) if commits else None
