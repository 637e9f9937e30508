"""A package, and nothing that publishes it: add the trusted-publishing workflow of the PyPA guide.

Releases made by hand from somebody's machine depend on that machine and on a token lying there. A workflow builds from
the tag alone, and Trusted Publishing leaves no token to steal.

Private code must never be published by us. So unasked we offer this only in a public repository, for a package with a
build backend, whose name is free on PyPI or whose PyPI project links to this very repository. Everywhere else there is
a finding, and a maintainer can ask with `add: true` in `.github/pubflow.yml`.

Before::

    pyproject.toml

After::

    pyproject.toml
    .github/workflows/publish-to-pypi.yml
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bot import recipes
from bot.errors import Refused
from bot.messages import Addition, Package, Publisher, code
from bot.model import (
    TRUSTED_PUBLISHING_BRANCH,
    Change,
    Finding,
    FixKind,
    IndexFacts,
    Project,
    Refusal,
    Severity,
    Status,
    Visibility,
)
from bot.project.declared import NOT_UV_PACKAGE
from bot.project.names import canonical
from bot.rules.rule import Context, Fix
from bot.rules.workflows import NewWorkflow, new_workflows

ID = "missing-workflow"
BRANCH = TRUSTED_PUBLISHING_BRANCH
WHY = "Releases made by hand depend on one person's machine and on a token that lies there"

MOST = 10
"""Packages of one repository that get workflows."""
ASK = "to have the workflow proposed all the same, commit `add: true` in .github/pubflow.yml"


def find(context: Context) -> tuple[Finding, ...]:
    """One finding for a repository whose packages nothing publishes, at the metadata of the first of them."""
    survey = context.survey
    if survey.status not in {Status.MISSING, Status.PRIVATE} or not survey.projects:
        return ()
    reason = _hindrance(context)
    offered = reason is None
    project = _candidates(context)[0] if _candidates(context) else survey.projects[0]
    message = _message(project, len(_candidates(context)))
    return (
        Finding(
            rule=ID,
            severity=Severity.LOW if offered else Severity.INFO,
            message=message if offered else f"{message}; nothing is proposed, because {reason}",
            fix=FixKind.SAFE if offered else FixKind.MANUAL,
            file=project.metadata,
        ),
    )


def fix(context: Context, finding: Finding) -> Fix | Refusal:
    """The workflow, or one for each package; or why a person must decide."""
    reason = _hindrance(context)
    if reason is not None:
        hidden = context.survey.snapshot.repo.visibility in {Visibility.PRIVATE, Visibility.INTERNAL}
        return replace(_refusal(finding, reason), settled=hidden or context.config.add is False)
    wanted = new_workflows(context, _candidates(context))
    try:
        changes = tuple(Change(file=new.file, before=None, after=_filled(context, new)) for new in wanted)
    except Refused as refused:
        return _refusal(finding, refused.reason)
    return Fix(
        changes=changes,
        subject=(
            ID,
            *(change.file for change in changes),
            *(canonical(new.values.package) for new in wanted),
        ),
        message=_addition(context, wanted),
    )


def _message(project: Project, count: int) -> str:
    name = project.name or "this package"
    if count > 1:
        others = "another one" if count == 2 else f"{count - 1} others"
        return f"{name} and {others} are packages, and no workflow publishes them"
    return f"{name} is a package, and no workflow publishes it"


def _filled(context: Context, new: NewWorkflow) -> str:
    recipe = _recipe(context, new.project)
    assert recipe is not None, "a package that no recipe fits is a hindrance"
    return recipes.fill(recipe, new.values)


def _addition(context: Context, wanted: Sequence[NewWorkflow]) -> Addition:
    values = wanted[0].values
    return Addition(
        packages=tuple(_package(context, new) for new in wanted),
        places=context.places,
        on_release=values.trigger is recipes.Trigger.RELEASE,
        index=values.private_index,
    )


def _package(context: Context, new: NewWorkflow) -> Package:
    repo, values = context.survey.snapshot.repo.ref, new.values
    publisher = Publisher(
        project=values.package,
        owner=repo.owner,
        repository=repo.name,
        workflow=new.file.rpartition("/")[2],
        environment=values.private_index.environment if values.private_index else values.environment,
    )
    return Package(
        publisher=publisher,
        file=new.file,
        tags=values.tag_pattern,
        example=f"{values.tag_prefix}1.2.3",
        known=_index(context, values.package),
        trial=replace(publisher, environment=values.testpypi_environment) if values.testpypi else None,
        trial_known=context.trial.get(canonical(values.package)),
    )


def _refusal(finding: Finding, reason: str) -> Refusal:
    return Refusal(rule=ID, file=finding.file, line=finding.line, reason=reason)


def _hindrance(context: Context) -> str | None:
    """Why the workflow is not proposed: one clause, starting in lower case; None when nothing stands against it."""
    candidates = _candidates(context)
    if not candidates:
        return _marked(context.survey.projects[0])
    return _impossible(context, candidates) or _unasked(context, candidates[0])


def _candidates(context: Context) -> tuple[Project, ...]:
    asked = {NOT_UV_PACKAGE} if context.config.add else set[str]()
    return tuple(one for one in context.survey.projects if one.private is None or one.private in asked)


def _marked(project: Project) -> str:
    name = code(project.name or project.metadata)
    return f"{name} is marked not to be published ({project.private})"


def _impossible(context: Context, candidates: tuple[Project, ...]) -> str | None:
    """What no permission of a maintainer can put right."""
    if not context.survey.snapshot.repo.oidc and context.config.index.url is None:
        return "PyPI accepts identity tokens of github.com alone, and this repository is on another server"
    if len(candidates) > MOST:
        return f"it holds {len(candidates)} packages, and a workflow for each is more than a pull request can explain"
    return next(filter(None, (_unfit(context, project) for project in candidates)), None) or _unwritable(
        context, candidates
    )


def _unfit(context: Context, project: Project) -> str | None:
    """Why no recipe can be filled in for `project`."""
    if project.name is None:
        return f"the name of the package in {code(project.metadata)} is computed at build time, and PyPI must know it"
    if _recipe(context, project) is None:
        return f"{code(project.backend or 'its build backend')} builds native code in a way that no recipe covers yet"
    return None


def _unwritable(context: Context, candidates: tuple[Project, ...]) -> str | None:
    """Why no values can be filled in, or where they would have to stand."""
    try:
        files = {new.file.lower() for new in new_workflows(context, candidates)}
    except Refused as refused:
        return refused.reason[0].lower() + refused.reason[1:].removesuffix(".")
    taken = next((path for path in context.survey.snapshot.tree if path.lower() in files), None)
    return f"{taken} exists already and does something else" if taken else None


def _unasked(context: Context, project: Project) -> str | None:
    """What a maintainer can overrule by asking: in the configuration, or by running pubflow on a checkout."""
    if context.config.add is not None:
        return None if context.config.add else "`add: false` in .github/pubflow.yml says that none is wanted"
    visibility = context.survey.snapshot.repo.visibility
    facts = _index(context, project.name or "")
    count = len(_candidates(context))
    always = (
        (
            count > 1,
            f"it holds {count} packages, and each would get a workflow, tags and an environment of its own; {ASK}",
        ),
        (
            visibility in {Visibility.PRIVATE, Visibility.INTERNAL},
            f"the repository is {visibility}, and pubflow never publishes private code unasked; {ASK}",
        ),
        (
            facts.exists is True and _linked(context, facts) is False,
            f"{code(facts.name)} on PyPI does not link to this repository and may be somebody else's; {ASK}",
        ),
    )
    offered = (
        (visibility is Visibility.UNKNOWN, f"nothing says whether this repository is public; {ASK}"),
        (project.backend is None, f"{code(project.metadata)} declares no build backend; {ASK}"),
        (facts.exists is None, "PyPI could not be asked who owns the name; it will be asked again at the next scan"),
    )
    return next((reason for applies, reason in (always if context.asked else always + offered) if applies), None)


def _index(context: Context, name: str) -> IndexFacts:
    normalised = canonical(name)
    return context.index.get(normalised, IndexFacts(name=normalised, exists=None))


def _linked(context: Context, facts: IndexFacts) -> bool | None:
    """Whether the project's page links to this repository; None for a checkout that does not say which it is."""
    repo = context.survey.snapshot.repo.ref
    return repo.full_name.lower() in facts.repositories if repo.owner else None


def _recipe(context: Context, project: Project) -> recipes.Recipe | None:
    uses_uv = "uv.lock" in context.survey.snapshot.tree
    return recipes.choose(native=project.native, uses_uv=uses_uv, backend=project.backend, rust=project.rust)
