"""`token-upload`: what is found, what is mended in which order, and what is explained instead."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.messages import Move
from bot.model import Attested, Finding, FixKind, IndexFacts, Refusal, Severity
from bot.rules import token_upload
from bot.rules.rule import Fix
from tests.rules.judging import FILE, context, example, found

BEFORE, AFTER = example(token_upload)
TWINE = """on: push
jobs:
  first:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: python -m build
      - run: twine upload dist/*
        env:
          TWINE_USERNAME: somebody
          TWINE_PASSWORD: ${{ secrets.PYPI_PASSWORD }}
  second:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: somebody/publish-to-pypi@v1
        with:
          token: ${{ secrets.PYPI_TOKEN }}
"""


def told(finding: Finding) -> tuple[str, Severity, FixKind, int]:
    return finding.message, finding.severity, finding.fix, finding.line


def test_the_example_of_the_docstring() -> None:
    (finding,) = found(token_upload, BEFORE)
    answer = token_upload.fix(context(BEFORE), finding)
    assert isinstance(answer, Fix)
    assert [change.after for change in answer.changes] == [AFTER]
    assert answer.subject == ("token-upload", FILE, "deploy")
    assert isinstance(answer.message, Move)
    assert answer.message.migration.obsolete == ("PYPI_API_TOKEN",)


def test_what_was_moved_is_found_no_more() -> None:
    assert found(token_upload, AFTER) == []


def test_each_place_is_told_with_its_line() -> None:
    assert [told(finding) for finding in found(token_upload, TWINE)] == [
        (
            "`twine upload` in the job `first` uploads to PyPI with a stored user name and password",
            Severity.HIGH,
            FixKind.UNSAFE,
            8,
        ),
        (
            "`somebody/publish-to-pypi` in the job `second` uploads to PyPI with a stored token",
            Severity.MEDIUM,
            FixKind.UNSAFE,
            16,
        ),
    ]


JOB = """  up{number}:
    runs-on: ubuntu-latest
    steps:
      - run: twine upload dist/*
        env:
          TWINE_PASSWORD: ${{{{ secrets.TOKEN }}}}
"""


def test_more_uploads_than_anybody_writes_are_refused_at_once() -> None:
    text = "on: release\njobs:\n" + "".join(JOB.format(number=number) for number in range(300))
    given = context(text)
    answers = [token_upload.fix(given, finding) for finding in token_upload.find(given)]
    assert len(answers) == 300
    (reason,) = {answer.reason for answer in answers if isinstance(answer, Refusal)}
    assert reason.startswith("it uploads in 300 places, more than the 20 that pubflow moves at once; ")


def test_one_job_is_moved_and_the_other_one_explained_whichever_is_asked_first() -> None:
    first, second = found(token_upload, TWINE)
    answers = {finding.line: token_upload.fix(context(TWINE), finding) for finding in (second, first)}
    assert isinstance(answers[8], Fix)
    refusal = answers[16]
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith("the job `second` is left as it is: the action somebody/publish-to-pypi uploads")


@pytest.mark.parametrize(
    "old_and_new",
    [
        ("password: ${{ secrets.PYPI_API_TOKEN }}", "verbose: true"),
        ("user: __token__", "repository-url: https://devpi.example.org/root/"),
        ("runs-on: ubuntu-latest", "if: false\n    runs-on: ubuntu-latest"),
    ],
)
def test_what_uploads_nothing_or_elsewhere_is_no_finding(old_and_new: tuple[str, str]) -> None:
    assert found(token_upload, BEFORE.replace(*old_and_new)) == []


UNCLEAR = """on: push
jobs:
  up:
    runs-on: ubuntu-latest
    steps:
      - run: twine upload --repository-url ADDRESS dist/*
        env:
          TWINE_PASSWORD: ${{ secrets.NAME }}
"""


@pytest.mark.parametrize("address", ["${{ vars.INDEX }}", "${{ vars.INDEX || 'https://upload.pypi.org/legacy/' }}"])
def test_an_upload_that_goes_nobody_knows_where_is_explained(address: str) -> None:
    text = UNCLEAR.replace("ADDRESS", address).replace("NAME", "PYPI_TOKEN")
    (finding,) = found(token_upload, text)
    assert told(finding) == (
        "`twine upload` in the job `up` uploads with a stored token to an index that is known only when it runs",
        Severity.LOW,
        FixKind.MANUAL,
        6,
    )
    answer = token_upload.fix(context(text), finding)
    assert isinstance(answer, Refusal)
    assert answer.reason.startswith("where it goes is known only when it runs, and its secret is named for PyPI; ")


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("${{ vars.INDEX }}", "RELEASES"),
        ("${{ secrets.NEXUS_URL }}", "PYPI_TOKEN"),
        ("https://pypi.company.example/", "PYPI_TOKEN"),
        ("${{ vars.INDEX }}", "INTERNAL_PYPI_TOKEN"),
    ],
)
def test_an_upload_that_may_well_go_to_an_own_index_is_no_finding(address: str, secret: str) -> None:
    assert found(token_upload, UNCLEAR.replace("ADDRESS", address).replace("NAME", secret)) == []


@pytest.mark.parametrize(
    "old_and_new",
    [
        ("on:\n  release:\n    types: [published]", "on: pull_request_target"),
        ("on:\n  release:\n    types: [published]", "on: workflow_call"),
        ("on:\n", "# Generated. Do not edit.\non:\n"),
    ],
)
def test_what_only_a_person_can_do_is_manual(old_and_new: tuple[str, str]) -> None:
    text = BEFORE.replace(*old_and_new)
    (finding,) = found(token_upload, text)
    assert finding.fix is FixKind.MANUAL
    answer = token_upload.fix(context(text), finding)
    assert isinstance(answer, Refusal)
    assert (answer.file, answer.line) == (FILE, finding.line)


@pytest.mark.parametrize(
    ("repository", "refused"), [("somebody/spoon", True), ("octo-org/SPOON", False), (None, False)]
)
def test_files_that_come_from_another_repository_are_its_own_to_publish(repository: str | None, refused: bool) -> None:
    attested = None
    if repository is not None:
        attested = Attested(repository=repository, workflow="release.yml", environment=None, at=1.0)
    known = IndexFacts(name="spoon-knife", exists=True, attested=attested)
    given = replace(context(BEFORE), index={"spoon-knife": known})
    (finding,) = token_upload.find(given)
    answer = token_upload.fix(given, finding)
    assert isinstance(answer, Refusal) is refused
    if isinstance(answer, Refusal):
        assert "on PyPI come from `somebody/spoon`" in answer.reason
