"""What a rule is: the shape of its module, what it may look at, what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct, field

from bot.beside import Beside
from bot.bumping import Catalogue
from bot.config import Config
from bot.messages import Message, Places
from bot.model import Change, Finding, IndexFacts, Refusal, YamlPath
from bot.survey import Survey
from bot.wishes import Wishes


class Context(Struct, frozen=True, kw_only=True):
    """All that a rule may look at."""

    survey: Survey
    config: Config
    index: Mapping[str, IndexFacts] = field(default_factory=dict)
    """Normalised project name -> what PyPI says of it."""
    trial: Mapping[str, IndexFacts] = field(default_factory=dict)
    """The same of TestPyPI, where something is uploaded there."""
    asked: bool = False
    """A person asks for this repository by hand (a checkout): what we would not offer unasked may be shown."""
    worded: bool = True
    """Somebody may open a pull request with this: its body, the most expensive part of a plan, is written. Without it
    only those are that stand open."""
    places: Places = field(default_factory=Places)
    wishes: Wishes = field(default_factory=Wishes)
    """What people asked for by commands; the configuration has those of them already that are settings."""
    beside: Beside = field(default_factory=Beside)
    """What GitHub keeps beside the files, where that was looked at."""
    catalogue: Catalogue | None = None
    """Which versions of the repository's actions exist; None: nobody looked, and nothing is said of them."""
    only: str | None = None
    """The one rule to look for, None for all."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What rules found out and are asked for again, each under a name of its own; goes with the decision."""

    def asks(self, rule: str) -> bool:
        """Claims that a rule is to be looked for, by its ID."""
        return self.only in {None, rule} and rule not in self.config.ignore.rules


About = tuple[str, str | None, YamlPath, str]
"""What a finding is about: rule, file, path and message. Its line moves with every change above it."""


def about(finding: Finding) -> About:
    """What `finding` is about."""
    return finding.rule, finding.file, finding.path, finding.message


class Fix(Struct, frozen=True, kw_only=True):
    """What mends a finding: the changes, and what only people can do around them."""

    changes: tuple[Change, ...]
    subject: tuple[str, ...]
    """What this is about, in stable words: a person who closes the pull request says no to this."""
    message: Message
    """What the pull request says of it, and what only people can do around it."""
    also: tuple[Message, ...] = ()
    """What else it says, where one fix mends several things."""
    mends: frozenset[About] = frozenset()
    """All that it mends, where it says so; where it does not, the rule looks again before anything else is done."""
    after: Survey | None = None
    """The repository with the changes made, where it was looked at already; None: whoever needs it looks."""


class Rule(Protocol):
    """The shape of a rule's module."""

    ID: str
    """Its name for ever."""
    WHY: str
    """Why it matters, in one clause that begins with a capital and has no full stop; it stands in pull requests."""

    @property
    def BRANCH(self) -> str | None:  # noqa: N802 - a constant of the module
        """On which of our branches its fixes go; None for one that is never mended by changing files."""
        ...

    def find(self, context: Context) -> tuple[Finding, ...]:
        """Every place where the rule is broken."""
        ...

    def fix(self, context: Context, finding: Finding) -> Fix | Refusal:
        """What mends `finding`, which `find` returned for the same context."""
        ...
