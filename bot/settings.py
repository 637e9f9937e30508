"""The environment, read once at the door. The names are the surface that operators hold on to.

Everything that can be wrong is said at once and in words: which variable, what was found, what to do. Secrets are
`SecretStr`: no repr, log or traceback shows them.
"""

from __future__ import annotations

import contextlib
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import ConfigurationError

PUBLIC_API = "https://api.github.com"
STORED = "app.env"
"""Below PUBFLOW_HOME: what `pubflow setup` stored."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Mode(StrEnum):
    WRITE = "write"
    OBSERVE = "observe"
    """Everything but writing to GitHub."""


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


Names = Annotated[frozenset[str], NoDecode]
"""Comma-separated logins, compared without regard to case."""


class Settings(BaseSettings):
    """One site's configuration; `Settings.load()` reads it from the environment and `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    app_id: str | None = None
    private_key: SecretStr | None = None
    private_key_path: Path | None = None
    webhook_secret: SecretStr | None = None
    webhook_secret_previous: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    session_secret: SecretStr | None = None
    github_api_url: str = PUBLIC_API
    github_web_url: str = "https://github.com"
    github_token: SecretStr | None = None
    pypi_url: str = "https://pypi.org"
    testpypi_url: str = "https://test.pypi.org"
    public_url: str | None = None
    database_url: SecretStr | None = None
    """A URL with a password in it is a secret."""
    pubflow_home: Path = Field(default_factory=lambda: Path.home() / ".local" / "share" / "pubflow")
    pubflow_mode: Mode = Mode.WRITE
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    log_level: str = "INFO"
    log_format: LogFormat = LogFormat.TEXT
    allowed_accounts: Names | None = None
    """None: the account that owns the App alone. `*` within: everybody."""
    operators: Names = frozenset()
    pulls_per_hour: int = Field(default=10, ge=1, le=500)
    writes_per_minute: int = Field(default=80, ge=1)
    """Requests that write, of one installation; github.com allows no more than the defaults."""
    writes_per_hour: int = Field(default=500, ge=1)

    @field_validator("allowed_accounts", "operators", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return frozenset(word.strip().lower() for word in value.split(",") if word.strip())

    @field_validator("github_api_url", "github_web_url", "pypi_url", "testpypi_url", "public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not _has_sound_port(parts):
            raise ValueError("wanted an address such as https://host, found something else")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("wanted a plain address, found credentials, a query or a fragment in it")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("plain http is for this machine alone; use https")
        return value.rstrip("/")

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("wanted DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if self.private_key is not None and self.private_key_path is not None:
            raise ValueError("PRIVATE_KEY and PRIVATE_KEY_PATH are both set; keep one")
        return self

    @classmethod
    def load(cls) -> Self:
        """Read the environment, and what set-up stored if that names no App.

        Raises ConfigurationError with a line for each thing that is wrong.
        """
        try:
            found = cls()
            stored = found.pubflow_home / STORED
            if found.has_app or not stored.is_file():
                return found
            return cls(_env_file=(stored, ".env"))  # type: ignore[call-arg]  # pydantic-settings' own argument
        except ValidationError as error:
            raise ConfigurationError(_in_words(error)) from None
        except (OSError, UnicodeDecodeError) as error:
            said = f".env or {STORED} cannot be read as UTF-8 text"
            raise ConfigurationError(f"{said} ({type(error).__name__})") from None

    @classmethod
    def of_environment(cls) -> Self:
        """Read the environment and no file, in a folder that may be anybody's. Raises ConfigurationError."""
        try:
            return cls(_env_file=None)  # type: ignore[call-arg]  # pydantic-settings' own argument
        except ValidationError as error:
            raise ConfigurationError(_in_words(error)) from None

    @classmethod
    def of(cls, **values: object) -> Settings:
        """These settings and defaults, whatever the environment says: for the demo and for tests."""
        return _Given.model_validate(values)

    def having(self, **values: object) -> Settings:
        """These settings with some replaced, looked at anew. Raises ConfigurationError."""
        kept = {name: getattr(self, name) for name in self.model_fields_set}
        try:
            return _Given.model_validate(kept | values)
        except ValidationError as error:
            raise ConfigurationError(_in_words(error)) from None

    @property
    def has_app(self) -> bool:
        """Whether an App is named, be its other credentials there or not."""
        return self.app_id is not None or self.client_id is not None

    @property
    def is_bare(self) -> bool:
        """Whether nothing of an App is given: half of one is a mistake, and nobody's wish to register another."""
        return not self.has_app and {self.private_key, self.private_key_path, self.webhook_secret} == {None}

    @property
    def oidc(self) -> bool:
        """PyPI accepts only tokens that github.com issued (a stand-in on this machine plays github.com).

        GHES (`/api/v3`) and `*.ghe.com` have issuers of their own, which PyPI refuses:
        https://docs.pypi.org/trusted-publishers/internals/
        """
        parts = urlsplit(self.github_api_url)
        if parts.path.rstrip("/").endswith("/api/v3"):
            return False
        return parts.hostname == "api.github.com" or parts.hostname in _LOOPBACK

    @property
    def database(self) -> str:
        """The database's address: DATABASE_URL, or an SQLite file under PUBFLOW_HOME."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.pubflow_home / 'pubflow.sqlite3'}"

    def secrets(self) -> tuple[str, ...]:
        """Every secret in here, and the password of the database by itself: what must not be seen anywhere."""
        values = (getattr(self, name) for name in type(self).model_fields)
        given = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        try:
            password = urlsplit(self.database).password
        except ValueError:  # no address at all: said where the database is opened
            password = None
        given += [unquote(password)] if password else []
        with contextlib.suppress(ConfigurationError):  # said where the key is needed
            given += [self.private_key_text()] if self.private_key_path is not None else []
        return tuple(given)

    def private_key_text(self) -> str:
        """The PEM as it was given. Raises ConfigurationError when there is none or it cannot be read."""
        if self.private_key is not None:
            return self.private_key.get_secret_value()
        if self.private_key_path is None:
            raise ConfigurationError("no private key: set PRIVATE_KEY, or PRIVATE_KEY_PATH to the .pem file")
        try:
            return self.private_key_path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"PRIVATE_KEY_PATH: {os.fspath(self.private_key_path)} cannot be read ({type(error).__name__}); "
                "it must name the .pem file that GitHub gave you"
            ) from None

    def webhook_secrets(self) -> tuple[bytes, ...]:
        """The current secret, then the previous one while it is being rotated. Raises ConfigurationError if none."""
        if self.webhook_secret is None:
            raise ConfigurationError("no webhook secret: set WEBHOOK_SECRET to the value entered in the App's settings")
        given = (self.webhook_secret, self.webhook_secret_previous)
        return tuple(secret.get_secret_value().encode() for secret in given if secret is not None)


def _has_sound_port(parts: SplitResult) -> bool:
    """Claims that the port is left out or is one; `urlsplit` looks at it only when asked."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


class _Given(Settings):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def _in_words(error: ValidationError) -> str:
    lines = []
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        name = "_".join(str(part) for part in item["loc"]).upper()
        message = item["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {message}" if name else message)
    return "\n".join(lines)
