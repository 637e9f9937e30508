"""No secret reaches a log line, whoever logs it and however."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.settings import Settings

CANARIES = {
    "a webhook secret": "correct-horse-battery",
    "a database password": "postgresql://bot:hunter22-hunter22@db.example/x",
    "an installation token": "ghs_" + "a1" * 18,
    "a long installation token": "ghs_12345_eyJhbGciOi." + "x" * 480,
    "a personal token": "github_pat_" + "A1_" * 20,
    "a JWT": "eyJhbGciOiJSUzI1NiJ9." + "eyJpc3MiOiIx" + ".c2ln",
    "an index token": "pypi-" + "AgEIcHlwaS5vcmc" * 3,
    "an authorization": "Basic eC1hY2Nlc3MtdG9rZW46bm9ib2R5",
    "a code of a registration": "https://github.com/setup?code=0123456789abcdef0123&state=fedcba9876543210",
    "an address that is a credential": "https://blobs.example.org/log?se=2026&sig=c2lnbmF0dXJlLW9mLWE%3D",
    "a key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
}
HARMLESS = (
    "scanned octo-org/octo-package at 3d3c42e5aac5ba805825da76410c181273ba90b1",
    "https://github.com/pypa/gh-action-pypi-publish/pull/12?x=1#issue-2",
    "the pypi project pypi-publish of ghs",
    "Basic authentication is off; https://api.github.com/repos/o/r/pulls?state=open&page=2",
)


@pytest.fixture
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    settings = Settings.of(
        webhook_secret=CANARIES["a webhook secret"],
        database_url=CANARIES["a database password"],
        log_format=request.param,
        log_level="DEBUG",
    )
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure(settings)
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()


@pytest.mark.parametrize("lines", ["text", "json"], indirect=True)
@pytest.mark.parametrize("what", CANARIES)
@pytest.mark.parametrize("way", ["message", "argument", "field", "exception", "structlog"])
def test_a_secret_is_masked(lines: io.StringIO, what: str, way: str) -> None:
    secret = CANARIES[what]
    log = logging.getLogger("somebody.elses.library")
    match way:
        case "message":
            log.warning("before " + secret + " after")  # noqa: G003 - as careless libraries do
        case "argument":
            log.warning("before %s after", secret)
        case "field":
            log.warning("before", extra={"given": secret})
        case "exception":
            log.error("before", exc_info=_failure(secret))
        case _:
            structlog.get_logger("ours").warning("before", given=secret)
    written = lines.getvalue()
    assert "before" in written
    parts = ("hunter22", "MIIEowIBAAKCAQEA", "eC1hY2Nlc3M", "0123456789abcdef", "fedcba9876543210", "c2lnbmF0")
    for part in (secret, secret.replace("\n", "\\n"), *parts):
        assert part not in written


def _failure(text: str) -> ValueError:
    """With a traceback, as a handler would see it."""
    private = f"local of {len(text)}"
    try:
        raise ValueError(text or private)  # noqa: TRY301 - a traceback is wanted
    except ValueError as error:
        return error


@pytest.mark.parametrize("lines", ["text", "json"], indirect=True)
def test_a_traceback_shows_places_and_no_variables(lines: io.StringIO) -> None:
    logging.getLogger("ours").error("before", exc_info=_failure("it broke"))
    assert "_failure" in lines.getvalue()
    assert "it broke" in lines.getvalue()
    assert "local of" not in lines.getvalue()


@pytest.mark.parametrize("lines", ["text", "json"], indirect=True)
@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_kept(lines: io.StringIO, text: str) -> None:
    logging.getLogger("ours").warning("%s", text)
    assert text in lines.getvalue()


@pytest.mark.parametrize("lines", ["json"], indirect=True)
def test_each_line_is_one_json_object(lines: io.StringIO) -> None:
    structlog.get_logger("ours").info("scanned", repository="a/b", outcome='quotes " and\nbreaks')
    logging.getLogger("somebody").error("failed", exc_info=ValueError("x"))
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [one["event"] for one in told] == ["scanned", "failed"]
    assert told[0]["repository"] == "a/b"
