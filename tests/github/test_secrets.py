"""Canaries: neither token nor key is in any log, text, traceback or repr, whatever goes wrong."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Awaitable, Callable

import pytest
import structlog
from aiohttp import web
from rich.console import Console
from rich.traceback import Traceback

from bot.errors import PubflowError
from bot.github import AppCredentials, GitHub, Token
from bot.github.words import LONGEST, clean
from bot.model import InstallationId, NodeId, RepoId, RepoRef
from tests.github.scripted import Connect, Seen, Serve, said

CANARY = "ghs_16C7e42F292c6912E7710c838347Ae178B4a" + "canary" * 80
MINTED = said(201, {"token": CANARY, "expires_at": "2030-01-01T00:00:00Z"})
REF = RepoRef(id=RepoId(1), node_id=NodeId("R_1"), owner="o", name="r")


def echoing(status: int) -> Callable[[Seen], web.Response]:
    """A server that throws our own secrets back at us."""

    def answer(seen: Seen) -> web.Response:
        if seen.path.endswith("/access_tokens"):
            return said(201, {"token": CANARY, "expires_at": "2030-01-01T00:00:00Z"})
        said_back = f"no: {seen.headers['authorization']} and {CANARY}"
        detail = {"message": said_back, "code": "custom", "field": CANARY}
        return said(
            status, {"message": said_back, "errors": [detail], "x": CANARY}, X_Echo=CANARY, Location="/elsewhere"
        )

    return answer


def hang_up(seen: Seen) -> web.StreamResponse:
    if seen.path.endswith("/access_tokens"):
        return said(201, {"token": CANARY, "expires_at": "2030-01-01T00:00:00Z"})
    response = web.StreamResponse(headers={"Content-Length": "100"})
    response.force_close()
    return response


def minting_badly(seen: Seen) -> web.Response:
    return said(201, {"token": [CANARY], "expires_at": CANARY})


ANSWERS = {
    **{str(status): echoing(status) for status in (200, 301, 400, 401, 403, 404, 409, 422, 429, 500)},
    "connection lost": hang_up,
    "no token": minting_badly,
}


@pytest.mark.parametrize("case", ANSWERS)
async def test_no_canary_is_ever_heard(
    serve: Serve, connect: Connect, credentials: AppCredentials, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    caplog.set_level(logging.DEBUG)
    script = await serve(ANSWERS[case])
    github = connect(script.url, credentials)
    with pytest.raises(PubflowError) as caught:
        await github.read(InstallationId(1), REF)
    assert script.seen, "something was sent"
    signed = {seen.headers["authorization"].removeprefix("Bearer ") for seen in script.seen}
    logged = "".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")
    shown = everything_shown(caught.value) + logged + repr(vars(github))
    for secret in (CANARY, CANARY[:40], "canarycanary", *signed, *(one.split(".")[-1] for one in signed)):
        assert secret not in shown


@pytest.mark.parametrize(
    "ask", [lambda github: github.app(), lambda github: github.read(InstallationId(0), REF)], ids=["app", "token"]
)
async def test_nor_when_identity_itself_is_refused(
    serve: Serve, connect: Connect, credentials: AppCredentials, ask: Callable[[GitHub], Awaitable[object]]
) -> None:
    script = await serve(echoing(401))
    for who in (credentials, Token(CANARY)):
        with pytest.raises(PubflowError) as caught:
            await ask(connect(script.url, who))
        shown = everything_shown(caught.value)
        assert "canarycanary" not in shown
        assert not any(seen.headers["authorization"][7:] in shown for seen in script.seen)


def everything_shown(error: BaseException) -> str:
    """The error as plain traceback, as a log line, and as rich shows it with the values of all variables."""
    assert error.__traceback__ is not None
    error.__traceback__ = error.__traceback__.tb_next  # the test's own frame knows the canary
    out = io.StringIO()
    console = Console(file=out, width=4000, color_system=None)
    console.print(
        Traceback.from_exception(
            type(error),
            error,
            error.__traceback__,
            show_locals=True,
            locals_max_length=10_000,
            locals_max_string=100_000,
        )
    )
    render = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
    logged = render(None, "error", {"exc_info": error})
    return "".join(traceback.format_exception(error)) + out.getvalue() + repr(logged) + repr(error)


@pytest.mark.parametrize(
    "secret",
    [
        "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
        "ghp_short",
        "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
        "v1.1f699f1069f60xxx",
        "ghs_4711_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIx.c2lnbmF0dXJl-_x",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIx.c2lnbmF0dXJl-_x",
        "0123456789abcdef0123456789abcdef01234567",
        "-----BEGIN RSA PRIVATE KEY----- MIIE",
    ],
)
def test_whatever_looks_like_a_secret_is_masked(secret: str) -> None:
    assert secret[:14] not in clean(f"before {secret} after")
    assert clean(f"before {secret} after").startswith("before ***")


@pytest.mark.parametrize(
    "text",
    ["Not Found", "A pull request already exists for acme:pubflow/trusted-publishing.", "caf\u00e9", "it's 100 %"],
)
def test_ordinary_words_stay(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("value", [None, 7, [], {}, b"x"])
def test_what_is_no_text_is_empty(value: object) -> None:
    assert clean(value) == ""


@pytest.mark.parametrize("text", ["a\nb", "a\x00b", "a\x1b[31mb", "a\u2028b", "a\u202eb", "a\tb", "a\r\nb"])
def test_control_characters_go(text: str) -> None:
    assert clean(text).isprintable()


def test_long_words_are_cut() -> None:
    assert len(clean("word " * 1000)) == LONGEST
    assert clean("word " * 1000).endswith("…")
