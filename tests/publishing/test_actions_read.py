"""Actions and called workflows: what they upload, and what they do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.model import Publisher
from bot.publishing import Publishing

Read = Callable[..., Publishing]
Show = Callable[[Publisher], tuple[str, str, str]]

MINTS = "permissions:\n  id-token: write\n"
PYPA = "pypa/gh-action-pypi-publish@release/v1"
TEST = "https://test.pypi.org/legacy/"

# name, uses, with, keys of the job, (method, index, credential)
CASES = [
    ("pypa with a token", PYPA, {"password": "${{ secrets.X }}"}, "", ("gh-action", "pypi", "token")),
    ("and an identity token", PYPA, {"password": "${{ secrets.X }}"}, MINTS, ("gh-action", "pypi", "token")),
    ("pypa with oidc", PYPA, {}, MINTS, ("gh-action", "pypi", "oidc")),
    ("pypa, permission forgotten", PYPA, {}, "", ("gh-action", "pypi", "oidc")),
    ("an empty password", PYPA, {"user": "__token__", "password": "''"}, MINTS, ("gh-action", "pypi", "oidc")),
    ("a user name", PYPA, {"user": "me", "password": "${{ secrets.P }}"}, "", ("gh-action", "pypi", "password")),
    ("a user without a password", PYPA, {"user": "me"}, MINTS, ("gh-action", "pypi", "none")),
    (
        "TestPyPI, old spelling",
        PYPA,
        {"repository_url": TEST, "password": "${{ secrets.X }}"},
        "",
        ("gh-action", "testpypi", "token"),
    ),
    (
        "elsewhere",
        PYPA,
        {"repository-url": "https://jazz.example/p/upload", "password": "${{ secrets.X }}"},
        "",
        ("gh-action", "other", "token"),
    ),
    (
        "a minted password",
        PYPA,
        {"password": "${{ steps.mint.outputs.api-token }}"},
        MINTS,
        ("gh-action", "pypi", "oidc"),
    ),
    (
        "one of two addresses",
        PYPA,
        {"repository-url": f"${{{{ github.ref == 'x' && '{TEST}' || 'https://upload.pypi.org/legacy/' }}}}"},
        MINTS,
        ("gh-action", "pypi", "oidc"),
    ),
    (
        "one of two secrets",
        PYPA,
        {"password": "${{ github.ref == 'x' && secrets.A || secrets.B }}"},
        "",
        ("gh-action", "pypi", "token"),
    ),
    (
        "an address out of the matrix",
        PYPA,
        {"repository-url": "${{ matrix.url }}", "password": "${{ secrets.X }}"},
        f"strategy:\n  matrix:\n    include:\n      - url: {TEST}\n",
        ("gh-action", "testpypi", "token"),
    ),
    ("a fork", "step-security/gh-action-pypi-publish@v1", {}, MINTS, ("gh-action", "pypi", "oidc")),
    ("another fork", "chainguard-actions/pypa-gh-action-pypi-publish@v1", {}, "", ("gh-action", "pypi", "oidc")),
    (
        "maturin",
        "PyO3/maturin-action@v1",
        {"command": "upload", "args": "--skip-existing dist/*"},
        "env:\n  MATURIN_PYPI_TOKEN: ${{ secrets.X }}\n",
        ("maturin", "pypi", "token"),
    ),
    ("maturin's old owner", "messense/maturin-action@v1", {"command": "publish"}, MINTS, ("maturin", "pypi", "oidc")),
    (
        "semantic-release 7",
        "relekang/python-semantic-release@v7.34.6",
        {"pypi_token": "${{ secrets.X }}"},
        "",
        ("semantic-release", "pypi", "token"),
    ),
    (
        "JRubics",
        "JRubics/poetry-publish@v2.0",
        {"pypi_token": "${{ secrets.X }}"},
        "",
        ("third-party", "pypi", "token"),
    ),
    (
        "JRubics to TestPyPI",
        "JRubics/poetry-publish@v2.0",
        {"pypi_token": "${{ secrets.X }}", "repository_name": "testpypi", "repository_url": TEST},
        "",
        ("third-party", "testpypi", "token"),
    ),
    (
        "etils",
        "etils-actions/pypi-auto-publish@v1",
        {"pypi-token": "${{ secrets.PYPI_API_TOKEN }}", "gh-token": "${{ secrets.GITHUB_TOKEN }}"},
        "",
        ("third-party", "pypi", "token"),
    ),
    ("deploy-pypi mints", "casperdcl/deploy-pypi@v2", {"build": "true"}, MINTS, ("third-party", "pypi", "oidc")),
    (
        "an unknown one that is told what it gets",
        "somebody/does-it-all@v3",
        {"pypi_token": "${{ secrets.X }}"},
        "",
        ("third-party", "pypi", "token"),
    ),
    (
        "in a folder of a repository",
        "greenbone/actions/pypi-upload@v3",
        {"pypi-token": "${{ secrets.X }}"},
        "",
        ("third-party", "pypi", "token"),
    ),
    (
        "deploy-pypi maybe",
        "casperdcl/deploy-pypi@v2",
        {"upload": "${{ github.event_name == 'push' }}", "password": "${{ secrets.X }}"},
        "",
        ("third-party", "pypi", "token"),
    ),
    (
        "an unknown one that gets the token",
        "somebody/does-it-all@v3",
        {"release-token": "${{ secrets.SPAM_PYPI_TOKEN }}"},
        "",
        ("third-party", "pypi", "token"),
    ),
    (
        "a retry",
        "nick-fields/retry@v3",
        {"command": "twine upload -p ${{ secrets.X }} dist/*"},
        "",
        ("twine", "pypi", "token"),
    ),
    (
        "poetry in docker",
        "abatilo/actions-poetry@v1.5.0",
        {"args": "publish -u __token__ -p ${{secrets.X}}"},
        "",
        ("poetry", "pypi", "token"),
    ),
]


def step(uses: str, inputs: dict[str, str]) -> str:
    given = "".join(f"    {key}: {value}\n" for key, value in inputs.items())
    return f"- uses: {uses}\n" + (f"  with:\n{given}" if given else "")


@pytest.mark.parametrize(
    ("uses", "inputs", "job", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_an_action_uploads(
    reading: Read, show: Show, uses: str, inputs: dict[str, str], job: str, expected: tuple[str, str, str]
) -> None:
    found = reading(step(uses, inputs), job)

    assert [show(publisher) for publisher in found.publishers] == [expected]
    assert not found.publishers[0].indirect


NOTHING = [
    ("checkout", "actions/checkout@v4", {"token": "${{ secrets.BOT }}"}),
    ("an artifact called pypi", "actions/upload-artifact@v4", {"name": "pypi-dist"}),
    ("cibuildwheel", "pypa/cibuildwheel@v3.1.0", {}),
    ("baipp", "hynek/build-and-inspect-python-package@v2", {}),
    ("maturin builds", "PyO3/maturin-action@v1", {"args": "--release --out dist", "command": "build"}),
    ("maturin by default", "PyO3/maturin-action@v1", {}),
    (
        "semantic-release 9",
        "python-semantic-release/python-semantic-release@v9.8.0",
        {"github_token": "${{ secrets.G }}"},
    ),
    ("semantic-release to GitHub", "python-semantic-release/upload-to-gh-release@main", {}),
    ("semantic-release 7 without a token", "relekang/python-semantic-release@v7", {"github_token": "${{ secrets.G }}"}),
    ("deploy-pypi builds", "casperdcl/deploy-pypi@v2", {"upload": "false"}),
    ("it waits for a release", "some/wait-for-pypi-release@v1", {"token": "${{ secrets.X }}"}),
    ("docker", "docker/build-push-action@v6", {"push": "true", "tags": "pypi/warehouse"}),
    ("a release", "softprops/action-gh-release@v2", {"files": "dist/*"}),
    ("npm", "JS-DevTools/npm-publish@v3", {"token": "${{ secrets.NPM_TOKEN }}"}),
    ("test results", "EnricoMi/publish-unit-test-result-action@v2", {}),
    ("a private index to install from", "some/setup@v1", {"password": "${{ secrets.INTERNAL_PYPI_TOKEN }}"}),
    ("an expression", "${{ matrix.action }}", {}),
]


@pytest.mark.parametrize(("uses", "inputs"), [case[1:] for case in NOTHING], ids=[case[0] for case in NOTHING])
def test_an_action_uploads_nothing(reading: Read, uses: str, inputs: dict[str, str]) -> None:
    found = reading(step(uses, inputs), MINTS if "semantic" not in uses else "")

    assert found.publishers == ()


CALLED = [
    ("a token", "org/x/.github/workflows/publish.yml@v3", "secrets:\n  pypi_token: ${{ secrets.T }}\n", "token"),
    ("inherit", "org/x/.github/workflows/pypi-release.yml@main", "secrets: inherit\n", "unknown"),
    ("oidc", "org/x/.github/workflows/publish-python.yml@main", MINTS, "oidc"),
    ("told to", "org/x/.github/workflows/release.yml@main", "with:\n  pypi: true\n", "unknown"),
]


@pytest.mark.parametrize(
    ("uses", "keys", "credential"), [case[1:] for case in CALLED], ids=[case[0] for case in CALLED]
)
def test_a_called_workflow_uploads(reading: Read, uses: str, keys: str, credential: str) -> None:
    text = f"on: push\njobs:\n  call:\n    uses: {uses}\n" + "".join(f"    {line}\n" for line in keys.splitlines())
    found = reading("- run: 'true'\n", files={".github/workflows/call.yml": text})

    (publisher,) = found.publishers
    assert (publisher.method.value, publisher.credential.value, publisher.indirect) == ("reusable", credential, True)
    assert publisher.step is None


NOT_CALLED = [
    ("tests", "org/x/.github/workflows/tests.yml@main", "secrets: inherit\n"),
    ("docs", "org/x/.github/workflows/publish-docs.yml@main", "secrets: inherit\n"),
    ("switched off", "org/x/.github/workflows/publish.yml@v1", f"with:\n  upload_to_pypi: false\n{MINTS}"),
    ("no means", "org/x/.github/workflows/publish.yml@v1", ""),
    ("never", "org/x/.github/workflows/publish.yml@v1", "if: false\nsecrets:\n  pypi_token: ${{ secrets.T }}\n"),
]


@pytest.mark.parametrize(("uses", "keys"), [case[1:] for case in NOT_CALLED], ids=[case[0] for case in NOT_CALLED])
def test_a_called_workflow_uploads_nothing(reading: Read, uses: str, keys: str) -> None:
    text = f"on: push\njobs:\n  call:\n    uses: {uses}\n" + "".join(f"    {line}\n" for line in keys.splitlines())

    assert reading("- run: 'true'\n", files={".github/workflows/call.yml": text}).publishers == ()
