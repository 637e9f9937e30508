"""Values that a browser keeps for us and can neither read nor change: encrypted and signed (Fernet)."""

from __future__ import annotations

import base64
from typing import TypeVar

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Seal:
    """One purpose's key, derived from SESSION_SECRET: what was sealed for one purpose does not open for another."""

    def __init__(self, secret: str, purpose: str) -> None:
        key = HKDF(SHA256(), length=32, salt=None, info=f"pubflow {purpose}".encode()).derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, value: msgspec.Struct) -> str:
        return self._fernet.encrypt(msgspec.json.encode(value)).decode()

    def open(self, text: str, shape: type[Shape], *, seconds: int) -> Shape | None:
        """None for what is older than `seconds`, was sealed by somebody else, or holds something else."""
        try:
            return msgspec.json.decode(self._fernet.decrypt(text, ttl=seconds), type=shape)
        except (InvalidToken, msgspec.DecodeError, ValueError):
            return None
