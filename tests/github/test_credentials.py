"""The private key in every shape that people paste, and what is said of everything that is none."""

from __future__ import annotations

import base64
import copy
import pickle
import traceback
from collections.abc import Callable

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from bot.errors import ConfigurationError
from bot.github import AppCredentials, PrivateKey, Token, read_private_key

PLAIN = serialization.NoEncryption()
PKCS1 = serialization.PrivateFormat.TraditionalOpenSSL
PKCS8 = serialization.PrivateFormat.PKCS8


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey,
    form: serialization.PrivateFormat = PKCS1,
) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, PLAIN).decode()


SHAPES: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "blanks around": lambda text: f"\n\n  {text}\n \t",
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "escaped": lambda text: text.replace("\n", "\\n"),
    "escaped, CRLF": lambda text: text.replace("\n", "\\r\\n"),
    "escaped, quoted": lambda text: '"' + text.replace("\n", "\\n") + '"',
    "quoted": lambda text: f"'{text}'",
    "quoted twice": lambda text: f"\"'{text}'\"",
    "indented": lambda text: "".join(f"    {line}\n" for line in text.splitlines()),
    "one line with blanks": lambda text: text.replace("\n", " "),
    "byte order mark": lambda text: "\ufeff" + text,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(text.encode()).decode(),
    "base64 in CRLF lines": lambda text: base64.encodebytes(text.encode()).decode().replace("\n", "\r\n"),
    "base64, quoted": lambda text: f'"{base64.b64encode(text.encode()).decode()}"\n',
    "base64 without padding": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 of escaped": lambda text: base64.b64encode(text.replace("\n", "\\n").encode()).decode(),
    "a line before and behind": lambda text: f"my key:\n{text}\nend of it",
    "without its first and last line": lambda text: "\n".join(text.splitlines()[1:-1]),
}


@pytest.mark.parametrize("form", [PKCS1, PKCS8], ids=["PKCS#1", "PKCS#8"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_key_is_read_in_every_shape(
    rsa_key: rsa.RSAPrivateKey, shape: str, form: serialization.PrivateFormat
) -> None:
    key = read_private_key(SHAPES[shape](pem(rsa_key, form)))
    signed = key.sign({"iss": "1"}).reveal()
    assert jwt.decode(signed, rsa_key.public_key(), algorithms=["RS256"]) == {"iss": "1"}


WRONG = (
    "empty", "blanks", "quotes alone", "public key", "public key in base64", "encrypted, PKCS#8",
    "encrypted, PKCS#1", "elliptic curve", "elliptic curve, PKCS#8", "Ed25519", "OpenSSH", "certificate", "cut off",
    "lines lost", "letters changed", "begin line damaged", "garbage", "garbage in base64", "path", "relative path",
    "Windows path", "home path", "too long", "small",
)  # fmt: skip


def _wrong_things(key: rsa.RSAPrivateKey) -> dict[str, tuple[str, str]]:
    good = pem(key)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    locked = serialization.BestAvailableEncryption(b"secret")
    lines = good.splitlines()
    middle = len(lines) // 2
    return {
        "empty": ("", "it is empty"),
        "blanks": (" \n\t", "it is empty"),
        "quotes alone": ('""', "it is empty"),
        "public key": (public.decode(), "it is a public key"),
        "public key in base64": (base64.b64encode(public).decode(), "it is a public key"),
        "encrypted, PKCS#8": (key.private_bytes(serialization.Encoding.PEM, PKCS8, locked).decode(), "encrypted"),
        "encrypted, PKCS#1": (key.private_bytes(serialization.Encoding.PEM, PKCS1, locked).decode(), "encrypted"),
        "elliptic curve": (pem(ec.generate_private_key(ec.SECP256R1())), "elliptic-curve"),
        "elliptic curve, PKCS#8": (pem(ec.generate_private_key(ec.SECP256R1()), PKCS8), "elliptic-curve"),
        "Ed25519": (pem(ed25519.Ed25519PrivateKey.generate(), PKCS8), "GitHub's are RSA"),
        "OpenSSH": (
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, PLAIN).decode(),
            "an OpenSSH key",
        ),
        "certificate": ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "a certificate"),
        "cut off": ("\n".join(lines[:middle]), "cut off"),
        "lines lost": ("\n".join(lines[:3] + lines[middle:]), "damaged"),
        "letters changed": (good.replace(lines[2], lines[2][::-1]), "damaged"),
        "begin line damaged": (good.replace("BEGIN RSA", "BEGIN rsa"), "-----BEGIN line is damaged"),
        "garbage": ("correct horse battery staple", "neither PEM"),
        "garbage in base64": (base64.b64encode(b"correct horse").decode(), "neither PEM"),
        "path": ("/etc/pubflow/private-key.pem", "path of a file"),
        "relative path": ("./app.private-key.pem", "path of a file"),
        "Windows path": (r"C:\keys\app.pem", "path of a file"),
        "home path": ("~/app key.pem", "path of a file"),
        "too long": ("A" * 100_000, "too long"),
        "small": (pem(rsa.generate_private_key(65537, 1024)), "1024 bits"),  # noqa: S505 - it is to be refused
    }


