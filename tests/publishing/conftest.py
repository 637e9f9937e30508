"""Small repositories out of a few lines: the steps of one job, and what was read of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import dedent, indent

import pytest

from bot.model import EntryKind, Publisher, Sha, TreeEntry
from bot.project import projects
from bot.publishing import Publishing, read
from bot.workflow import read_workflow
from bot.yaml import parse

PATH = ".github/workflows/release.yml"
PYPROJECT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "spam"\n'

Read = Callable[..., Publishing]
Shown = tuple[str, str, str]


def workflow_text(steps: str, job: str = "", top: str = "") -> str:
    """A workflow with one job `publish`: `job` are further keys of it, `top` further keys of the file."""
    head = dedent(top)
    body = indent(dedent(job), "    ")
    start = f"on: push\n{head}jobs:\n  publish:\n    runs-on: ubuntu-latest\n{body}    steps:\n"
    return start + indent(dedent(steps), "      ")


def tree_of(files: Mapping[str, str]) -> dict[str, TreeEntry]:
    return {path: TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40), size=len(text)) for path, text in files.items()}


@pytest.fixture
def reading() -> Read:
    """`reading(steps, job, top, files=...)` -> what `bot.publishing.read` makes of it."""

    def read_it(steps: str, job: str = "", top: str = "", files: Mapping[str, str] | None = None) -> Publishing:
        texts = {"pyproject.toml": PYPROJECT, PATH: workflow_text(steps, job, top), **(files or {})}
        workflows = {
            path: read_workflow(path, parse(text)) for path, text in texts.items() if path.startswith(".github/work")
        }
        tree = tree_of(texts)
        return read(workflows, texts, tree, projects(texts, tree))

    return read_it


@pytest.fixture
def show() -> Callable[[Publisher], Shown]:
    """A publisher as (method, index, credential)."""
    return lambda publisher: (publisher.method.value, publisher.index.value, publisher.credential.value)
