"""`pubflow pause` and `pubflow resume`: every write to GitHub stops within one step, and goes on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.plain import line

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bot.store.pauses import Pauses


Scope = Annotated[
    str, typer.Argument(metavar="ACCOUNT|OWNER/REPO", help="One account, or one repository.", show_default="everything")
]
Listing = Annotated[bool, typer.Option("--list", help="Say what is paused, and change nothing.")]
_EVERYTHING = "*"


def pause(scope: Scope = _EVERYTHING, listing: Listing = False) -> None:
    """Stop every write to GitHub, everywhere or in one place.

    It holds for all servers and workers on this database, from their next step on, until `pubflow resume`. Deliveries
    are still taken in and repositories read.
    """
    with _database() as engine:
        pauses = _pauses(engine)
        if not listing:
            _say(f"Paused: {_words(pauses.pause(scope, time.time()))}.")
            return
        _say(*_listed(pauses) or ["Nothing is paused."])


def resume(scope: Scope = _EVERYTHING) -> None:
    """Let writing to GitHub go on.

    For an account this also lifts the stop after too many of its pull requests were closed unmerged.
    """
    from bot.store.ledger import Ledger

    with _database() as engine:
        pauses = _pauses(engine)
        resumed = pauses.resume(scope)
        is_account = scope != _EVERYTHING and "/" not in scope
        released = is_account and Ledger(engine).release_hold(scope, time.time())
        if resumed:
            _say(f"Resumed: {_words(scope)}.")
        if released:
            _say(f"Pull requests may be opened for {line(scope)} again.")
        if resumed or released:
            _say("What waited for this goes on within five minutes; `pubflow jobs retry JOB` does not wait.")
        else:
            _say(f"Nothing to resume: {_words(scope)} was not paused.")
        _say(*_listed(pauses))


def _listed(pauses: Pauses) -> list[str]:
    return [
        f"Paused since {time.strftime('%Y-%m-%d %H:%M', time.gmtime(since))} UTC: {_words(scope)}."
        for scope, since in pauses.listed().items()
    ]


def _words(scope: str) -> str:
    return "everything" if scope == _EVERYTHING else line(scope)


def _say(*sentences: str) -> None:
    for sentence in sentences:
        sys.stdout.write(f"{sentence}\n")


def _pauses(engine: sa.Engine) -> Pauses:
    from bot.store.pauses import Pauses

    return Pauses(engine)


@contextmanager
def _database() -> Iterator[sa.Engine]:
    """The site's database, its tables in place. Raises StoreUnavailable when it cannot be opened or does not answer."""
    import sqlalchemy as sa

    from bot.errors import StoreUnavailable
    from bot.settings import Settings
    from bot.store import make_engine, migrate, reason

    engine = make_engine(Settings.load().database)
    try:
        migrate(engine)
        yield engine
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise StoreUnavailable(f"the database does not answer ({reason(error)}); see DATABASE_URL") from error
    finally:
        engine.dispose()