@pytest.fixture(scope="module")
def wrong_things(rsa_key: rsa.RSAPrivateKey) -> dict[str, tuple[str, str]]:
    return _wrong_things(rsa_key)


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_key_is_refused_in_words_and_never_quoted(
    wrong_things: dict[str, tuple[str, str]], case: str
) -> None:
    text, words = wrong_things[case]
    with pytest.raises(ConfigurationError) as caught:
        read_private_key(text)
    shown = "".join(traceback.format_exception(caught.value))
    assert words in str(caught.value)
    assert not any(line in shown for line in text.splitlines() if len(line) > 24 and "-----" not in line)
    assert not text.strip("\"' \n\t") or "correct horse" not in shown


def test_every_wrong_thing_is_tried(wrong_things: dict[str, tuple[str, str]]) -> None:
    assert set(WRONG) == set(wrong_things)


def test_a_jwt_is_dated_back_and_ends_within_nine_minutes(rsa_key: rsa.RSAPrivateKey) -> None:
    token = AppCredentials(app_id="4711", key=PrivateKey(rsa_key)).jwt(1_800_000_000.9)
    key = rsa_key.public_key()
    claims = jwt.decode(token.reveal(), key, ["RS256"], options={"verify_exp": False, "verify_iat": False})
    assert claims == {"iss": "4711", "iat": 1_799_999_940, "exp": 1_800_000_480}
    assert claims["exp"] - claims["iat"] <= 9 * 60


@pytest.mark.parametrize("app_id", ["4711", "Iv1.8a61f9b3a7aba766", "Iv23liABCDEFGHIJKLMN"])
def test_app_ids_and_client_ids_are_taken(rsa_key: rsa.RSAPrivateKey, app_id: str) -> None:
    assert AppCredentials(app_id=app_id, key=PrivateKey(rsa_key)).app_id == app_id


@pytest.mark.parametrize("app_id", ["", " 4711", "47 11", "my app!", "x" * 200, "4711\n"])
def test_other_app_ids_are_refused(rsa_key: rsa.RSAPrivateKey, app_id: str) -> None:
    with pytest.raises(ConfigurationError, match="APP_ID"):
        AppCredentials(app_id=app_id, key=PrivateKey(rsa_key))


def test_secrets_show_in_no_form(rsa_key: rsa.RSAPrivateKey) -> None:
    token = Token("ghs_canary")
    credentials = AppCredentials(app_id="1", key=PrivateKey(rsa_key))
    forms = [f"{token}", f"{token!r}", f"{token:>40}", "%s" % token, str([token]), repr(credentials)]  # noqa: UP031
    assert not any("canary" in form or "PRIVATE KEY-" in form for form in forms)
    for secret in (token, credentials.key):
        with pytest.raises(TypeError):
            pickle.dumps(secret)
        with pytest.raises(TypeError):
            copy.copy(secret)


def test_equal_tokens_are_equal() -> None:
    assert Token("a") == Token("a")
    assert len({Token("a"), Token("a"), Token("b")}) == 2
    assert Token("a") != "a"
