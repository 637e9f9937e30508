"""An upload to PyPI or TestPyPI with a stored token or password: move it to Trusted Publishing.

A stored token can be read by every step that is handed it, lives until somebody remembers to revoke it, and is often
good for every project of its owner. An identity token is made for one run and lives for minutes.
https://docs.pypi.org/trusted-publishers/security-model/

What is proposed is proved first (`bot.moving`); what cannot be proved is reported, with what a person can do.

Before::

    on:
      release:
        types: [published]
    jobs:
      deploy:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - run: pipx run build
          - uses: pypa/gh-action-pypi-publish@release/v1
            with:
              user: __token__
              password: ${{ secrets.PYPI_API_TOKEN }}

After::

    on:
      release:
        types: [published]
    jobs:
      build:
        runs-on: ubuntu-latest
        permissions:
          contents: read
        steps:
          - uses: actions/checkout@v4
          - run: pipx run build
          - name: Store the distribution packages
            uses: actions/upload-artifact@v7
            with:
              name: python-package-distributions
              path: dist/
              if-no-files-found: error
      deploy:
        needs: build
        runs-on: ubuntu-latest
        environment: pypi
        permissions:
          id-token: write  # mandatory for trusted publishing
        steps:
          - name: Download the distribution packages
            uses: actions/download-artifact@v8
            with:
              name: python-package-distributions
              path: dist/
          - uses: pypa/gh-action-pypi-publish@release/v1
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from bot import moving
from bot.allowing import wants_commits
from bot.config import Pins
from bot.messages import Move, code
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    Credential,
    Finding,
    FixKind,
    Index,
    IndexFacts,
    Publisher,
    Refusal,
    Severity,
)
from bot.moving import Migration, Moved, is_token_upload, is_unclear
from bot.project.names import canonical
from bot.rules.rule import Context, Fix
from bot.survey import Survey

ID = "token-upload"
BRANCH = TRUSTED_PUBLISHING_BRANCH
WHY = "A stored token can be read by every step that is handed it, and lives until somebody revokes it"

_INDEXES = {Index.PYPI: "PyPI", Index.TESTPYPI: "TestPyPI"}
_UNCLEAR = (
    "where it goes is known only when it runs, and its secret is named for PyPI; if it can go there, write the address"
    " at the upload, in a step of its own for each index, and it can be moved"
)
_CREDENTIALS = {
    Credential.TOKEN: "a stored token",
    Credential.PASSWORD: "a stored user name and password",
    Credential.NONE: "a credential that the workflow does not show",
}


def find(context: Context) -> tuple[Finding, ...]:
    """One finding for each place that uploads to PyPI or TestPyPI without an identity token, or may well do so."""
    return tuple(
        _finding(context, publisher)
        for publisher in context.survey.publishers
        if is_token_upload(publisher) or is_unclear(publisher)
    )


def fix(context: Context, finding: Finding) -> Fix | Refusal:
    """All uploads of the workflow that can be moved, in one edit; or why the one of this finding stays."""
    assert finding.file is not None, "a finding of this rule has a file"
    here = [each for each in context.survey.publishers if each.workflow == finding.file and each.line == finding.line]
    if any(is_unclear(each) and _finding(context, each) == finding for each in here):
        return Refusal(rule=ID, file=finding.file, path=finding.path, line=finding.line, reason=_UNCLEAR)
    result = _moved(context, finding.file)
    if isinstance(result, Moved) and any(publisher.line == finding.line for publisher in result.publishers):
        repo = context.survey.snapshot.repo.ref
        stranger = _stranger(context, result.migration)
        if stranger is not None:
            return Refusal(rule=ID, file=finding.file, path=finding.path, line=finding.line, reason=stranger)
        migration = _without_kept(context, result.migration)
        message = Move(
            migration=migration, owner=repo.owner, repository=repo.name, places=context.places, known=_known(context)
        )
        jobs = sorted({publisher.job for publisher in result.publishers})
        subject = (ID, finding.file, *jobs)
        return Fix(changes=(result.change,), subject=subject, message=message, after=result.after)
    refusals = result.refusals if isinstance(result, Moved) else result
    said = next((each for each in refusals if each.line == finding.line), None)
    return Refusal(
        rule=ID,
        file=finding.file,
        path=finding.path,
        line=finding.line,
        reason=said.reason if said is not None else "it could not be understood",
        suggestion=said.suggestion if said is not None else None,
    )


class _Answer(Struct, frozen=True):
    """What was made of a workflow."""

    found: Survey
    file: str
    commits: bool
    moved: Moved | tuple[Refusal, ...]


def _moved(context: Context, file: str) -> Moved | tuple[Refusal, ...]:
    """`fix` is asked for every upload of a workflow, and the whole workflow has one answer."""
    found = context.survey
    commits = context.config.bump.pins is Pins.SHA or wants_commits(found)
    last: _Answer | None = context.kept.get(ID)
    if last is not None and last.found is found and (last.file, last.commits) == (file, commits):
        return last.moved
    moved = moving.move(found, file, commits=commits)
    context.kept[ID] = _Answer(found, file, commits, moved)
    return moved


def _fix_kind(context: Context, publisher: Publisher) -> FixKind:
    if not context.config.migrate:
        return FixKind.NONE  # maintainers want it reported and left as it is
    if is_unclear(publisher):
        return FixKind.MANUAL
    return FixKind.UNSAFE if moving.can_be_tried(context.survey, publisher) else FixKind.MANUAL


def _stranger(context: Context, migration: Migration) -> str | None:
    """Why another repository seems to be the source: the newest files on PyPI say that they come from there."""
    here = context.survey.snapshot.repo.ref.full_name.casefold()
    for name in dict.fromkeys(name for identity in migration.identities for name in identity.projects):
        facts = context.index.get(canonical(name))
        attested = facts.attested if facts is not None else None
        if attested is not None and attested.repository.casefold() != here:
            return (
                f"the newest files of {code(name)} on PyPI come from {code(attested.repository)}: a fork or a mirror"
                " needs no upload; if the project moved here, move this workflow by hand"
            )
    return None


def _known(context: Context) -> dict[tuple[Index, str], IndexFacts]:
    said = {(Index.PYPI, name): facts for name, facts in context.index.items()}
    return said | {(Index.TESTPYPI, name): facts for name, facts in context.trial.items()}


def _without_kept(context: Context, migration: Migration) -> Migration:
    """Nobody is asked to delete what the configuration keeps; names of secrets have no case."""
    keep = {name.upper() for name in context.config.secrets.keep}
    return replace(migration, obsolete=tuple(name for name in migration.obsolete if name.upper() not in keep))


def _how(publisher: Publisher) -> str:
    credential = _CREDENTIALS[publisher.credential]
    if is_unclear(publisher):
        return f"with {credential} to an index that is known only when it runs"
    return f"to {_INDEXES[publisher.index]} with {credential}"


def _severity(publisher: Publisher) -> Severity:
    if is_unclear(publisher):
        return Severity.LOW
    return Severity.HIGH if publisher.credential is Credential.PASSWORD else Severity.MEDIUM


def _finding(context: Context, publisher: Publisher) -> Finding:
    step = () if publisher.step is None else ("steps", publisher.step)
    return Finding(
        rule=ID,
        severity=_severity(publisher),
        message=f"{code(publisher.via)} in the job {code(publisher.job)} uploads {_how(publisher)}",
        # Right only once somebody has registered the publisher: until then the next release fails. Hence not SAFE.
        fix=_fix_kind(context, publisher),
        file=publisher.workflow,
        path=("jobs", publisher.job, *step),
        line=publisher.line,
    )
