"""A real Chromium, one for each file of tests; without it these tests skip, with the reason.

Not one for the session: playwright keeps its loop running on the main thread, where other files' tests run loops of
their own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.town import Town
from tests.judges import CACHE, needed
from tests.programs import absent

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
AXE = CACHE / "axe-core" / "package" / "axe.min.js"

NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        absent("no Chromium is installed; Debian's package is `chromium`")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS), headless=True)
        yield made
        made.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """A page in a profile of its own; at the end nothing may stand in its console but what was said to be expected."""
    complaints: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        # A page that is not there is one of the things that are tried.
        if message.type in {"error", "warning"} and "404 (Not Found)" not in message.text:
            complaints.append(message.text)

    def make(**how: object) -> Page:
        context = browser.new_context(**how)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The rules of axe-core, as a script."""
    return needed(AXE).read_text(encoding="utf-8")


@pytest.fixture
def town() -> Iterator[Town]:
    made = Town()
    yield made
    made.close()


@pytest.fixture
def shots() -> Path:
    """Where pictures are left for people to look at."""
    folder = CACHE.parent / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
