"""One word for a repository, and what is said of files that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.model import (
    EntryKind,
    NodeId,
    RepoFacts,
    RepoId,
    RepoRef,
    Sha,
    Snapshot,
    Status,
    TreeEntry,
    Unread,
    Visibility,
)
from bot.survey import Survey, survey

PACKAGE = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\n'
W = ".github/workflows/a.yml"
V = ".github/workflows/b.yml"
HEAD = "on: push\njobs:\n  up:\n    runs-on: x\n    permissions: {id-token: write}\n    steps:\n"
TOKEN = f"{HEAD}      - run: twine upload -p ${{{{ secrets.T }}}} dist/*\n"
TRUSTED = f"{HEAD}      - uses: pypa/gh-action-pypi-publish@release/v1\n"
OTHER = f"{HEAD}      - run: twine upload --repository-url https://a.example/ dist/*\n"
SCRIPT = f"{HEAD}      - run: ./up.sh\n"
TESTS = f"{HEAD}      - run: pytest\n"
CALLS = "on: push\njobs:\n  up:\n    uses: o/r/.github/workflows/publish.yml@v1\n    secrets: {pypi_token: x}\n"


def snapshot(
    files: Mapping[str, str], unread: Mapping[str, Unread] | None = None, *, complete: bool = True
) -> Snapshot:
    ref = RepoRef(id=RepoId(1), node_id=NodeId("n"), owner="o", name="r")
    entry = TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40), size=1)
    return Snapshot(
        repo=RepoFacts(ref=ref, visibility=Visibility.PUBLIC, default_branch="main"),
        head=Sha("0" * 40),
        root_tree=Sha("0" * 40),
        tree=dict.fromkeys((*files, *(unread or {})), entry),
        files=files,
        unread=unread or {},
        complete=complete,
    )


def of(files: Mapping[str, str], unread: Mapping[str, Unread] | None = None, *, complete: bool = True) -> Survey:
    return survey(snapshot({"pyproject.toml": PACKAGE, **files}, unread, complete=complete))


STATUSES = [
    ("trusted", {W: TRUSTED}, Status.TRUSTED),
    ("token", {W: TOKEN}, Status.TOKEN),
    ("some of each", {W: TOKEN, V: TRUSTED}, Status.MIXED),
    ("elsewhere", {W: OTHER}, Status.OTHER_INDEX),
    (
        "who knows where",
        {W: OTHER.replace("https://a.example/", "${{ vars.URL }} -p ${{ secrets.T }}")},
        Status.UNKNOWN,
    ),
    ("a company's own tool", {W: f"{HEAD}      - run: devpi upload\n"}, Status.OTHER_INDEX),
    ("elsewhere does not count beside PyPI", {W: OTHER, V: TRUSTED}, Status.TRUSTED),
    ("a script", {W: SCRIPT, "up.sh": "twine upload -p $T x\n"}, Status.INDIRECT),
    ("somebody else's workflow", {W: CALLS}, Status.INDIRECT),
    ("nothing", {W: TESTS}, Status.MISSING),
    ("no workflow at all", {}, Status.MISSING),
    ("private", {"pyproject.toml": f"{PACKAGE}classifiers = ['Private :: x']\n"}, Status.PRIVATE),
    ("no package", {"pyproject.toml": "[tool.ruff]\n", W: TESTS}, Status.NOT_A_PACKAGE),
    ("an upload outranks metadata", {"pyproject.toml": "", W: TOKEN}, Status.TOKEN),
    (
        "an upload outranks a mark",
        {"pyproject.toml": f"{PACKAGE}classifiers = ['Private :: x']\n", W: TOKEN},
        Status.TOKEN,
    ),
    ("an echo", {W: f"{HEAD}      - run: echo twine upload\n"}, Status.MISSING),
    ("broken metadata", {"pyproject.toml": "[project"}, Status.UNKNOWN),
    ("a broken workflow that uploads", {W: "a: [twine upload"}, Status.UNKNOWN),
    ("a broken workflow beside a safe one", {W: "a: [twine upload", V: TRUSTED}, Status.UNKNOWN),
    ("a broken workflow of tests", {W: "a: [pytest"}, Status.MISSING),
    ("another service", {".travis.yml": "deploy:\n  provider: pypi\n"}, Status.UNKNOWN),
    ("another service that tests", {".travis.yml": "script: pytest\n"}, Status.MISSING),
    ("an upload by hand", {W: f"{HEAD}      - run: curl -F f=@x https://upload.pypi.org/legacy/\n"}, Status.UNKNOWN),
    ("to another index, by hand", {W: f"{HEAD}      - run: curl -F p=@x https://push.fury.io/me/\n"}, Status.UNKNOWN),
    ("an upload that is switched off", {W: f"{HEAD}      - run: twine upload x\n        if: false\n"}, Status.UNKNOWN),
]


@pytest.mark.parametrize(("files", "status"), [case[1:] for case in STATUSES], ids=[case[0] for case in STATUSES])
def test_status(files: dict[str, str], status: Status) -> None:
    assert of(files).status is status


def test_absence_proves_nothing_in_a_cut_tree() -> None:
    assert of({W: TESTS}, complete=False).status is Status.UNKNOWN
    assert of({W: TOKEN}, complete=False).status is Status.TOKEN


@pytest.mark.parametrize("why", [Unread.NOT_UTF8, Unread.TOO_LARGE, Unread.BINARY, Unread.UNREADABLE])
def test_an_unread_workflow_may_publish(why: Unread) -> None:
    found = of({}, {W: why})

    assert found.status is Status.UNKNOWN
    assert [(problem.rule, problem.file) for problem in found.problems] == [("unreadable-file", W)]
    assert found.problems[0].message.endswith(".")


@pytest.mark.parametrize("path", ["README.md", "docs/a.yml"])
def test_other_unread_files_change_nothing(path: str) -> None:
    assert of({W: TRUSTED}, {path: Unread.BINARY}).status is Status.TRUSTED


def test_what_is_missing_is_no_problem() -> None:
    assert of({}, {"up.sh": Unread.MISSING}).problems == ()


def test_a_problem_has_its_place() -> None:
    (problem,) = of({W: "on: push\njobs: [\n"}).problems

    assert (problem.file, problem.rule) == (W, "unreadable-file")
    assert problem.line >= 2


def test_broken_toml_has_its_place() -> None:
    (problem,) = of({"pyproject.toml": "[project]\nname = \n"}).problems

    assert problem.line == 2


def test_what_an_answer_rests_on_is_watched() -> None:
    found = of({W: SCRIPT, "up.sh": "twine upload -p $T x\n"})

    assert found.watched == {"up.sh"}
    assert of({W: TESTS}).watched == frozenset()


def test_workflows_are_shared_views() -> None:
    found = of({W: TOKEN, V: "a: [", "docs/w.yml": TOKEN})

    assert list(found.workflows) == [W]
