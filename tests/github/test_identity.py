"""Who are we: a wrong key, a wrong id and a wrong clock have sentences of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bot.errors import ConfigurationError
from bot.github import GitHub, Token
from bot.model import InstallationId
from tests.github.scripted import START, AppMaker, Connect, Serve, said

ONE = InstallationId(1)


EXPIRED = "'Expiration time' claim ('exp') must be a numeric value representing the future time"
EARLY = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"


@pytest.mark.parametrize(
    ("message", "clock", "words"),
    [
        ("A JSON web token could not be decoded", 0, ["PRIVATE_KEY does not belong", "APP_ID 4711"]),
        ("A JSON web token could not be decoded", 500, ["PRIVATE_KEY does not belong"]),
        (EXPIRED, -700, ["clock is 700 s behind GitHub's"]),
        (EARLY, +90, ["clock is 90 s ahead of GitHub's"]),
        ("'Expiration time' claim ('exp') is too far in the future", +600, ["600 s ahead of"]),
        ("Bad credentials", 0, ["check APP_ID and PRIVATE_KEY"]),
        (EXPIRED, -10, ["check APP_ID and PRIVATE_KEY"]),
    ],
)
async def test_each_mistake_of_identity_has_its_own_sentence(
    serve: Serve, app: AppMaker, message: str, clock: float, words: list[str]
) -> None:
    theirs = datetime.fromtimestamp(START - clock, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    script = await serve(lambda _: said(401, {"message": message}, Date=theirs))
    with pytest.raises(ConfigurationError) as caught:
        await app.github(script).app()
    for word in words:
        assert word in str(caught.value)
    assert len(script.seen) == 1


async def test_an_unknown_app_id_is_said(serve: Serve, app: AppMaker) -> None:
    script = await serve(said(404, {"message": "Integration not found"}))
    with pytest.raises(ConfigurationError, match="knows no App with this APP_ID"):
        await app.github(script).app()


async def test_a_jwt_is_signed_anew_after_five_minutes(serve: Serve, app: AppMaker) -> None:
    script = await serve(lambda _: said(200, {"id": 1, "slug": "pubflow"}))
    github = app.github(script)
    for later in (0, 299, 2):
        app.time.now += later
        await github.app()
    first, second, third = (seen.headers["authorization"] for seen in script.seen)
    assert first == second != third


@pytest.mark.parametrize(
    "ask",
    [
        lambda github: github.app(),
        lambda github: anext(aiter(github.installations())),
        lambda github: github.installation(ONE),
        lambda github: github.installation_of("o"),
    ],
)
async def test_a_plain_token_is_no_app(connect: Connect, ask: Callable[[GitHub], Awaitable[object]]) -> None:
    github = connect("http://127.0.0.1:1", Token("ghp_x"))
    with pytest.raises(ConfigurationError, match="needs a GitHub App"):
        await ask(github)
