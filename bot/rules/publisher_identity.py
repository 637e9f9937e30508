"""The next release will not be recognised: its files would come another way than the newest ones on the index.

An index knows a publisher by repository, file name and environment. Whoever renames the file, moves the upload into a
workflow that is called, or changes the environment notices at the next release, unless somebody says so in time.

A pull request that does it is told by a check of its own. What is on the default branch already is compared with the
provenance of the newest files; where these have none, nothing is known and nothing is said.
https://docs.pypi.org/trusted-publishers/troubleshooting/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot import guard
from bot.messages import code
from bot.model import Attested, Credential, Finding, FixKind, Index, IndexFacts, Publisher, Refusal, Severity
from bot.released import Expected, is_of
from bot.rules.rule import Context

ID = guard.ID
BRANCH = None
WHY = "PyPI knows a publisher by repository, file name and environment: with others the next release fails"

_ONE_RELEASE_SECONDS = 3600.0
"""Files of one release come within this time; a newer one without provenance may have come in another way since."""


def find(context: Context) -> tuple[Finding, ...]:
    """One for each project whose newest files came by a way that is no longer here."""
    uploads = [
        each
        for each in context.survey.publishers
        if each.index is Index.PYPI and each.credential is Credential.OIDC and each.step is not None
    ]
    return tuple(_changed(context, uploads)) if uploads else ()


def fix(_context: Context, finding: Finding) -> Refusal:
    """Never: only an owner of the project can register a publisher."""
    reason = "registering the new publisher, or going back to the old file, is for the maintainers"
    return Refusal(rule=ID, file=finding.file, line=finding.line, reason=reason)


def _changed(context: Context, uploads: list[Publisher]) -> Iterator[Finding]:
    for facts in context.index.values():
        attested = _way(facts)
        if attested is not None and not _is_here(context, attested, uploads):
            first = next((each for each in uploads if _file(each) == attested.workflow), uploads[0])
            where = f" in the environment {code(attested.environment)}" if attested.environment else ""
            yield Finding(
                rule=ID,
                severity=Severity.HIGH,
                message=(
                    f"the newest files of {code(facts.name)} on PyPI came through {code(attested.workflow)}{where}, and"
                    f" nothing here uploads that way any more; the next release fails unless {code(_file(first))} is"
                    f" registered with {_said(first)}"
                ),
                fix=FixKind.NONE,
                file=first.workflow,
                line=first.line,
            )


def _way(facts: IndexFacts) -> Attested | None:
    """By which publisher the newest files came; None where that is not known."""
    attested, newest = facts.attested, facts.uploaded
    recent = attested is not None and newest is not None and newest - attested.at <= _ONE_RELEASE_SECONDS
    return attested if recent else None


def _is_here(context: Context, attested: Attested, uploads: list[Publisher]) -> bool:
    """Claims that a release can still come that way, as far as anybody can tell."""
    full_name = context.survey.snapshot.repo.ref.full_name
    if attested.repository.casefold() != full_name.casefold():
        return True  # another repository publishes it, which is not for this rule to judge
    there = {path.rsplit("/", 1)[-1] for path in context.survey.workflows}
    if attested.workflow in there - {_file(each) for each in uploads}:
        return True  # it may start the upload by calling
    return any(
        "${{" in (each.environment or "")
        or is_of(attested, Expected(repository=full_name, workflow=_file(each), environment=each.environment))
        for each in uploads
        if _file(each) == attested.workflow
    )


def _file(publisher: Publisher) -> str:
    return publisher.workflow.rsplit("/", 1)[-1]


def _said(publisher: Publisher) -> str:
    return f"the environment {code(publisher.environment)}" if publisher.environment else "no environment"
