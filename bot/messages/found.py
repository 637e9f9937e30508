"""What was found, as a body lists it: by severity, then by rule, so that why a rule matters is said once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.model import Finding, Severity

_ORDER = tuple(Severity)
_WORDS = {
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFO: "For information",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Findings of one rule; `why` is empty where it was said above, or nobody knows it."""

    why: str
    findings: tuple[Finding, ...]

    @property
    def several(self) -> bool:
        """Claims that one reason stands above several findings."""
        return bool(self.why) and len(self.findings) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """One severity, in words; `all` holds also what the groups leave out."""

    words: str
    groups: tuple[Group, ...]
    all: tuple[Finding, ...]


def ranks(found: Sequence[Finding], why: Mapping[str, str], most: int) -> list[Rank]:
    """The gravest first; of each severity at most so many findings. `why`: rule -> why it matters."""
    ordered = sorted(found, key=lambda finding: _ORDER.index(finding.severity))
    said: set[str] = set()
    return [
        Rank(words=_WORDS[severity], groups=tuple(_groups(all_of_it[:most], why, said)), all=all_of_it)
        for severity, group in groupby(ordered, lambda finding: finding.severity)
        if (all_of_it := tuple(group))
    ]


def _groups(found: Sequence[Finding], why: Mapping[str, str], said: set[str]) -> Iterator[Group]:
    for rule in dict.fromkeys(finding.rule for finding in found):
        reason = "" if rule in said else why.get(rule, "")
        said.add(rule)
        yield Group(why=reason, findings=tuple(finding for finding in found if finding.rule == rule))
