"""What a repository's configuration wishes of workflows that are written anew: values to fill recipes with."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot import recipes
from bot.config import Trigger
from bot.errors import Refused
from bot.model import Project
from bot.recipes import RecipeValues
from bot.rules.rule import Context

FOLDER = ".github/workflows"
FILE = f"{FOLDER}/{recipes.WORKFLOW_FILE}"


class NewWorkflow(Struct, frozen=True, kw_only=True):
    """One workflow to write: its path, and what goes into it."""

    file: str
    project: Project
    values: RecipeValues


def new_workflows(context: Context, projects: Sequence[Project]) -> tuple[NewWorkflow, ...]:
    """One workflow for each of these projects, whose names are known.

    Raises Refused for a name, folder or wish that must not stand in a workflow.
    """
    first = projects[0]
    common = _values(context, first, several=len(projects) > 1)
    if len(projects) == 1:
        return (NewWorkflow(file=FILE, project=first, values=common),)
    folders = {project.name or "": project.path for project in projects}
    if len(folders) < len(projects):
        raise Refused("Two packages have the same name.")
    found = recipes.for_each(folders, common)
    return tuple(
        NewWorkflow(file=f"{FOLDER}/{file}", project=project, values=values)
        for project, (file, values) in zip(projects, found.items(), strict=True)
    )


def _values(context: Context, project: Project, *, several: bool) -> RecipeValues:
    config, repo = context.config, context.survey.snapshot.repo
    index = None
    if config.index.url is not None:
        index = recipes.PrivateIndex(
            url=config.index.url,
            environment=config.index.environment,
            user_secret=config.index.user_secret,
            password_secret=config.index.password_secret,
        )
    return RecipeValues(
        package=project.name or "",
        repository=repo.ref.full_name if repo.ref.owner else None,
        folder=project.path,
        environment=config.environment.pypi,
        testpypi_environment=config.environment.testpypi,
        trigger=_trigger(context, several=several),
        default_branch=repo.default_branch or "main",
        testpypi=config.testpypi and index is None,
        private_index=index,
    )


def _trigger(context: Context, *, several: bool) -> recipes.Trigger:
    """Of several packages only tags say which one is meant: a release starts every workflow that waits for one."""
    if several or context.config.trigger is Trigger.TAG:
        return recipes.Trigger.TAG
    waits = any("release" in workflow.triggers for workflow in context.survey.workflows.values())
    if context.config.trigger is Trigger.RELEASE or waits:
        return recipes.Trigger.RELEASE
    return recipes.Trigger.TAG
