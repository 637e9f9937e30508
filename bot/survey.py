"""A repository understood: its projects, its workflows, who uploads what, and the one word that sums it up.

`survey` is pure and never raises on anything that a repository can hold: a file that cannot be read is a finding, and
where that file might have published, the answer is `unknown` and not a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from bot.errors import Unparsable
from bot.interest import OTHER_SERVICES, WORKFLOW, matters
from bot.model import (
    Credential,
    Finding,
    FixKind,
    Index,
    Project,
    Publisher,
    Severity,
    Snapshot,
    Status,
    Unread,
)
from bot.project import Packaging
from bot.project import read as read_packaging
from bot.publishing import Publishing, Suspect, has_upload_words, is_pypi_secret, is_suspicious, read_again
from bot.publishing import read as read_publishing
from bot.workflow import Workflow, read_workflow
from bot.yaml import parse

UNREADABLE = "unreadable-file"
_PUBLIC = (Index.PYPI, Index.TESTPYPI, Index.UNKNOWN)
_FOLDER = ".github/workflows/"
"""All that `WORKFLOW` matches lies here; most files do not."""
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


class Survey(Struct, frozen=True, kw_only=True):
    """What a snapshot means. `workflows` holds those that could be read, by path."""

    snapshot: Snapshot
    projects: tuple[Project, ...]
    workflows: Mapping[str, Workflow]
    publishers: tuple[Publisher, ...]
    status: Status
    problems: tuple[Finding, ...]
    watched: frozenset[str]
    """Paths that this survey depends on and that `interest.matters` does not claim by itself."""
    suspects: tuple[Suspect, ...] = ()
    """Places that may upload and could not be understood."""
    understood: tuple[Packaging, Publishing] | None = None
    """What it rests upon, for `resurvey`."""


def survey(snapshot: Snapshot) -> Survey:
    """What `snapshot` means; never raises."""
    return _survey(snapshot, None)


def resurvey(before: Survey, snapshot: Snapshot) -> Survey:
    """What `snapshot` means, which some changes made of the one before; what they cannot touch is not read again."""
    return _survey(snapshot, before if _alike_but_for_workflows(before.snapshot, snapshot) else None)


def _survey(snapshot: Snapshot, before: Survey | None) -> Survey:
    workflows: dict[str, Workflow] = {}
    broken: dict[str, Unparsable] = {}
    for path, text in snapshot.files.items():
        if path.startswith(_FOLDER) and WORKFLOW.match(path):
            known = before.workflows.get(path) if before and before.snapshot.files.get(path) == text else None
            try:
                workflows[path] = known or read_workflow(path, parse(text))
            except Unparsable as error:
                broken[path] = error.with_traceback(None)  # which holds all that was at hand where it was raised
    packaging, publishing = _understood(snapshot, workflows, before)
    return Survey(
        snapshot=snapshot,
        projects=packaging.projects,
        workflows=workflows,
        publishers=publishing.publishers,
        status=_status(snapshot, packaging, publishing, frozenset(broken)),
        problems=(*_unparsable(broken), *_misread(packaging), *_unread(snapshot)),
        watched=frozenset(path for path in publishing.read_files if not matters(path)),
        suspects=publishing.suspects,
        understood=(packaging, publishing),
    )


def _understood(
    snapshot: Snapshot, workflows: Mapping[str, Workflow], before: Survey | None
) -> tuple[Packaging, Publishing]:
    if before is None or before.understood is None:
        packaging = read_packaging(snapshot.files, snapshot.tree)
        return packaging, read_publishing(workflows, snapshot.files, snapshot.tree, packaging.projects)
    packaging, publishing = before.understood
    paths = workflows.keys() | before.workflows.keys()
    changed = frozenset(path for path in paths if workflows.get(path) is not before.workflows.get(path))
    again = read_again(publishing, workflows, snapshot.files, snapshot.tree, changed)
    return packaging, again


def _alike_but_for_workflows(before: Snapshot, after: Snapshot) -> bool:
    """Claims that nothing but the texts of workflows differs."""
    if before.unread != after.unread or before.complete != after.complete:
        return False
    differ = {path for path, _ in before.files.items() ^ after.files.items()}
    if before.tree is not after.tree:  # thousands of paths, which most changes leave as they are
        differ |= before.tree.keys() ^ after.tree.keys()
    return all(map(WORKFLOW.match, differ))


def _status(snapshot: Snapshot, packaging: Packaging, publishing: Publishing, broken: frozenset[str]) -> Status:
    """The definitions of `Status`, in their order: what was seen to upload, then what may, then what is packaged."""
    hidden = any(_may_publish(path, snapshot) for path in (*broken, *_unread_workflows(snapshot)))
    seen = _of_publishers(publishing.publishers)
    if seen is not None:
        return Status.UNKNOWN if hidden and seen in (Status.TRUSTED, Status.OTHER_INDEX) else seen
    if hidden or not snapshot.complete:
        return Status.UNKNOWN
    if not packaging.projects:
        return Status.UNKNOWN if "pyproject.toml" in packaging.problems else Status.NOT_A_PACKAGE
    if all(project.private for project in packaging.projects):
        return Status.PRIVATE
    return Status.UNKNOWN if publishing.suspects or _elsewhere(snapshot) else Status.MISSING


def _of_publishers(publishers: tuple[Publisher, ...]) -> Status | None:
    """The word for what uploads, None when nothing does."""
    public = [publisher for publisher in publishers if publisher.index in _PUBLIC]
    if not public:
        return Status.OTHER_INDEX if publishers else None
    own = [publisher for publisher in public if not _is_hearsay(publisher)] or public
    kinds = {publisher.credential for publisher in own}
    if all(publisher.step is None for publisher in own):
        return Status.INDIRECT  # somebody else's workflow: what it does with an identity token is not seen
    if kinds == {Credential.OIDC}:
        return Status.TRUSTED
    if all(publisher.indirect for publisher in own):
        return Status.INDIRECT
    if not kinds - {Credential.OIDC, Credential.UNKNOWN} or all(map(_goes_anywhere, own)):
        return Status.UNKNOWN
    return Status.MIXED if Credential.OIDC in kinds else Status.TOKEN


def _goes_anywhere(publisher: Publisher) -> bool:
    """Claims that neither the address nor the secret says where something goes."""
    return publisher.index is Index.UNKNOWN and not any(map(is_pypi_secret, publisher.secrets))


def _is_hearsay(publisher: Publisher) -> bool:
    """Claims that only the name of somebody else's workflow speaks for an upload: no proof beside real ones."""
    return publisher.step is None and publisher.credential in (Credential.OIDC, Credential.UNKNOWN)


