"""What `check` and `fix` share: a checkout is read, PyPI is asked if something hangs on it, the core decides.

A checkout may be anybody's. So its `.env` is not read, and only what the person running the command has in the
environment says where PyPI is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from bot import checkout, plan, questions
from bot.bumping import Catalogue
from bot.bumping.snapshot import Snapshot
from bot.errors import ConfigurationError
from bot.messages import Places
from bot.model import IndexFacts, Status
from bot.plan import Decision
from bot.rules import RULES
from bot.survey import survey

CLEAN, FOUND, CANNOT_TELL = 0, 1, 2
_PROBLEMS = ("invalid-config", "unreadable-file")
"""What may be found without a rule of its own module."""
FETCHED = "actions.json"
"""The file of `pubflow actions refresh`, in PUBFLOW_HOME."""
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class Question(Struct, frozen=True, kw_only=True):
    """What a person asks of a checkout."""

    path: Path
    only: str | None = None
    offline: bool = False


def look(question: Question) -> Decision:
    """All there is to say about the checkout. Raises CheckoutError, and ConfigurationError for a wrong option."""
    if question.only is not None:
        _require_rule(question.only)
    snapshot = checkout.read(question.path)
    found = survey(snapshot)
    pypi_url, web_url = _address("PYPI_URL", "https://pypi.org"), _address("GITHUB_WEB_URL", "https://github.com")
    names = () if question.offline else questions.projects(found)
    actions = questions.actions(found, asked=True)
    return plan.decide(
        snapshot,
        found=found,
        index=_ask(names, pypi_url, web_url) if names else (),
        asked=True,
        only=question.only,
        catalogue=_known(actions) if actions else None,
        places=Places(pypi=pypi_url, testpypi=_address("TESTPYPI_URL", "https://test.pypi.org"), web=web_url),
    )


def exit_code(decision: Decision) -> int:
    """0: nothing to do. 1: there are findings. 2: files that could not be read leave open what there is to do."""
    if any(finding.rule not in _PROBLEMS for finding in decision.findings):
        return FOUND
    if decision.status is Status.UNKNOWN:
        return CANNOT_TELL
    return FOUND if decision.findings else CLEAN


def _ask(names: Sequence[str], pypi_url: str, web_url: str) -> tuple[IndexFacts, ...]:
    from bot.cli.asking import ask

    return ask(names, pypi_url=pypi_url, web_url=web_url)


def _known(names: Iterable[str]) -> Catalogue:
    """What is known of these actions: by the snapshot that ships with pubflow, or a newer one that was fetched."""
    from bot.bumping.snapshot import catalogue, shipped

    newest = max(shipped(), _fetched() or shipped(), key=lambda snapshot: snapshot.date)
    return catalogue(newest, names, time.time())


def _fetched() -> Snapshot | None:
    """What `pubflow actions refresh` wrote. Raises ConfigurationError for a file that is something else."""
    from bot.bumping.snapshot import read_snapshot

    home = os.environ.get("PUBFLOW_HOME")
    file = (Path(home) if home else Path.home() / ".local" / "share" / "pubflow") / FETCHED
    try:
        return read_snapshot(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        raise ConfigurationError(
            f"{file} is no catalogue of actions ({type(error).__name__}); delete it, or run `pubflow actions refresh`"
        ) from error


def _require_rule(name: str) -> None:
    known = sorted({*(rule.ID for rule in RULES), *_PROBLEMS})
    if name not in known:
        raise ConfigurationError(f"there is no rule {name}; the rules are: {', '.join(known)}")


def _address(variable: str, default: str) -> str:
    value = os.environ.get(variable) or default
    parts = urlsplit(value)
    sound = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    if not sound or not parts.hostname or parts.username or parts.password:
        raise ConfigurationError(f"{variable}: wanted an address such as {default}, found something else")
    return value.rstrip("/")
