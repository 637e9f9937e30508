"""The site: every page is in it, every link leads somewhere, and it loads nothing from anybody else."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.programs import LEFT_OUT, ROOT, program

CONFIGURATION = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]


class Page(HTMLParser):
    """Where a page leads, what it loads, and which places in it have a name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        self.names |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and given.get("rel") in {"stylesheet", "icon", "preload"} and "href" in given:
            self.loaded.append(given["href"])
        if "src" in given:
            self.loaded.append(given["src"])


def listed(nav: list[dict[str, object]]) -> Iterator[str]:
    for entry in nav:
        for value in entry.values():
            if isinstance(value, list):
                yield from listed(value)
            else:
                yield str(value)


def test_every_page_is_in_the_navigation_once() -> None:
    pages = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
    assert sorted(listed(CONFIGURATION["nav"])) == pages, "`nav` in zensical.toml lists every page of docs/ once"


def test_every_test_that_the_threats_name_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = [
        line for line in text.partition("## Threats")[2].partition("\n## ")[0].splitlines() if line.startswith("|")
    ][2:]
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row.split("|")[3])
        assert named, row
        for path, function in named:
            assert f"def {function}" in (ROOT / path).read_text("utf-8"), (path, function)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Page]:
    folder = tmp_path_factory.mktemp("site")
    configuration = (ROOT / "zensical.toml").read_text("utf-8")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=LEFT_OUT)
    (folder / "zensical.toml").write_text(configuration, "utf-8")
    done = subprocess.run(
        [program("zensical"), "build", "--strict"],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    built = folder / CONFIGURATION["site_dir"]
    return {path.relative_to(built): Page(path.read_text("utf-8")) for path in built.rglob("*.html")} | {
        path.relative_to(built): Page("") for path in built.rglob("*.*") if path.suffix != ".html"
    }


def test_every_link_leads_somewhere(site: dict[Path, Page]) -> None:
    broken = []
    for path, page in site.items():
        if path.name == "404.html":
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = Path(*_walked(path.parent, unquote(parts.path))) if parts.path else path
            found = site.get(target) or site.get(target / "index.html")
            if found is None or (parts.fragment and unquote(parts.fragment) not in found.names):
                broken.append((str(path), link))
    assert broken == []


def _walked(start: Path, way: str) -> list[str]:
    parts = list(start.parts)
    for part in way.split("/"):
        if part == "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return parts


def test_nothing_is_loaded_from_anybody_else(site: dict[Path, Page]) -> None:
    assert len(site) > 15
    assert {link for page in site.values() for link in page.loaded if urlsplit(link).netloc} == set()
