"""A request's headers and raw body become a `Delivery`, or are refused; nothing is looked at before the signature.

https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries: the signature is an HMAC-SHA-256 of the
raw body and of nothing else; the headers beside it are whatever the sender wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest, digest
from typing import NewType
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from bot.errors import BadSignature, ConfigurationError, Malformed
from bot.model import DeliveryId

SIGNATURE = "X-Hub-Signature-256"
EVENT = "X-GitHub-Event"
DELIVERY = "X-GitHub-Delivery"
CONTENT_TYPE = "Content-Type"

Signature = NewType("Signature", str)
"""Of the right form; whether it is good is yet to be seen."""

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}").fullmatch
_EVENT = re.compile(r"[a-z0-9_]{1,64}").fullmatch
_DELIVERY = re.compile(r"[\x21-\x7e]{1,100}").fullmatch
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The webhook's secret, and while it is being changed also the one before it.

    Raises `ConfigurationError` when there is none, or an empty one.
    """

    accepted: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not all(self.accepted) or not self.accepted:
            raise ConfigurationError("WEBHOOK_SECRET is empty: everybody could sign with it; set a long random text")

    def signed(self, signature: Signature, body: bytes) -> bool:
        """Claims that one of the secrets made this signature of the body; takes the same time wherever they differ."""
        for secret in self.accepted:
            if compare_digest("sha256=" + digest(secret, body, "sha256").hex(), signature):
                return True
        return False


class Delivery(Struct, frozen=True, gc=False):
    """A delivery whose signature is good; only `verify` makes one. `event` and `id` are not covered by it."""

    id: DeliveryId
    event: str
    body: bytes
    """JSON, as yet undecoded."""


def signature_of(headers: Mapping[str, str]) -> Signature:
    """The signature that a request claims, so that nothing unsigned needs to be read. Raises `BadSignature`."""
    signature = headers.get(SIGNATURE)
    if signature is None or _SIGNATURE(signature) is None:
        raise BadSignature("no signature of the form sha256=<64 hexadecimal digits>")
    return Signature(signature)


def verify(signature: Signature, headers: Mapping[str, str], body: bytes, secrets: Secrets) -> Delivery:
    """The delivery that this raw body and the headers beside it are.

    Raises `BadSignature`, before anything else is looked at, or `Malformed` for content types, ids and event names that
    GitHub does not send. `headers` is asked in GitHub's spelling: pass a case-insensitive mapping.
    """
    if not secrets.signed(signature, body):
        raise BadSignature("signed with another secret, or changed on the way")
    delivery = headers.get(DELIVERY, "")
    if _DELIVERY(delivery) is None:
        raise Malformed(f"{DELIVERY} is missing or odd")
    event = headers.get(EVENT, "")
    if _EVENT(event) is None:
        raise Malformed(f"{EVENT} is missing or odd")
    return Delivery(DeliveryId(delivery), event, _json(headers.get(CONTENT_TYPE, ""), body))


def _json(content_type: str, body: bytes) -> bytes:
    if content_type == _JSON:
        return body
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _JSON:
        return body
    if kind == _FORM:
        return _payload(body)
    raise Malformed("neither application/json nor application/x-www-form-urlencoded")


def _payload(form: bytes) -> bytes:
    """The field `payload` of a form; GitHub sends exactly one."""
    fields = [part for part in form.split(b"&") if part.startswith(b"payload=")]
    if len(fields) != 1:
        raise Malformed("a form without exactly one payload")
    return unquote_to_bytes(fields[0].removeprefix(b"payload=").replace(b"+", b" "))
