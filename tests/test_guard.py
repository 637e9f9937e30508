"""The guard on kinds of change: what an index would no longer recognise is said, everything else is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.guard import ID, Kind, compare, touches_publishing
from bot.model import Index, Severity
from bot.moving.nouns import Identity
from bot.survey import Survey, survey
from tests.snapshots import PUBLISHES, PYPROJECT, snapshot

RELEASE = ".github/workflows/release.yml"
OTHER = ".github/workflows/publish.yml"
CALLED = ".github/workflows/_upload.yml"
UPLOAD = "      - uses: pypa/gh-action-pypi-publish@release/v1\n"
TOKEN = UPLOAD + "        with:\n          password: ${{ secrets.PYPI_TOKEN }}\n"
TESTPYPI = UPLOAD + "        with:\n          repository-url: https://test.pypi.org/legacy/\n"
CALLS = (
    "on: release\njobs:\n  publish:\n    uses: ./.github/workflows/_upload.yml\n    permissions: {id-token: write}\n"
)
CALLABLE = PUBLISHES.replace("on: release", "on: workflow_call")
ELSEWHERE = CALLS.replace("./.github/workflows/_upload.yml", "o/r/.github/workflows/publish-pypi.yml@v1")
ACTION = "runs:\n  using: composite\n  steps:\n  - uses: pypa/gh-action-pypi-publish@release/v1\n"
CI = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{run: pytest}]\n"
BOTH = PUBLISHES + PUBLISHES.partition("jobs:\n")[2].replace("publish:", "try:").replace(
    "pypi\n", "testpypi\n", 1
).replace(UPLOAD, TESTPYPI)


def named(workflow: str = "release.yml", environment: str | None = "pypi", index: Index = Index.PYPI) -> Identity:
    return Identity(workflow=workflow, environment=environment, index=index, projects=("Spoon.Knife",))


@dataclass(frozen=True, kw_only=True)
class Case:
    """Workflows before and after; what is said, the words in it, and what is to be registered."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    kinds: tuple[Kind, ...] = ()
    words: str = ""
    register: Identity | None = None


PLAIN = {RELEASE: PUBLISHES}


def edited(old: str, new: str, text: str = PUBLISHES) -> dict[str, str]:
    assert old in text
    return {RELEASE: text.replace(old, new)}


