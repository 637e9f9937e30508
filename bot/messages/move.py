"""What the pull request of `token-upload` says: the move, workflow by workflow, in the one order that is safe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from bot.messages.frame import Frame, body_of
from bot.messages.marker import replaced_marker
from bot.messages.publisher import Places
from bot.messages.registrations import INDEXES, Registration, registrations
from bot.model import Index, IndexFacts, Step, Who
from bot.moving.nouns import Migration
from bot.secrets import State, may_be_named


class Move(Struct, frozen=True, kw_only=True):
    """One workflow's migration in one repository; owner and repository as GitHub spells them."""

    migration: Migration
    owner: str
    repository: str
    places: Places
    known: Mapping[tuple[Index, str], IndexFacts] = field(default_factory=dict)
    """What indexes say of projects, by normalised name; where it may be shown."""

    def registrations(self) -> tuple[Registration, ...]:
        """What must be registered, in the order of the file."""
        return registrations(self.migration.identities, self.owner, self.repository, self.places, self.known)

    def steps(self) -> tuple[Step, ...]:
        """The same steps for machines: who does what, where, in order."""
        registered = [self._register(each) for each in self.registrations()]
        named = dict.fromkeys(each.environment for each in self.migration.identities if each.environment)
        protected = [
            Step(
                who=Who.ADMIN,
                what=f"Protect the environment {name}: require a reviewer",
                url=self.settings("environments"),
            )
            for name in named
        ]
        secrets = [
            Step(
                who=Who.ADMIN,
                what=f"After the first trusted release revoke the token, then delete the secret {name}",
                url=self.settings("secrets/actions"),
            )
            for name in self.migration.obsolete
        ]
        return (*registered, *protected, *secrets)

    def settings(self, page: str) -> str | None:
        """A page of the repository's settings; None when the repository is not known."""
        return self.places.settings(self.owner, self.repository, page)

    def _register(self, each: Registration) -> Step:
        publisher = each.publisher
        where = f"owner {publisher.owner}, repository {publisher.repository}, " if publisher.owner else ""
        environment = publisher.environment or "left empty"
        values = f"{where}workflow {publisher.workflow}, environment {environment}"
        what = f"Register the publisher of {publisher.project or 'the project'} on {each.index}: {values}"
        return Step(who=Who.MAINTAINER, what=what, url=each.url)


def title(moves: Sequence[Move]) -> str:
    """What stands over the pull request that carries these moves."""
    indexes = dict.fromkeys(INDEXES[each.index] for move in moves for each in move.migration.identities)
    named = " and ".join(indexes) or "PyPI"
    return f"Publish to {named} without a stored token"


def body(moves: Sequence[Move], frame: Frame) -> str:
    """The body of the pull request that moves these workflows."""
    listed = list(dict.fromkeys(each for move in moves for each in move.registrations()))
    migrations = [move.migration for move in moves]
    first = moves[0]
    leftovers = _leftovers(first, dict.fromkeys(name for each in migrations for name in each.obsolete), frame)
    return body_of(
        "token-upload.md",
        frame,
        "token-upload",
        files_moved=[migration.file for migration in migrations],
        registrations=listed,
        environments=list(dict.fromkeys(each.publisher.environment for each in listed if each.publisher.environment)),
        indexes=list({each.index: each.tokens_url for each in listed}.items()),
        migrations=migrations,
        warnings=list(dict.fromkeys(text for migration in migrations for text in migration.warnings)),
        obsolete=[each for each in leftovers if each.why is None],
        unclear=[each for each in leftovers if each.why is not None],
        in_use=list(dict.fromkeys(name for migration in migrations for name in migration.in_use)),
        environments_url=first.settings("environments"),
        replaced=replaced_marker(
            dict.fromkeys(name for migration in migrations for name in (*migration.obsolete, *migration.in_use))
        ),
    )


class _Leftover(Struct, frozen=True, kw_only=True):
    """A secret that the move takes out, where it is stored if that is known, and why it must stay if it must."""

    name: str
    url: str
    environment: str | None = None
    why: str | None = None


def _leftovers(move: Move, names: Iterable[str], frame: Frame) -> tuple[_Leftover, ...]:
    """Each secret in each place that the public may read of; one that was not checked as far as the move shows it."""
    secrets = move.settings("secrets/actions") or "https://docs.github.com/actions/security-guides/encrypted-secrets"
    environments = move.settings("environments") or secrets
    found: list[_Leftover] = []
    for name in names:
        judged = [each for each in frame.secrets if each.secret.name == name.upper() and may_be_named(each, [name])]
        stored = [
            _Leftover(
                name=name,
                url=environments if each.secret.environment else secrets,
                environment=each.secret.environment,
                why=each.why if each.state in {State.IN_USE, State.UNKNOWN} else None,
            )
            for each in judged
        ]
        found += stored or [_Leftover(name=name, url=secrets)]
    return tuple(found)
