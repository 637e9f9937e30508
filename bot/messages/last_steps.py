"""The one issue that asks people, after proof, to revoke the token and then to delete its secret."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.checkboxes import Answer, answered, checkbox
from bot.messages.markdown import render
from bot.messages.marker import remark_marker
from bot.messages.publisher import Places
from bot.secrets import Secret

TITLE = "Trusted Publishing works: revoke the old token, then delete its secret"
MARKER = remark_marker("last-steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A release that was seen; `index` as people call it."""

    project: str
    index: str
    workflow: str
    tokens_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSteps:
    """What the issue says. Only secrets that may be named in this repository."""

    proofs: tuple[Proven, ...]
    secrets: tuple[Secret, ...]
    kept: tuple[tuple[str, str], ...] = ()
    """Secrets that the move replaced and that must stay, and why, in one clause."""
    checked: bool = True
    """False: we may not list secrets here."""
    unconstrained: tuple[str, ...] = ()
    """Projects whose publisher takes any environment."""


def body(steps: LastSteps, owner: str, repository: str, places: Places, *, before: str = "") -> str:
    """The issue's body; boxes that are ticked in `before`, its body so far, stay ticked."""
    done = answered(before)
    return render(
        "last-steps.md",
        proofs=steps.proofs,
        secrets=steps.secrets,
        kept=steps.kept,
        checked=steps.checked,
        unconstrained=steps.unconstrained,
        indexes=list({proof.index: proof.tokens_url for proof in steps.proofs}.items()),
        revoke=checkbox(Answer.REVOKED, "**Revoke the token** where it was made", ticked=Answer.REVOKED in done),
        delete=checkbox(Answer.DELETED, "**Then delete its secret**", ticked=Answer.DELETED in done),
        secrets_url=places.settings(owner, repository, "secrets/actions"),
        environments_url=places.settings(owner, repository, "environments"),
        marker=MARKER,
    )


def finished(*, revoked: bool) -> str:
    """The comment with which we close the issue; `revoked`: somebody ticked that the token is."""
    said = "The secrets are gone, so nothing is left to do here."
    return said if revoked else f"{said} If the token itself was not revoked yet, please do that now."
