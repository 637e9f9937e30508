"""Signatures, content types and the headers beside them, without a socket."""

from __future__ import annotations

from hmac import digest
from urllib.parse import quote, quote_plus

import pytest

from bot.errors import BadSignature, ConfigurationError, Malformed
from bot.model import DeliveryId
from bot.web import Secrets
from bot.web.delivery import Delivery, signature_of, verify
from tests.web.site import PREVIOUS, SECRET, headers, signature

BODY = '{"zen": "Für Élise & a=b;c + 100%", "hook_id": 1}'.encode()
SECRETS = Secrets((SECRET, PREVIOUS))
FORM = "application/x-www-form-urlencoded"
GOOD = signature(BODY)


def verified(body: bytes, **changes: str | None) -> Delivery:
    sent = headers(body, "ping", changes=changes)
    return verify(signature_of(sent), sent, body, SECRETS)


def test_githubs_own_example_of_a_signature() -> None:
    # https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    body, secrets = b"Hello, World!", Secrets((b"It's a Secret to Everybody",))
    sent = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert secrets.signed(signature_of({"X-Hub-Signature-256": sent}), body)


@pytest.mark.parametrize("secret", [SECRET, PREVIOUS])
def test_both_secrets_are_good_while_one_is_replaced(secret: bytes) -> None:
    assert verified(BODY, x_hub_signature_256=signature(BODY, secret)) == Delivery(DeliveryId("d-1"), "ping", BODY)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "",
        "sha256=",
        GOOD.removeprefix("sha256="),
        GOOD.replace("sha256", "sha1"),
        "sha1=" + digest(SECRET, BODY, "sha1").hex(),
        GOOD.upper(),
        "sha256=" + GOOD.removeprefix("sha256=").upper(),
        GOOD[:-1],
        GOOD + "0",
        GOOD + "\n",
        " " + GOOD,
        GOOD[:-1] + "é",
        GOOD[:-1] + "\udcff",
        "sha256=" + "0" * 64,
        "sha256=" + "\N{ARABIC-INDIC DIGIT ZERO}" * 64,
        signature(BODY, b"another secret"),
        signature(BODY, b""),
        signature(BODY + b" "),
        f"{GOOD}, {GOOD}",
    ],
)
def test_a_wrong_signature_is_refused(wrong: str | None) -> None:
    with pytest.raises(BadSignature):
        verified(BODY, x_hub_signature_256=wrong)


def test_the_signature_comes_before_everything_else() -> None:
    with pytest.raises(BadSignature):
        verified(b"\xff", x_hub_signature_256="sha256=" + "0" * 64, x_github_event="", content_type="text/html")


@pytest.mark.parametrize(
    "changes",
    [
        *({"x_github_delivery": odd} for odd in (None, "", "two words", "x" * 101, "é", "a\tb")),
        *({"x_github_event": odd} for odd in (None, "", "Push", "push ", "push!", "p" * 65, "püsh")),
        *({"content_type": odd} for odd in (None, "", "text/plain", "application/jsonp", "multipart/form-data", FORM)),
    ],
)
def test_headers_that_github_does_not_send_are_malformed(changes: dict[str, str | None]) -> None:
    with pytest.raises(Malformed):
        verified(BODY, **changes)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"])
def test_json_is_taken_as_it_came(kind: str) -> None:
    assert verified(BODY, content_type=kind).body == BODY


@pytest.mark.parametrize(
    "form",
    [
        b"payload=" + quote_plus(BODY).encode(),
        b"payload=" + quote(BODY).encode(),
        b"payload=" + quote(BODY, safe="").lower().encode(),
        b"other=1&payload=" + quote_plus(BODY).encode() + b"&another=payload",
        b"payload=" + BODY.replace(b"%", b"%25").replace(b"+", b"%2B").replace(b"&", b"%26").replace(b" ", b"+"),
    ],
)
def test_a_form_carries_the_same_json(form: bytes) -> None:
    taken = verified(form, content_type=FORM).body
    assert taken.lower() == BODY.lower()


@pytest.mark.parametrize("form", [b"", b"payload", b"Payload=%7B%7D", b"payload=1&payload=2", b"x=payload=1", BODY])
def test_a_form_without_exactly_one_payload_is_malformed(form: bytes) -> None:
    with pytest.raises(Malformed):
        verified(form, content_type=FORM)


@pytest.mark.parametrize("accepted", [(), (b"",), (SECRET, b"")])
def test_without_a_secret_nothing_starts(accepted: tuple[bytes, ...]) -> None:
    with pytest.raises(ConfigurationError):
        Secrets(accepted)


def test_secrets_are_not_shown() -> None:
    assert "Secret to" not in repr(SECRETS)