CASES = {
    # ------------------------------------------------------------ what breaks
    "the file is renamed": Case(
        before=PLAIN,
        after={OTHER: PUBLISHES},
        kinds=(Kind.RENAMED,),
        words="moves from `release.yml` to `publish.yml`",
        register=named("publish.yml"),
    ),
    "the file gets another ending": Case(
        before=PLAIN,
        after={RELEASE[:-3] + "yaml": PUBLISHES},
        kinds=(Kind.RENAMED,),
        words="to `release.yaml`",
        register=named("release.yaml"),
    ),
    "the file is renamed in case alone": Case(
        before=PLAIN,
        after={RELEASE.replace("release", "Release"): PUBLISHES},
        kinds=(Kind.RENAMED,),
        words="to `Release.yml`",
        register=named("Release.yml"),
    ),
    "the job moves to another workflow that was there": Case(
        before={RELEASE: PUBLISHES, OTHER: CI},
        after={RELEASE: CI, OTHER: PUBLISHES},
        kinds=(Kind.RENAMED,),
        words="to `publish.yml`",
        register=named("publish.yml"),
    ),
    "into a reusable workflow of the same repository": Case(
        before=PLAIN, after={RELEASE: CALLS, CALLED: CALLABLE}, kinds=(Kind.CALLED,), words="which is called"
    ),
    "into a reusable workflow of another repository": Case(
        before=PLAIN, after={RELEASE: ELSEWHERE}, kinds=(Kind.CALLED,), words="`o/r/.github/workflows/publish-pypi.yml"
    ),
    "into a composite action": Case(
        before=PLAIN,
        after={**edited("pypa/gh-action-pypi-publish@release/v1", "./up"), "up/action.yml": ACTION},
        kinds=(Kind.CALLED,),
        words="moves into `./up`",
    ),
    "into a composite action, under a new environment": Case(
        before=PLAIN,
        after={
            RELEASE: PUBLISHES.replace("pypa/gh-action-pypi-publish@release/v1", "./up").replace(
                "environment: pypi", "environment: release"
            ),
            "up/action.yml": ACTION,
        },
        kinds=(Kind.CALLED,),
        words="moves into `./up`",
    ),
    "out of a reusable workflow": Case(
        before={RELEASE: CALLS, CALLED: CALLABLE},
        after=PLAIN,
        kinds=(Kind.RENAMED,),
        words="from `_upload.yml` to `release.yml`",
        register=named(),
    ),
    "another environment": Case(
        before=PLAIN,
        after=edited("environment: pypi", "environment: release"),
        kinds=(Kind.ENVIRONMENT,),
        words="in the environment `release` instead of the environment `pypi`",
        register=named(environment="release"),
    ),
    "the environment is dropped": Case(
        before=PLAIN,
        after=edited("    environment: pypi\n", ""),
        kinds=(Kind.ENVIRONMENT,),
        words="in no environment instead of",
        register=named(environment=None),
    ),
    "the environment is computed": Case(
        before=PLAIN,
        after=edited("environment: pypi", "environment: ${{ inputs.where }}"),
        kinds=(Kind.ENVIRONMENT,),
        words="computed when it runs",
    ),
    "id-token is dropped": Case(
        before=PLAIN,
        after=edited("id-token: write", "contents: read"),
        kinds=(Kind.NO_TOKEN,),
        words="it needs `id-token: write`",
    ),
    "id-token is only read": Case(
        before=PLAIN, after=edited("id-token: write", "id-token: read"), kinds=(Kind.NO_TOKEN,), words="`publish`"
    ),
    "the permissions are dropped": Case(
        before=PLAIN, after=edited("    permissions:\n      id-token: write\n", ""), kinds=(Kind.NO_TOKEN,)
    ),
    "a stored token comes back": Case(
        before=PLAIN, after=edited(UPLOAD, TOKEN), kinds=(Kind.STORED,), words="with a stored token again"
    ),
    "twine with a password instead": Case(
        before=PLAIN,
        after=edited(
            UPLOAD, "      - run: twine upload dist/*\n        env:\n          TWINE_PASSWORD: ${{ secrets.P }}\n"
        ),
        kinds=(Kind.STORED,),
        words="`publish`",
    ),
    "a stored token beside it, in another workflow": Case(
        before=PLAIN,
        after={RELEASE: PUBLISHES, OTHER: PUBLISHES.replace(UPLOAD, TOKEN)},
        kinds=(Kind.STORED,),
        words="with a stored token again",
    ),
    "the file can no longer be read": Case(
        before=PLAIN, after={RELEASE: PUBLISHES + "  x: [\n"}, kinds=(Kind.UNREADABLE,), words="can no longer be read"
    ),
    "one of two indexes": Case(
        before={RELEASE: BOTH},
        after={RELEASE: BOTH.replace("environment: testpypi", "environment: trial")},
        kinds=(Kind.ENVIRONMENT,),
        words="the upload to TestPyPI",
        register=named(environment="trial", index=Index.TESTPYPI),
    ),
    # ------------------------------------------------------------ what is only told
    "a new place": Case(
        before={RELEASE: CI},
        after=PLAIN,
        kinds=(Kind.ADDED,),
        words="must be registered before the first release",
        register=named(),
    ),
    "a token gives way": Case(
        before=edited(UPLOAD, TOKEN), after=PLAIN, kinds=(Kind.ADDED,), words="must be registered", register=named()
    ),
    "nothing uploads any more": Case(
        before={RELEASE: PUBLISHES, OTHER: CI},
        after={OTHER: CI},
        kinds=(Kind.REMOVED,),
        words="nothing uploads to PyPI any more",
    ),
    # ------------------------------------------------------------ what is nobody's concern
    "nothing happens": Case(before=PLAIN, after=PLAIN),
    "the job is renamed": Case(before=PLAIN, after=edited("publish:", "upload:")),
    "a bump": Case(before=PLAIN, after=edited("actions/checkout@", "acme/checkout@")),
    "another trigger": Case(before=PLAIN, after=edited("on: release", "on: push")),
    "another tool that does the same": Case(before=PLAIN, after=edited(UPLOAD, "      - run: uv publish\n")),
    "the environment in another case": Case(before=PLAIN, after=edited("environment: pypi", "environment: PyPI")),
    "the environment in its long form": Case(
        before=PLAIN, after=edited("environment: pypi", "environment: {name: pypi, url: 'https://x'}")
    ),
    "an environment is added": Case(before=edited("    environment: pypi\n", ""), after=PLAIN),
    "the permission moves to the workflow": Case(
        before=PLAIN,
        after=edited(
            "jobs:",
            "permissions:\n  id-token: write\njobs:",
            PUBLISHES.replace("    permissions:\n      id-token: write\n", ""),
        ),
    ),
    "another workflow is renamed": Case(
        before={RELEASE: PUBLISHES, OTHER: CI}, after={RELEASE: PUBLISHES, ".github/workflows/ci.yml": CI}
    ),
    "the upload never had an identity token": Case(
        before=edited("id-token: write", "contents: read"), after=edited("id-token: write", "contents: write")
    ),
}


def read(files: Mapping[str, str]) -> Survey:
    return survey(snapshot({"pyproject.toml": PYPROJECT, **files}))


@pytest.mark.parametrize("name", CASES)
def test_a_kind_of_change(name: str) -> None:
    case = CASES[name]
    changes = compare(read(case.before), read(case.after))
    assert tuple(change.kind for change in changes) == case.kinds, [change.message for change in changes]
    for change in changes:
        assert case.words in change.message
        assert change.register == case.register
        assert change.file in {*case.after, *case.before}
        finding = change.finding()
        assert (finding.rule, finding.severity is Severity.HIGH) == (ID, change.breaks)


def test_every_kind_is_shown() -> None:
    assert {kind for case in CASES.values() for kind in case.kinds} == set(Kind)


@pytest.mark.parametrize(
    ("path", "touches"),
    [(RELEASE, True), ("up/action.yml", True), (OTHER, False), ("README.md", False), ("src/x.py", False)],
)
def test_which_paths_can_matter(path: str, touches: bool) -> None:
    found = read({RELEASE: PUBLISHES, OTHER: CI})
    assert touches_publishing(frozenset({path}), found, found) is touches


def test_hostile_text_is_only_read() -> None:
    evil = PUBLISHES.replace("publish:", '"p`ub\\n<script>":').replace("environment: pypi", 'environment: "a`|b"')
    [change] = compare(read(PLAIN), read({RELEASE: evil}))
    assert "``" not in change.message
    assert change.message.count("`") % 2 == 0
