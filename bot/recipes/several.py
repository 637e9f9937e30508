"""A repository of several packages: one workflow each, so that each is tagged, released and registered by itself."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from bot.errors import Refused
from bot.project.names import canonical
from bot.recipes.values import RecipeValues


def workflow_file(package: str) -> str:
    """The file of one package's workflow, part of what is registered on PyPI."""
    return f"publish-{canonical(package)}-to-pypi.yml"


def for_each(folders: Mapping[str, str], common: RecipeValues) -> Mapping[str, RecipeValues]:
    """File -> its values, for packages by name and the folders that they lie in; all else is as in `common`.

    Each has tags (`core-v1.0`) and environments (`pypi-core`) of its own: PyPI takes only one publisher for a project
    that does not exist yet from the same repository, workflow and environment, and a publisher that is bound to its
    environment cannot upload for the others. Raises `Refused` for two names that PyPI takes for one.
    """
    found: dict[str, RecipeValues] = {}
    for package, folder in folders.items():
        name, file = canonical(package), workflow_file(package)
        if file in found:
            raise Refused(f"Two packages have the name {name[:100]!r}.")
        found[file] = replace(
            common,
            package=package,
            folder=folder,
            environment=f"{common.environment}-{name}",
            testpypi_environment=f"{common.testpypi_environment}-{name}",
            tag_pattern=f"{name}-{common.tag_pattern}",
            among_others=True,
        )
    return found
