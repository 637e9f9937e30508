"""`pubflow pause`, `resume` and `jobs` on the real store and the real queue."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.model import InstallationId, Job, JsonValue
from bot.queue import Queue
from bot.settings import Settings
from bot.store import make_engine
from bot.store.ledger import Held, Ledger
from tests.cli.running import Ended, here

INSTALLATION = InstallationId(7)
GOES_ON = "What waited for this goes on within five minutes; `pubflow jobs retry JOB` does not wait.\n"


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of its own for this site, and nothing else configured."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    ended = here(capsys, *words)
    assert (ended.code, ended.err) == (0, "")
    return ended.out


def test_pausing_and_resuming_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "pause", "--list") == "Nothing is paused.\n"
    assert said(capsys, "pause") == "Paused: everything.\n"
    assert said(capsys, "pause") == "Paused: everything.\n"
    assert said(capsys, "pause", "--list").endswith(" UTC: everything.\n")
    assert said(capsys, "resume") == f"Resumed: everything.\n{GOES_ON}"
    assert said(capsys, "resume") == "Nothing to resume: everything was not paused.\n"


def test_a_wider_or_narrower_pause_stays_and_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "pause", "Octo-Org")
    said(capsys, "pause", "octo-org/spoon")
    lines = said(capsys, "resume", "octo-org/SPOON").splitlines()
    assert lines[0] == "Resumed: octo-org/SPOON."
    assert lines[-1].startswith("Paused since ")
    assert lines[-1].endswith(": octo-org.")


@pytest.mark.parametrize("scope", ["a/b/c", "a b", "", "*/x", "\x1b[31m"])
@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_what_is_no_account_and_no_repository_is_refused(
    capsys: pytest.CaptureFixture[str], verb: str, scope: str
) -> None:
    ended = here(capsys, verb, scope)
    assert (ended.code, ended.out) == (2, "")
    assert "is neither" in ended.err
    assert ended.err[:-1].isprintable()


def test_resuming_an_account_lets_it_have_pull_requests_again(capsys: pytest.CaptureFixture[str], site: Path) -> None:
    said(capsys, "pause", "--list")  # makes the tables
    engine = make_engine(Settings.load().database)
    ledger = Ledger(engine)
    for number in range(3):
        ledger.opened("octo-org", number, "b", "d", number, now=float(number))
        ledger.closed(number, number, merged=False, now=float(number))
    assert isinstance(ledger.look("octo-org", now=10.0), Held)
    assert said(capsys, "resume", "Octo-Org") == f"Pull requests may be opened for Octo-Org again.\n{GOES_ON}"
    assert not isinstance(ledger.look("octo-org", now=10.0), Held)
    assert said(capsys, "resume", "octo-org") == "Nothing to resume: octo-org was not paused.\n"
    engine.dispose()


def test_a_database_that_cannot_be_opened_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "no.db").write_bytes(b"this is no database, and longer than a page's header" * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'no.db'}")
    for words in (("pause",), ("resume",), ("jobs",)):
        ended = here(capsys, *words)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("pubflow: the database ")
        assert "defect" not in ended.err


async def _submit(*jobs: Job) -> None:
    settings = Settings.load()
    engine = make_engine(settings.database)
    queue = Queue(engine, settings.pubflow_home)
    await queue.open()
    try:
        await queue.submit(jobs)
    finally:
        await queue.stop()
        engine.dispose()


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(said(capsys, "jobs", "--format", "json"))
    return found


def test_an_empty_queue_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "jobs") == "No job waits, runs or failed.\n"
    assert listed(capsys) == []


def test_a_job_is_listed_shown_and_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(_submit(Job(kind="scan", key="repository 1\x1b[2J", installation=INSTALLATION)))
    [job] = listed(capsys)
    assert (job["kind"], job["state"], job["installation"]) == ("scan", "waiting", 7)
    name = str(job["id"])
    assert "scan repository 1\\x1b[2J\n" in said(capsys, "jobs", "list")
    shown = said(capsys, "jobs", "show", name)
    assert "state            waiting\n" in shown
    assert "failed attempts  0\n" in shown
    assert said(capsys, "jobs", "--failed") == "No job is set aside.\n"
    assert said(capsys, "jobs", "drop", name).endswith(" is dropped.\n")
    assert listed(capsys) == []


REFUSED = {
    ("show",): "which job?",
    ("retry",): "which job?",
    ("show", "nothing"): "there is no job nothing",
    ("retry", "nothing"): "nothing cannot be tried again",
    ("drop", "nothing"): "nothing cannot be dropped",
    ("burn", "nothing"): "burn",
}


ABOUT: list[tuple[dict[str, JsonValue], str]] = [
    ({"repo_id": 1, "owner": "octo-org", "name": "spoon"}, "octo-org/spoon"),
    ({"account": "octo-org", "repositories": None}, "octo-org"),
    ({"owner": "octo\x1b[2J", "name": "spoon\n"}, "octo\\x1b[2J/spoon"),
    ({"account": None}, "the key"),
    ({"owner": 7, "name": "spoon"}, "the key"),
    ({}, "the key"),
]


@pytest.mark.parametrize(("args", "words"), ABOUT)
def test_a_job_is_listed_by_the_name_of_its_repository(
    capsys: pytest.CaptureFixture[str], args: dict[str, JsonValue], words: str
) -> None:
    asyncio.run(_submit(Job(kind="scan", key="the key", installation=INSTALLATION, args=args)))
    assert said(capsys, "jobs").endswith(f"  waiting  scan {words}\n")


@pytest.mark.parametrize("words", REFUSED)
def test_a_job_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    ended: Ended = here(capsys, "jobs", *words)
    assert (ended.code, ended.out) == (2, "")
    assert REFUSED[words] in ended.err


@pytest.mark.parametrize(
    ("words", "job"), [(("sweep",), "sweep-all"), (("sweep", "--full"), "sweep-all"), (("redeliver",), "redeliver")]
)
def test_the_workers_are_asked_and_asking_twice_is_asking_once(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], job: str
) -> None:
    for _ in range(2):
        assert "It needs a worker that runs." in said(capsys, *words)
    (waiting,) = json.loads(said(capsys, "jobs", "--format", "json"))
    assert (waiting["kind"], waiting["key"], waiting["state"]) == (job, "all", "waiting")
