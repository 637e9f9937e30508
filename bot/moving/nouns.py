"""The nouns of moving: what a move gives back, and what a pull request must say of it. Values only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from bot.model import Change, Credential, Index, Publisher, Refusal, YamlPath
from bot.publishing.names import is_pypi_secret

if TYPE_CHECKING:
    from bot.survey import Survey

RULE = "token-upload"
PUBLIC = (Index.PYPI, Index.TESTPYPI)
CREDENTIALS = ("token", "passw", "secret", "credential", "user", "account", "login", "auth", "api key", "api_key")
"""What a comment names that goes with a credential; all others outlive it."""
_STORED = (Credential.TOKEN, Credential.PASSWORD, Credential.NONE)


class Identity(Struct, frozen=True, kw_only=True):
    """What must be registered as a trusted publisher: once for each project, on the index."""

    workflow: str
    """The file's name, without its folder."""
    environment: str | None
    """None: the job has no environment, and the publisher is registered without one."""
    index: Index
    projects: tuple[str, ...]
    """Names as declared; empty where the repository does not say which project this uploads."""


class Migration(Struct, frozen=True, kw_only=True):
    """All that a pull request says of one workflow; every text is one plain sentence without a full stop."""

    file: str
    identities: tuple[Identity, ...]
    notes: tuple[str, ...]
    """What was changed, job by job."""
    warnings: tuple[str, ...] = ()
    """What a person should look at before merging."""
    obsolete: tuple[str, ...] = ()
    """Names of secrets that no workflow of the repository refers to any more."""
    in_use: tuple[str, ...] = ()
    """Names of secrets that were removed here and that something else still refers to."""


class Moved(Struct, frozen=True, kw_only=True):
    """One workflow after the move, proved; `publishers` are those of before that the edit moves."""

    change: Change
    publishers: tuple[Publisher, ...]
    migration: Migration
    refusals: tuple[Refusal, ...]
    """For the token publishers of the same workflow that stay as they are."""
    after: Survey
    """The repository with the workflow moved."""


class Unmovable(Exception):
    """Inside this room: why one job is left as it is; one clause for a maintainer, starting in lower case."""

    def __init__(self, reason: str, *, path: YamlPath = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


def is_token_upload(publisher: Publisher) -> bool:
    """Claims that a publisher sends something to PyPI or TestPyPI with a stored credential, or with none at all."""
    return publisher.index in PUBLIC and publisher.credential in _STORED


def is_unclear(publisher: Publisher) -> bool:
    """Claims that nobody can tell where something goes that is sent with a stored credential named for PyPI.

    Where not even the name speaks of PyPI, it is as likely to go to a company's own index, and nothing is said.
    """
    stored = publisher.credential in (Credential.TOKEN, Credential.PASSWORD)
    return stored and publisher.index is Index.UNKNOWN and any(map(is_pypi_secret, publisher.secrets))
