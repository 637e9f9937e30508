"""What a command is: its words, who may give it, and a pure function from what is so to what is to be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from bot.config import Permission
from bot.environments import Environment
from bot.lifecycle import Look
from bot.messages import Places
from bot.model import OWN_BRANCHES, OwnPull, PullState, Role, Snapshot
from bot.plan import Decision
from bot.wishes import Wish, Wished, Wishes

_ROLES = {
    Permission.READ: Role.READ,
    Permission.TRIAGE: Role.TRIAGE,
    Permission.WRITE: Role.WRITE,
    Permission.MAINTAIN: Role.MAINTAIN,
    Permission.ADMIN: Role.ADMIN,
}


@dataclass(frozen=True, kw_only=True)
class View:
    """All that a command may look at."""

    snapshot: Snapshot
    decision: Decision
    wishes: Wishes
    number: int
    """The issue or pull request where it was said."""
    places: Places
    outcome: str | None = None
    """What the last scan came to; one clause."""
    environments: tuple[Environment, ...] | None = None
    """Those that its workflows publish from, for a command that asks for them; None where we may not look."""

    @cached_property
    def here(self) -> OwnPull | None:
        """The pull request of ours where it was said; None elsewhere."""
        return next((pull for pull in self.snapshot.pulls if pull.number == self.number), None)

    @cached_property
    def looks(self) -> tuple[Look, ...]:
        """Our branches that are meant: said on a pull request of ours it is that one, elsewhere all of them."""
        return tuple(
            Look(branch=branch, snapshot=self.snapshot, decision=self.decision, wishes=self.wishes)
            for branch in OWN_BRANCHES
            if self.here is None or self.here.branch == branch
        )

    @property
    def open(self) -> tuple[OwnPull, ...]:
        """The pull requests that are meant and are open."""
        return tuple(look.open for look in self.looks if look.open is not None)

    @property
    def closed(self) -> tuple[OwnPull, ...]:
        """The newest of each branch that is meant, where it was closed unmerged and nothing is open."""
        newest = (next(iter(look.ours), None) for look in self.looks if look.open is None)
        return tuple(pull for pull in newest if pull is not None and pull.state is PullState.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be done; in this order. `says` is Markdown and comes before what a scan has to say."""

    says: str = ""
    good: bool = True
    """False: it could not be done."""
    add: tuple[Wished, ...] = ()
    drop: tuple[tuple[Wish, str | None], ...] = ()
    close: tuple[int, ...] = ()
    """Pull requests to close: a person's no."""
    scan: bool = False
    remade: frozenset[str] = frozenset()
    """Branches whose pull requests the scan makes anew."""
    confirmed: bool = False
    """The scan makes a draft ready for review."""


def refused(says: str) -> Deed:
    """Nothing is done, for a reason."""
    return Deed(says=says, good=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command; `argument` is what may follow its name, for the help, or empty."""

    name: str
    about: str
    """What it does: one clause that begins in lower case and has no full stop."""
    needs: Permission
    act: Callable[[str, View], Deed]
    """Called with what followed the name, blanks at its ends removed."""
    argument: str = ""
    protects: bool = False
    """It wants to know how environments are protected."""

    @property
    def usage(self) -> str:
        return f"/pubflow {self.name}{' ' + self.argument if self.argument else ''}"

    @property
    def open_to_authors(self) -> bool:
        """Who wrote the pull request may give it there, whatever else they may."""
        return self.needs is Permission.TRIAGE


def may(command: Command, needs: Permission, role: Role, *, author: bool) -> bool:
    """Whether somebody with this role may give the command, where `needs` is what it takes in this account.

    An author counts as long as the account asks for no more than it usually takes.
    """
    if needs is Permission.NOBODY:
        return False
    if role >= _ROLES[needs]:
        return True
    return author and command.open_to_authors and _ROLES[needs] <= _ROLES[command.needs]
