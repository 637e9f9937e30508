"""What set-up found out, in the notation of `.env`: stored for this machine, or printed for a secret manager."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.errors import ConfigurationError
from bot.settings import PUBLIC_API, STORED

HEAD = "# The GitHub App of this site, written by pubflow setup. Whoever reads this file can act as the App.\n"


def lines(values: Mapping[str, str]) -> str:
    """`NAME='value'` a line; what a value could not hold between quotes is refused.

    Raises ConfigurationError for values that would end a quotation or name a variable.
    """
    return "".join(f"{name.upper()}='{_quotable(name, value)}'\n" for name, value in values.items())


def _quotable(name: str, value: str) -> str:
    if any(letter in value for letter in "'\r\0") or "${" in value:
        raise ConfigurationError(f"{name.upper()}: it holds a character that no such value has")
    return value.strip().replace("\n", "\\n")


def store(home: Path, values: Mapping[str, str]) -> Path:
    """Write them below `home`, for the owner's eyes alone; a crash leaves the old file or the new one.

    Raises ConfigurationError when that cannot be done.
    """
    path = home / STORED
    text = HEAD + lines(values)
    beside = path.with_name(f".{STORED}.{secrets.token_hex(4)}")
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}); see PUBFLOW_HOME") from error
    return path


def api_of(web_url: str) -> str:
    """Where the API of the GitHub at `web_url` is: github.com, GHES, or an enterprise's own `*.ghe.com`.

    https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
    """
    scheme, _, host = web_url.partition("://")
    if host == "github.com":
        return PUBLIC_API
    return f"{scheme}://api.{host}" if host.endswith(".ghe.com") else f"{web_url}/api/v3"
