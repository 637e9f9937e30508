"""Who we are to GitHub: the App's private key in every shape that people paste, its JWTs, and tokens.

Nothing here shows a secret: no repr, no text of an exception, no format. No network, no clock of its own.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import NoReturn

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

from bot.errors import ConfigurationError

ISSUED_BEFORE = 60
"""Seconds that a JWT is dated back, for clocks that run ahead of GitHub's."""
JWT_LIFETIME = 8 * 60
"""Seconds from now; with the dating back nine minutes, of the ten that GitHub allows:
https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
"""
SMALLEST_KEY = 2048

_LONGEST = 64 * 1024
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)
_BEGIN = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}\Z")
_PATH = re.compile(r"(?:[~./]|[A-Za-z]:\\)[^\n]{0,400}\Z|[^\n]{1,400}\.(?:pem|key|txt)\Z")
_APP_ID = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")
_REMEDY = "generate a private key on the App's settings page and use the .pem file that GitHub gives you"
_OTHER_LABELS = {
    "PUBLIC KEY": "a public key",
    "RSA PUBLIC KEY": "a public key",
    "CERTIFICATE": "a certificate",
    "EC PRIVATE KEY": "an elliptic-curve key; GitHub's are RSA",
    "DSA PRIVATE KEY": "a DSA key; GitHub's are RSA",
    "OPENSSH PRIVATE KEY": "an OpenSSH key",
}


class Token:
    """A secret string; only `reveal` shows it. GitHub's may be 520 characters long and hold dots."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Token(***)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is never pickled or copied out")


class PrivateKey:
    """An RSA key that signs; only `read_private_key` makes one that came from outside."""

    __slots__ = ("_key",)

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def sign(self, claims: dict[str, object]) -> Token:
        """`claims` as a JWT signed with RS256."""
        return Token(jwt.encode(claims, self._key, algorithm="RS256"))

    def __repr__(self) -> str:
        return "PrivateKey(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is never pickled or copied out")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCredentials:
    """The App's identity: `app_id` is the App id or the client id, both are taken by GitHub as issuer."""

    app_id: str
    key: PrivateKey

    def __post_init__(self) -> None:
        if not _APP_ID.match(self.app_id):
            raise ConfigurationError("APP_ID: wanted the App id (a number) or the client id (Iv...), found neither")

    def jwt(self, now: float) -> Token:
        """A JWT that stands for the App itself; `now` in seconds since the epoch."""
        return self.key.sign({"iss": self.app_id, "iat": int(now) - ISSUED_BEFORE, "exp": int(now) + JWT_LIFETIME})


def read_private_key(text: str) -> PrivateKey:
    """The key in `text`: PEM as it is, with `\\n` written out, on one line, quoted, or in base64.

    Raises ConfigurationError, a sentence of its own for each wrong thing; key material is never quoted.
    """
    found = _unquoted(text)
    if not found:
        raise _wrong("it is empty")
    if len(found) > _LONGEST:
        raise _wrong("it is far too long for a key")
    if "-----BEGIN" in found:
        return _checked(_from_pem(found))
    compact = re.sub(r"\\[rn]|\s", "", found)
    decoded = _decoded(compact) if _BASE64.match(compact) else None
    if decoded is not None and b"-----BEGIN" in decoded:
        return _checked(_from_pem(_unquoted(decoded.decode("utf-8", "replace"))))
    if decoded is not None and decoded.startswith(b"\x30\x82"):  # DER: the PEM without its first and last line
        return _checked(_load(decoded, pem=False))
    if _PATH.match(found):
        raise _wrong("it looks like the path of a file; give the key itself, or set PRIVATE_KEY_PATH")
    raise _wrong("it is neither PEM (-----BEGIN RSA PRIVATE KEY-----) nor base64 of it")


def _unquoted(text: str) -> str:
    found = text.strip().lstrip("\ufeff").strip()
    while len(found) >= 2 and found[0] == found[-1] and found[0] in "\"'`":
        found = found[1:-1].strip()
    return found


def _from_pem(text: str) -> object:
    plain = text.replace("\\r", "\n").replace("\\n", "\n")
    blocks = _BLOCK.findall(plain)
    if not blocks:
        begun = _BEGIN.search(plain)
        raise _wrong("it is cut off: its -----END line is missing" if begun else "its -----BEGIN line is damaged")
    label, body = next((block for block in blocks if block[0].endswith("PRIVATE KEY")), blocks[0])
    if "ENCRYPTED" in label or "ENCRYPTED" in body:
        raise _wrong("it is encrypted with a passphrase; GitHub's keys have none, so decrypt it first")
    if label in _OTHER_LABELS:
        raise _wrong(f"it is {_OTHER_LABELS[label]}")
    lines = re.sub(r"\s", "", body)
    wrapped = "\n".join(lines[start : start + 64] for start in range(0, len(lines), 64))
    return _load(f"-----BEGIN {label}-----\n{wrapped}\n-----END {label}-----\n".encode(), pem=True)


def _load(data: bytes, *, pem: bool) -> object:
    try:
        return load_pem_private_key(data, None) if pem else load_der_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # the cause may describe the bytes: it is dropped
        raise _wrong("it is damaged: it has the look of a key, and cannot be decoded") from None


def _checked(key: object) -> PrivateKey:
    if not isinstance(key, RSAPrivateKey):
        raise _wrong("it is an elliptic-curve or other key; GitHub's are RSA")
    if key.key_size < SMALLEST_KEY:
        raise _wrong(f"it has {key.key_size} bits; GitHub's have {SMALLEST_KEY}")
    return PrivateKey(key)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return None


def _wrong(what: str) -> ConfigurationError:
    return ConfigurationError(f"the private key cannot be used: {what}. To mend it, {_REMEDY}.")
