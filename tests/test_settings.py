"""The environment becomes settings, or words about what is wrong with it; a secret is never among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.settings import LogFormat, Mode, Settings

SECRET = "correct-horse-battery-staple"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Settings.load()


def test_nothing_set_gives_a_site_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch)
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8080, "INFO")
    assert (settings.pubflow_mode, settings.log_format) == (Mode.WRITE, LogFormat.TEXT)
    assert settings.allowed_accounts is None
    assert settings.operators == frozenset()
    assert settings.database == f"sqlite:///{settings.pubflow_home / 'pubflow.sqlite3'}"
    assert settings.oidc


def test_values_are_read_from_a_dotenv_file_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=1\nAPP_ID=7\nSOMEBODY_ELSES=x\n")
    settings = given(monkeypatch, PORT="2")
    assert (settings.port, settings.app_id) == (2, "7")


def test_lists_of_names_ignore_case_and_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, ALLOWED_ACCOUNTS=" Octo-Org, hubot ,,", OPERATORS="*")
    assert settings.allowed_accounts == frozenset({"octo-org", "hubot"})
    assert settings.operators == {"*"}


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, PORT="", ALLOWED_ACCOUNTS="", PRIVATE_KEY="", METRICS_PORT="")
    assert (settings.port, settings.allowed_accounts, settings.private_key) == (8080, None, None)


WRONG = {
    "PORT": ("http", "PORT: Input should be a valid integer"),
    "METRICS_PORT": ("70000", "METRICS_PORT: Input should be less than or equal to 65535"),
    "PULLS_PER_HOUR": ("0", "PULLS_PER_HOUR: Input should be greater than or equal to 1"),
    "PUBFLOW_MODE": ("dry-run", "PUBFLOW_MODE: Input should be 'write' or 'observe'"),
    "LOG_FORMAT": ("xml", "LOG_FORMAT: Input should be 'text' or 'json'"),
    "LOG_LEVEL": ("chatty", "LOG_LEVEL: wanted DEBUG, INFO, WARNING or ERROR"),
    "GITHUB_API_URL": ("api.github.com", "GITHUB_API_URL: wanted an address such as https://host"),
    "GITHUB_WEB_URL": ("https://", "GITHUB_WEB_URL: wanted an address such as https://host"),
    "PYPI_URL": (f"https://user:{SECRET}@pypi.org", "PYPI_URL: wanted a plain address, found credentials"),
    "TESTPYPI_URL": ("http://test.pypi.org", "TESTPYPI_URL: plain http is for this machine alone; use https"),
    "PUBLIC_URL": ("https://host/?a=b", "PUBLIC_URL: wanted a plain address, found credentials, a query"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_its_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    value, words = WRONG[name]
    with pytest.raises(ConfigurationError) as caught:
        given(monkeypatch, **{name: value})
    assert str(caught.value).startswith(words)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("port", ["https://host:port", "https://host:99999"])
def test_an_address_has_a_port_that_exists(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    with pytest.raises(ConfigurationError, match="PYPI_URL: "):
        given(monkeypatch, PYPI_URL=port)


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError) as caught:
        given(monkeypatch, PORT="x", LOG_LEVEL="x", PUBFLOW_MODE="x")
    assert len(str(caught.value).splitlines()) == 3


def test_one_private_key_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"PRIVATE_KEY and PRIVATE_KEY_PATH are both set") as caught:
        given(monkeypatch, PRIVATE_KEY=SECRET, PRIVATE_KEY_PATH="key.pem")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("content", [b"PORT=\xff\n", b"\xff\xfeP\0"])
def test_a_dotenv_file_that_is_no_text_is_said_in_words(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    Path(".env").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"\.env cannot be read"):
        given(monkeypatch)


@pytest.mark.parametrize(
    "name",
    ["PRIVATE_KEY", "WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS", "CLIENT_SECRET", "SESSION_SECRET", "GITHUB_TOKEN"],
)
def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    settings = given(monkeypatch, **{name: SECRET})
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert SECRET not in shown


def test_the_password_of_the_database_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, DATABASE_URL=f"postgresql://me:{SECRET}@host/pubflow")
    assert SECRET not in repr(settings)
    assert settings.database == f"postgresql://me:{SECRET}@host/pubflow"


OIDC = {
    "https://api.github.com": True,
    "https://api.github.com/": True,
    "http://127.0.0.1:4000": True,
    "http://localhost:4000": True,
    "https://github.example.com/api/v3": False,
    "https://github.example.com/api/v3/": False,
    "http://localhost:4000/api/v3": False,
    "https://api.octo.ghe.com": False,
    "https://api.github.com.evil.example": False,
}


@pytest.mark.parametrize("url", OIDC)
def test_only_tokens_of_github_com_are_good_for_the_index(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert given(monkeypatch, GITHUB_API_URL=url).oidc is OIDC[url]


def test_the_private_key_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("-----BEGIN")
    assert given(monkeypatch, PRIVATE_KEY_PATH=str(tmp_path / "key.pem")).private_key_text() == "-----BEGIN"


@pytest.mark.parametrize("name", ["missing.pem", ""])
def test_a_private_key_that_cannot_be_read_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"PRIVATE_KEY_PATH: .* cannot be read"):
        given(monkeypatch, PRIVATE_KEY_PATH=str(tmp_path / name)).private_key_text()


def test_without_a_private_key_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="set PRIVATE_KEY, or PRIVATE_KEY_PATH"):
        given(monkeypatch).private_key_text()


def test_both_webhook_secrets_count_while_one_is_rotated(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, WEBHOOK_SECRET="new", WEBHOOK_SECRET_PREVIOUS="old")
    assert settings.webhook_secrets() == (b"new", b"old")


def test_without_a_webhook_secret_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="set WEBHOOK_SECRET"):
        given(monkeypatch, WEBHOOK_SECRET_PREVIOUS="old").webhook_secrets()