def _may_publish(path: str, snapshot: Snapshot) -> bool:
    text = snapshot.files.get(path)
    return True if text is None else has_upload_words(text)


def _unread_workflows(snapshot: Snapshot) -> Iterator[str]:
    for path, why in snapshot.unread.items():
        if WORKFLOW.match(path) and why is not Unread.MISSING:
            yield path


def _elsewhere(snapshot: Snapshot) -> bool:
    """Claims that another service's configuration speaks of an upload."""
    return any(path in OTHER_SERVICES and is_suspicious(text) for path, text in snapshot.files.items())


def _unparsable(broken: Mapping[str, Unparsable]) -> Iterator[Finding]:
    for path, error in broken.items():
        yield _finding(path, f"is no YAML that can be read: {error.reason}", error.line, error.column)


def _misread(packaging: Packaging) -> Iterator[Finding]:
    for path, reason in packaging.problems.items():
        place = _PLACE.search(reason)
        yield _finding(path, reason, *((int(place[1]), int(place[2])) if place else (1, 1)))


def _unread(snapshot: Snapshot) -> Iterator[Finding]:
    for path, why in snapshot.unread.items():
        if why is not Unread.MISSING:
            yield _finding(path, f"was not read: it is {why.value}" if why is not Unread.UNREADABLE else why.value)


def _finding(path: str, reason: str, line: int = 1, column: int = 1) -> Finding:
    return Finding(
        rule=UNREADABLE,
        severity=Severity.LOW,
        message=f"{path} {reason.rstrip('.')}.",
        fix=FixKind.NONE,
        file=path,
        line=line,
        column=column,
    )
