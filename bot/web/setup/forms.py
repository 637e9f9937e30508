"""What a person enters to register an App, or one that they have: parsed here, with a sentence for each mistake."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot import features
from bot.errors import ConfigurationError
from bot.features import ASKED, Feature
from bot.keeping import api_of
from bot.settings import Settings

MOST_IN_A_NAME = 34
"""Characters: https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/registering-a-github-app"""
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})")
_NAME = re.compile(r"[\x20-\x7e]{1,34}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_LONGEST_KEY = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A GitHub, and where it and people reach this server. Addresses have no slash at their end."""

    web_url: str
    api_url: str
    public_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An App to be registered."""

    place: Place
    name: str
    organization: str
    """Empty: on the person's own account."""
    wanted: Sequence[Feature]

    def address(self, state: str) -> str:
        """Where the manifest is posted to."""
        owner = f"/organizations/{self.organization}" if self.organization else ""
        return f"{self.place.web_url}{owner}/settings/apps/new?state={state}"

    def manifest(self, here: str) -> dict[str, object]:
        """`here`: where this browser reaches us now, which is where it is to come back to."""
        manifest = features.manifest(
            name=self.name, url=self.place.public_url, base=self.place.public_url, wanted=self.wanted
        )
        return manifest | {"redirect_url": f"{here}/setup/created"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """An App that is there, as its owner enters it."""

    place: Place
    values: Mapping[str, str] = field(repr=False)


def registration(form: Mapping[str, str], settings: Settings) -> Registration:
    """Raises ConfigurationError with one sentence for a person."""
    name, organization = form.get("name", "").strip(), form.get("organization", "").strip()
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"The name of the App: wanted 1 to {MOST_IN_A_NAME} letters, digits or blanks.")
    if form.get("owner") != "organization":
        organization = ""
    elif not _LOGIN.fullmatch(organization):
        raise ConfigurationError("The organisation: wanted its login, as in its address on GitHub.")
    wanted = [feature for feature in ASKED if not feature.optional or f"feature {feature.name}" in form]
    return Registration(place=place(form, settings), name=name, organization=organization, wanted=wanted)


def existing(form: Mapping[str, str], settings: Settings) -> Existing:
    """Raises ConfigurationError with one sentence for a person; whether GitHub knows the App is yet to be seen."""
    names = ("app_id", "private_key", "webhook_secret", "client_id", "client_secret")
    values = {name: form.get(name, "").strip().replace("\r\n", "\n") for name in names}
    for name, said in (("app_id", "App id"), ("private_key", "private key"), ("webhook_secret", "webhook secret")):
        if not values[name]:
            raise ConfigurationError(f"The {said} is missing; without it the bot cannot work.")
    if len(values["private_key"]) > _LONGEST_KEY:
        raise ConfigurationError("The private key: wanted the text of the .pem file that GitHub gave you.")
    return Existing(place=place(form, settings), values={name: value for name, value in values.items() if value})


def place(form: Mapping[str, str], settings: Settings) -> Place:
    """Raises ConfigurationError."""
    web_url = form.get("github", "").strip().rstrip("/") or settings.github_web_url
    api_url = settings.github_api_url if web_url == settings.github_web_url else api_of(web_url)
    public_url = form.get("public_url", "").strip().rstrip("/")
    if not public_url:
        raise ConfigurationError("The address of this server is missing: GitHub sends its webhooks there.")
    if not _HOST.fullmatch(urlsplit(web_url).netloc):
        raise ConfigurationError("The address of GitHub: wanted one such as https://github.com.")
    checked = settings.having(github_web_url=web_url, github_api_url=api_url, public_url=public_url)
    if urlsplit(public_url).path:
        raise ConfigurationError("The address of this server: wanted one without a path, such as https://host.")
    if _is_local(public_url) and not _is_local(web_url):
        raise ConfigurationError(
            f"GitHub cannot reach {public_url}: it names this very machine. Enter the address that the Internet sees."
        )
    return Place(web_url=checked.github_web_url, api_url=checked.github_api_url, public_url=public_url)


def stored(place: Place, values: Mapping[str, str]) -> dict[str, str]:
    """What is kept of an App, by the names of settings; with a fresh secret for sessions."""
    return {
        **values,
        "session_secret": secrets.token_urlsafe(32),
        "public_url": place.public_url,
        "github_api_url": place.api_url,
        "github_web_url": place.web_url,
    }


def _is_local(address: str) -> bool:
    return urlsplit(address).hostname in _LOOPBACK
