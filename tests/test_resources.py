"""Templates are found in a checkout and in a wheel, by name alone, and nothing else is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import resources

ROOT = Path(__file__).resolve().parent.parent


def test_text_is_the_file_as_it_lies() -> None:
    lying = (ROOT / "templates/recipes/pure/publish.yml").read_bytes().decode()
    assert resources.text("recipes/pure/publish.yml") == lying


def test_names_lists_whole_folders_in_order() -> None:
    found = resources.names("recipes/pure")
    assert found == ("recipes/pure/publish.yml", "recipes/pure/recipe.toml")
    assert found == resources.names("recipes/pure/")
    assert set(found) < set(resources.names("recipes")) <= set(resources.names())


@pytest.mark.parametrize("prefix", ["recipes/pur", "nothing", "recipes/pure/publish.yml"])
def test_what_is_no_folder_has_no_names(prefix: str) -> None:
    assert resources.names(prefix) == ()


@pytest.mark.parametrize("name", ["recipes/pure/absent.yml", "absent", "recipes/pure"])
def test_absent_templates_are_a_clear_error(name: str) -> None:
    with pytest.raises(resources.MissingResource, match="install pubflow again"):
        resources.text(name)


@pytest.mark.parametrize(
    "name",
    [
        "../pyproject.toml",
        "recipes/../../pyproject.toml",
        "recipes/..",
        "/etc/passwd",
        "",
        ".",
        "recipes//pure/publish.yml",
        "./recipes/pure/publish.yml",
        "recipes\\pure\\publish.yml",
        "recipes/pure/publish.yml\0",
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(resources.MissingResource, match="names no template"):
        resources.text(name)


def test_a_wheel_brings_its_templates_along(tmp_path: Path) -> None:
    installed = tmp_path / "site"
    shutil.copytree(ROOT / "bot", installed / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "templates", installed / "bot" / "templates")
    assert _asked(installed, "print(len(resources.names('recipes')), resources.__file__)") == (
        f"{len(resources.names('recipes'))} {installed / 'bot' / 'resources.py'}"
    )


def test_an_installation_without_templates_says_so(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    said = _asked(
        tmp_path,
        "try: resources.text('recipes/pure/publish.yml')\nexcept resources.MissingResource as error: print(error)",
    )
    assert said.startswith("pubflow's templates are neither in ")


def _asked(site: Path, question: str) -> str:
    program = f"import sys; sys.path.insert(0, {str(site)!r})\nfrom bot import resources\n{question}"
    return subprocess.run(
        [sys.executable, "-c", program], cwd=site, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
