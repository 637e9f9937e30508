"""Cases as plain text: a sentence, files, a workflow before and what becomes of it, in the format of Go's txtar."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from bot.model import EntryKind, NodeId, RepoFacts, RepoId, RepoRef, Sha, Snapshot, TreeEntry, Visibility
from bot.survey import Survey, survey

WORKFLOW = ".github/workflows/publish.yml"
_MARK = re.compile(r"^-- (.+) --\n", re.MULTILINE)
_NOTHING = Sha("0" * 40)
_PACKAGE = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "thing"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One archive. `after` is None where nothing is moved; `refused`: the reasons, a line each."""

    path: Path
    sentence: str
    before: str
    after: str | None
    refused: str
    files: dict[str, str] = field(default_factory=dict)


def read_case(path: Path) -> Case:
    parts = _MARK.split(path.read_bytes().decode())
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return Case(
        path=path,
        sentence=parts[0].strip(),
        before=sections["before"],
        after=sections.get("after"),
        refused=sections.get("refused", ""),
        files={name.removeprefix("file "): text for name, text in sections.items() if name.startswith("file ")},
    )


def write_case(case: Case, after: str | None, refused: str) -> None:
    text = case.sentence + "\n"
    for name, content in case.files.items():
        text += f"-- file {name} --\n{content}"
    text += f"-- before --\n{case.before}"
    text += f"-- after --\n{after}" if after is not None else ""
    text += f"-- refused --\n{refused}" if refused else ""
    case.path.write_bytes(text.encode())


def surveyed(workflow: str, files: dict[str, str] | None = None, *, path: str = WORKFLOW, oidc: bool = True) -> Survey:
    """A repository with one package and this workflow, understood."""
    texts = {"pyproject.toml": _PACKAGE, **(files or {}), path: workflow}
    ref = RepoRef(id=RepoId(1), node_id=NodeId("R_1"), owner="Octo-Org", name="thing")
    repo = RepoFacts(ref=ref, visibility=Visibility.PUBLIC, default_branch="main", oidc=oidc)
    tree = {name: TreeEntry(kind=EntryKind.BLOB, oid=_NOTHING) for name in texts}
    return survey(Snapshot(repo=repo, head=_NOTHING, root_tree=_NOTHING, tree=tree, files=texts))
