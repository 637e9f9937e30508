"""Who refers to which secret: every workflow and action of a branch, comments left out, called workflows included."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from bot.errors import Unparsable
from bot.interest import WORKFLOW
from bot.model import Unread
from bot.secrets.nouns import Branch
from bot.survey import Survey
from bot.workflow import UsesKind
from bot.yaml import Document, Kind, parse

MOST_BRANCHES = 10
_REFERENCE = re.compile(r"secrets(?:\.([A-Za-z_][\w-]*)|\[\s*['\"]([\w-]+)['\"]\s*\])", re.IGNORECASE)
_DYNAMIC = re.compile(r"secrets\s*\[\s*[^'\"\s]|toJSON\(\s*secrets\s*\)|secrets\.\*", re.IGNORECASE)
_CONTINUED = re.compile(r"\\[\r\n]\s*")
_UNUSUAL = re.compile(r"secrets(?!\.[a-z_])")
"""In lower case, what is not simply named: `secrets.x`."""
_YAML = (".yml", ".yaml")
_RELEASE_BRANCH = re.compile(
    r"(?:(?:release|releases|rel|maint|maintenance|stable|support|hotfix|backport|backports|lts)(?:[/._-].*)?"
    r"|v?\d+(?:\.(?:\d+|x))*(?:[._-]?(?:x|stable|maint|maintenance|lts))?)\Z",
    re.IGNORECASE,
)


def release_branches(names: Iterable[str], default: str) -> tuple[str, ...]:
    """The default branch, and those that by their name still make releases; the newest versions first."""
    found = [name for name in names if name != default and _RELEASE_BRANCH.match(name)]
    return (default, *sorted(found, key=_version, reverse=True))


def _version(name: str) -> tuple[tuple[int, ...], str]:
    return tuple(int(number[:9]) for number in re.findall(r"\d+", name)), name


def references(found: Survey, branch: str) -> Branch:
    """What the files of a branch refer to. A file that is no YAML is searched as it stands."""
    names: dict[str, dict[str, None]] = {}
    dynamic: list[str] = []
    snapshot = found.snapshot
    for path, text in snapshot.files.items():
        if not path.endswith(_YAML) or "secrets" not in text.lower():
            continue
        said = _said(found, path, text)
        for name in _names(said):
            names.setdefault(name, {})[path] = None
        if _DYNAMIC.search(said):
            dynamic.append(path)
    unread = any(WORKFLOW.match(path) and why is not Unread.MISSING for path, why in snapshot.unread.items())
    return Branch(
        name=branch,
        names={name: tuple(paths) for name, paths in names.items()},
        dynamic=tuple(dynamic),
        handed_on=tuple(dict.fromkeys(_handed_on(found))),
        complete=snapshot.complete and not unread,
    )


def in_use(found: Survey, names: Collection[str]) -> frozenset[str]:
    """Those of some names, in upper case, to which `references` leads, without looking for any other; all of them
    where secrets are chosen at run time or handed on.
    """
    wanted = frozenset(name.upper() for name in names)
    if next(_handed_on(found), None) is not None:
        return wanted
    used: set[str] = set()
    for path, text in found.snapshot.files.items():
        if path.endswith(_YAML) and _may_refer(text, wanted):
            said = _said(found, path, text)
            if _DYNAMIC.search(said):
                return wanted
            used.update(_names(said))
    return wanted & used


def _may_refer(text: str, wanted: Collection[str]) -> bool:
    """Cheap, and true of every file that refers to one of some secrets or chooses them at run time.

    Only escapes put letters together that are apart in the text: by their number, or at the end of a line.
    """
    low = text.lower()
    if "secrets" not in low:
        return False
    joined = _CONTINUED.sub("", low) if "\\" in low else low
    escaped = "\\x" in joined or "\\u" in joined or not text.isascii()
    return escaped or _UNUSUAL.search(joined) is not None or any(name.lower() in joined for name in wanted)


def _said(found: Survey, path: str, text: str) -> str:
    workflow = found.workflows.get(path)
    return "\n".join(_scalars(text, workflow.document if workflow is not None else None))


def _scalars(text: str, document: Document | None) -> Iterator[str]:
    """Every scalar once; comments of YAML are none, and what GitHub expands is always in one."""
    if document is None:
        try:
            document = parse(text)
        except Unparsable:
            yield text
            return
    stack = [document.root] if document.root is not None else []
    while stack:
        node = stack.pop()
        if node.alias is not None:
            continue  # its anchor is read where it stands
        if node.kind is Kind.SCALAR:
            yield node.value
        stack.extend(node.children)


def _names(text: str) -> Iterator[str]:
    for found in _REFERENCE.finditer(text):
        name = (found[1] or found[2]).upper()
        if not name.startswith("GITHUB_"):
            yield name


def _handed_on(found: Survey) -> Iterator[str]:
    for workflow in found.workflows.values():
        for job in workflow.jobs.values():
            if job.inherits_secrets and job.uses is not None and job.uses.kind is not UsesKind.LOCAL:
                yield job.uses.text
