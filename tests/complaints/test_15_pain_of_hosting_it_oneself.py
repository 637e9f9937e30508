"""A key with its newlines lost, three mistakes with one error, tokens that run out in the middle."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.demo.github import LocalGitHub
from bot.errors import ConfigurationError
from bot.github import AppCredentials, read_private_key
from tests.github.conftest import connect, options, rsa_key, session, time
from tests.github.scripted import Connect, Time

__all__ = ["connect", "options", "rsa_key", "session", "time"]

SHAPES: dict[str, Callable[[str], str]] = {
    "newlines": str,
    "escaped": lambda text: text.replace("\n", "\\n"),
    "blanks": lambda text: text.replace("\n", " "),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_key_is_understood_as_people_paste_it(rsa_key: rsa.RSAPrivateKey, shape: str) -> None:
    text = rsa_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
    read_private_key(SHAPES[shape](text))


async def said(hub: LocalGitHub, connect: Connect, who: AppCredentials) -> str:
    with pytest.raises(ConfigurationError) as error:
        await connect(hub.url, who, interest=None).app()  # type: ignore[arg-type]
    return str(error.value)


async def test_three_mistakes_have_three_sentences(
    connect: Connect,
    time: Time,
    rsa_key: rsa.RSAPrivateKey,
) -> None:
    async with LocalGitHub(clock=time.clock) as hub:
        hub.create_user("alice")
        keys = hub.create_app(owner="alice", name="pubflow", permissions={"metadata": "read"}, events=[])
        right = read_private_key(keys.private_key)
        other = read_private_key(
            rsa_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ).decode()
        )
        wrong_id = await said(hub, connect, AppCredentials(app_id="999999", key=right))
        wrong_key = await said(hub, connect, AppCredentials(app_id=str(keys.app.id), key=other))
        assert "APP_ID" in wrong_id
        assert "PRIVATE_KEY does not belong to the App" in wrong_key
        assert wrong_id != wrong_key
