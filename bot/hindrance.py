"""What keeps pubflow from writing until a person with the right removes it, known again in the outcome of a scan.

Whoever refuses says it in a sentence that begins so; dashboard and doctor collect those sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PERMISSION = "pubflow lacks the permission"
RULE = "a rule of the repository does not let pubflow write its branch"
BEGINNINGS = (PERMISSION, RULE)


def reason(outcome: str) -> str | None:
    """The sentence without a full stop, up to the `; ` before another clause; None where there is none of the kind."""
    starts = [outcome.find(beginning) for beginning in BEGINNINGS if beginning in outcome]
    return outcome[min(starts) :].partition("; ")[0].rstrip(". ") if starts else None


def grouped(outcomes: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """From names of repositories and their outcomes: each sentence once, with those of which it is true."""
    found: dict[str, tuple[str, ...]] = {}
    for name, outcome in outcomes:
        if (said := reason(outcome)) is not None:
            found[said] = (*found.get(said, ()), name)
    return found
