"""What can happen to a publisher, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Finding, FixKind, Severity
from bot.moving.nouns import Identity

ID = "publisher-identity"


class Kind(StrEnum):
    """What happens to a publisher."""

    RENAMED = "renamed"
    """The upload stands in another file."""
    CALLED = "called"
    """The upload moved into a workflow or an action that is called, which PyPI does not support."""
    ENVIRONMENT = "environment"
    NO_TOKEN = "no identity token"
    STORED = "stored token"
    """A stored token comes back."""
    UNREADABLE = "unreadable"
    ADDED = "added"
    """A new place uploads; its publisher must be registered first."""
    REMOVED = "removed"
    """Nothing uploads to this index any more. It breaks nothing that was not meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happens; `register` is what must be registered before the next release, if anything must."""

    kind: Kind
    message: str
    """One sentence without a full stop."""
    file: str
    line: int = 1
    register: Identity | None = None

    @property
    def breaks(self) -> bool:
        """Claims that the next release fails, or that the risk is back."""
        return self.kind not in {Kind.ADDED, Kind.REMOVED}

    def finding(self) -> Finding:
        severity = Severity.HIGH if self.breaks else Severity.INFO
        return Finding(
            rule=ID, severity=severity, message=self.message, fix=FixKind.MANUAL, file=self.file, line=self.line
        )
