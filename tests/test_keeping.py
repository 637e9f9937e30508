"""What set-up stores is what the settings read, for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.keeping import api_of, lines, store
from bot.settings import STORED, Settings

PEM = "-----BEGIN RSA PRIVATE KEY-----\nabc+/=\n-----END RSA PRIVATE KEY-----\n"
VALUES = {
    "app_id": "123",
    "private_key": PEM,
    "webhook_secret": "it's".replace("'", ""),
    "client_id": "Iv23.x",
    "public_url": "https://pubflow.example.org",
    "session_secret": "a#b $c d",
}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("APP_ID", "CLIENT_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH", "WEBHOOK_SECRET", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PUBFLOW_HOME", str(tmp_path / "home"))


def test_what_is_stored_is_read(tmp_path: Path) -> None:
    assert not Settings.load().has_app
    path = store(tmp_path / "home", VALUES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    found = Settings.load()
    assert (found.app_id, found.client_id, found.public_url) == ("123", "Iv23.x", "https://pubflow.example.org")
    assert found.private_key_text().replace("\\n", "\n") == PEM.strip()
    assert found.session_secret is not None
    assert found.session_secret.get_secret_value() == "a#b $c d"
    assert [entry.name for entry in path.parent.iterdir()] == [STORED]


def test_storing_again_replaces_it(tmp_path: Path) -> None:
    store(tmp_path / "home", VALUES)
    store(tmp_path / "home", {**VALUES, "app_id": "456"})
    assert Settings.load().app_id == "456"


def test_an_app_that_the_environment_names_comes_first_and_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(tmp_path / "home", VALUES)
    monkeypatch.setenv("APP_ID", "999")
    found = Settings.load()
    assert (found.app_id, found.private_key, found.client_id) == ("999", None, None)


def test_other_settings_of_the_environment_stay_above_what_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(tmp_path / "home", VALUES)
    monkeypatch.setenv("PUBLIC_URL", "https://other.example.org")
    assert Settings.load().public_url == "https://other.example.org"


@pytest.mark.parametrize("value", ["a'b", "a\rb", "a\0b", "${HOME}"])
def test_what_the_notation_cannot_hold_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        lines({"webhook_secret": value})
    assert value not in str(caught.value)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        store(tmp_path / "file", VALUES)


@pytest.mark.parametrize(
    ("web", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://octo.ghe.com", "https://api.octo.ghe.com"),
        ("https://github.example.org", "https://github.example.org/api/v3"),
    ],
)
def test_where_the_api_of_a_github_is(web: str, api: str) -> None:
    assert api_of(web) == api
