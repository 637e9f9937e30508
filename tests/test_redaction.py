"""A secret is found in every form in which it may stand in a text, and nothing else is lost."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from bot.redaction import MASK, Redactor
from bot.settings import Settings

SECRET = 'a "quoted" back\\slash/é+secret'
FORMS = {
    "as it is": SECRET,
    "in JSON": json.dumps(SECRET),
    "in JSON with all letters": json.dumps(SECRET, ensure_ascii=False),
    "in a repr": repr(SECRET),
    "in an address": quote(SECRET, safe=""),
    "in base64": base64.b64encode(SECRET.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_known_secret_is_masked_in_every_form(form: str) -> None:
    assert Redactor([SECRET])(f"before {FORMS[form]} after").strip("=").count(MASK) == 1
    assert Redactor(["another one"])(f"before {FORMS[form]} after") == f"before {FORMS[form]} after"


def test_the_longer_of_two_is_masked_whole() -> None:
    assert Redactor(["secret", "secret-and-more"])("x secret-and-more secret y") == f"x {MASK} {MASK} y"


@pytest.mark.parametrize("word", ["", "a", "short"])
def test_a_short_one_would_mask_ordinary_words(word: str) -> None:
    assert Redactor([word])("a short text") == "a short text"


def test_each_line_of_a_key_is_a_part_of_it() -> None:
    line = "MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun"
    for given in (f"-----BEGIN KEY-----\n{line}\n", f"-----BEGIN KEY-----\\n{line}\\n"):
        assert Redactor([given])(f"at {line}!") == f"at {MASK}!"


def test_a_site_knows_its_secrets_and_the_database_password_by_itself() -> None:
    settings = Settings.of(
        webhook_secret="of the webhook", client_secret="of the client", database_url="postgresql://me:p%40ssw0rd@db/x"
    )
    assert set(settings.secrets()) == {
        *("of the webhook", "of the client", "postgresql://me:p%40ssw0rd@db/x", "p@ssw0rd"),
    }
    assert Redactor(settings.secrets())("p@ssw0rd for me") == f"{MASK} for me"


@pytest.mark.parametrize("address", ["nonsense", "postgresql://[::1/x", "sqlite:///a"])
def test_an_address_that_is_none_is_still_masked_and_stops_nothing(address: str) -> None:
    assert Settings.of(database_url=address).secrets() == (address,)


ENDLESS = {
    "beginnings of tokens": "eyJ-" * 100_000,
    "beginnings of keys": "-----BEGIN " * 50_000,
    "addresses": "://a:" * 100_000,
    "one long name": "://" + "a" * 500_000,
    "headers": "Bearer " * 100_000,
}


@pytest.mark.parametrize("case", ENDLESS)
def test_a_hostile_text_takes_no_time(case: str) -> None:
    assert Redactor(["secret"])(ENDLESS[case]) == ENDLESS[case]
