"""Every failure of the table is recognised in a realistic log, whatever its pieces; what is not known is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.diagnosis import AILMENTS, Diagnosis, Reader
from bot.diagnosis.reader import LONGEST_LINE

_PARTS = re.split(r"^-- (.+) --\n", (Path(__file__).parent / "logs.txtar").read_text("utf-8"), flags=re.MULTILINE)
LOGS = dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True))
KNOWN = [name for name in LOGS if not name.startswith("unknown")]
STAMP = "2026-11-01T10:11:12.1234567Z "
SECRET = "pypi-AgEIcHlwaS5vcmcCJGFiY2RlZg"


def as_github_stores_it(text: str) -> bytes:
    """A byte order mark, a stamp before each line, CRLF, colours."""
    before = "##[group]Operating System\nUbuntu\n##[endgroup]\n"
    lines = (before + text).splitlines()
    return ("\ufeff" + "".join(f"{STAMP}\x1b[31m{line}\x1b[0m\r\n" for line in lines)).encode()


def diagnose(log: bytes, size: int = 1 << 16) -> Diagnosis | None:
    reader = Reader()
    for start in range(0, len(log), size):
        reader.feed(log[start : start + size])
    return reader.end()


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_a_known_failure(name: str, size: int) -> None:
    found = diagnose(as_github_stores_it(LOGS[name]), size)
    assert found is not None
    assert found.ailment.id == name


@pytest.mark.parametrize("name", KNOWN)
def test_what_the_tool_prints_is_enough(name: str) -> None:
    found = diagnose(LOGS[name].encode().rstrip())
    assert found is not None
    assert found.ailment.id == name


@pytest.mark.parametrize("name", [name for name in LOGS if name.startswith("unknown")])
def test_an_unknown_failure_is_left_alone(name: str) -> None:
    assert diagnose(as_github_stores_it(LOGS[name])) is None


def test_every_row_of_the_table_has_a_log_and_every_log_a_row() -> None:
    assert [ailment.id for ailment in AILMENTS] == KNOWN


@pytest.mark.parametrize("ailment", AILMENTS, ids=lambda ailment: ailment.id)
def test_a_row_speaks_in_sentences_without_a_full_stop(ailment: object) -> None:
    for text in (ailment.cause, ailment.remedy):  # type: ignore[attr-defined]
        assert text[0].isupper()
        assert not text.endswith(".")
        assert "  " not in text


ABOUT = {
    "file-exists": "spoon-1.0-py3-none-any.whl",
    "tag-not-allowed": "v1.0",
    "dead-artifacts": "actions/upload-artifact: v3",
    "no-such-action": "astral-sh/setup-uv@v8",
    "timed-out": "15 minutes",
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_the_failure_is_about(name: str) -> None:
    found = diagnose(LOGS[name].encode())
    assert found is not None
    assert found.about == ABOUT.get(name)


def test_the_claims_that_the_log_prints() -> None:
    found = diagnose(as_github_stores_it(LOGS["no-publisher"]))
    assert found is not None
    assert found.claims == {"repository": "octo/spoon", "workflow": "release.yml", "environment": "pypi"}


@pytest.mark.parametrize(
    "line",
    [
        "* `repository`: `octo`",
        "* `environment`: `MISSING`",
        "* `repository`: `a/b](http://evil)`",
        "* `environment`: `<img src=x>`",
        "* `job_workflow_ref`: `octo/spoon/release.yml`",
        f"* `token`: `{SECRET}`",
        f"* `environment`: `{SECRET}`",
    ],
)
def test_claims_that_are_none(line: str) -> None:
    found = diagnose(f"* `invalid-publisher`: x\n{line}\n".encode())
    assert found is not None
    assert found.claims == {}


@pytest.mark.parametrize("name", KNOWN)
def test_a_secret_in_the_log_is_never_repeated(name: str) -> None:
    log = f"password: {SECRET}\n" + LOGS[name].replace("spoon", SECRET).replace("v1.0", SECRET) + SECRET
    found = diagnose(as_github_stores_it(log))
    if found is not None:
        assert SECRET not in repr((found.about, dict(found.claims)))


def test_the_more_exact_failure_wins_whatever_its_place() -> None:
    both = LOGS["file-exists"] + LOGS["attested-twice"]
    found = diagnose(both.encode())
    assert found is not None
    assert found.ailment.id == "attested-twice"


def test_a_line_without_end_is_cut_and_costs_nothing() -> None:
    reader = Reader()
    for _ in range(2000):
        reader.feed(b"x" * 10_000)
    assert len(reader._rest) <= LONGEST_LINE
    reader.feed(b"\n" + LOGS["file-exists"].encode())
    found = reader.end()
    assert found is not None
    assert found.ailment.id == "file-exists"


def test_bytes_that_are_no_text() -> None:
    assert diagnose(bytes(range(256)) * 100) is None
