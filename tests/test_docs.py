"""The pages that are made from tables say what the tables say."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from bot.demo.samples import samples
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def _generator() -> object:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXTS: dict[str, str] = dict(_generator().texts())  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_generated_file_is_not_stale(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == TEXTS[name]


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    targets = [part.split(")", 1)[0] for part in text.split("](")[1:]]
    local = [target.split("#")[0] for target in targets if "://" not in target and not target.startswith("#")]
    assert [target for target in local if not (ROOT / "docs" / target).exists()] == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in page] == []


def test_the_picture_of_the_house_has_every_room_and_no_other() -> None:
    picture = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("```")[1].partition("templates/\n")
    for folder, part in (("bot", picture[0]), ("templates", picture[2].partition("deploy/")[0])):
        drawn = re.findall(r"^  ([a-z_]+(?:\.py|/))(?:<name>/)? ", part, re.MULTILINE)
        there = {
            f"{path.name}/" if path.is_dir() else path.name
            for path in (ROOT / folder).iterdir()
            if not path.name.startswith("_") and path.suffix in {"", ".py"}
        }
        assert sorted(drawn) == sorted(there)


def test_the_tutorial_names_repositories_of_the_demonstration() -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text("utf-8").partition("## On GitHub")[0]
    told = {each.name: each for each in samples("https://github.com")}
    named = set(re.findall(r"`([a-z]+)`", page)) - {"check", "fix"}
    assert named == {"lathe", "quench"}
    assert [(told[name].status, told[name].pull) for name in sorted(named)] == [("token", True), ("trusted", False)]
