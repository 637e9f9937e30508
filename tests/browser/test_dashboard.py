"""The dashboard as people meet it: in a browser, in the dark, on a phone, by keyboard, and with other people's eyes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from benchmarks.crowd import LOGIN, Crowd, Crowded, fill, visible
from bot.demo.github import LocalGitHub
from bot.model import InstallationId, Job
from bot.store.reports import Kind
from bot.store.tables import jobs
from tests.browser.barriers import CONTRAST, TAGS, barriers
from tests.browser.conftest import NewPage
from tests.browser.town import Town
from tests.web.dashboard.house import Clock, House, house
from tests.web.dashboard.test_pages import REPORT

MANY = 10_000


@dataclass(slots=True)
class Street:
    """A dashboard with alice's acme, and a crowded account that GitHub shows to everybody."""

    town: Town
    home: House

    def visit(self, page: Page, login: str, address: str = "/") -> None:
        """Sign in as somebody does: by the button, and GitHub's page."""
        page.goto(self.home.base + "/")
        page.get_by_role("link", name="Sign in with GitHub").click()
        page.get_by_role("button", name=login, exact=True).click()
        page.get_by_role("button", name="Sign out").wait_for()
        if address != "/":
            page.goto(self.home.base + address)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    town, clock = Town(), Clock()
    crowd = Crowd(visible(MANY))
    folder = tmp_path_factory.mktemp("street")
    with town.within(LocalGitHub(clock=clock)) as github:
        made = house(folder, github, clock, crowd=lambda person: Crowded(person, crowd))
        with town.within(made) as home:
            fill(home.engine, MANY, clock())
            home.scanned("tool", Kind.TOKEN, report=json.dumps(REPORT))
            home.scanned("secret", Kind.REFUSED, outcome="nothing proposed: `x` cannot be proved")
            yield Street(town, home)
    town.close()


PAGES = (
    "/",
    "/accounts/acme",
    f"/accounts/{LOGIN}?status=token&q=0999",
    "/accounts/acme/actions?action=actions/checkout&ref=v4",
    "/repositories/acme/tool",
    "/repositories/acme/nothing",
    "/queue",
)


SCHEMES = {"light": (TAGS, "rgb(255, 255, 255)"), "dark": (CONTRAST, "rgb(18, 23, 28)")}
"""Structure is the same in the dark; colours are not."""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_page_has_a_barrier(street: Street, new_page: NewPage, axe: str, scheme: Any, shots: Path) -> None:
    """axe-core's rules, WCAG 2.2 AA and its best practices, on every kind of page."""
    rules, paper = SCHEMES[scheme]
    stranger = new_page(color_scheme=scheme, bypass_csp=True)
    stranger.goto(street.home.base)
    assert barriers(stranger, axe, rules) == []
    for login, pages in (("alice", PAGES[:-1]), ("olga", PAGES[-1:])):
        page = new_page(color_scheme=scheme, bypass_csp=True)
        street.visit(page, login)
        for address in pages:
            page.goto(street.home.base + address)
            assert barriers(page, axe, rules) == [], address
            if scheme == "dark":
                page.screenshot(path=shots / f"dark-{PAGES.index(address)}.png", full_page=True)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper


def test_on_a_phone_nothing_is_cut_off(street: Street, new_page: NewPage, shots: Path) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True, has_touch=True)
    street.visit(page, "alice")
    for number, address in enumerate(PAGES[:-1]):
        page.goto(street.home.base + address)
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], address
        page.screenshot(path=shots / f"phone-{number}.png", full_page=True)


def test_ten_thousand_rows_are_searched_filtered_sorted_and_turned(street: Street, new_page: NewPage) -> None:
    page = new_page()
    street.visit(page, "alice", f"/accounts/{LOGIN}")
    expect(page.locator("caption")).to_contain_text("50 of 10000")
    page.get_by_label("Name").fill("package-0999")
    page.get_by_label("Name").press("Enter")
    expect(page.locator("caption")).to_contain_text("10 of 10")
    page.get_by_label("Standing").select_option("trusted")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Show all").first.click()
    page.get_by_role("link", name="Findings").click()
    page.get_by_role("link", name="Findings").click()
    expect(page.get_by_role("columnheader", name="Findings")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("tbody tr").first).to_contain_text("Package-00003")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".pages")).to_contain_text("Page 2 of 200")
    expect(page.locator("svg.plot polygon")).to_have_count(6)


def test_a_member_of_nothing_sees_nothing_of_acme(street: Street, new_page: NewPage) -> None:
    page = new_page()
    street.visit(page, "bob", "/accounts/acme")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "secret" not in page.content()
    page.goto(f"{street.home.base}/repositories/acme/secret")
    hidden = page.get_by_role("main").inner_text()
    page.goto(f"{street.home.base}/repositories/acme/there-is-none")
    assert page.get_by_role("main").inner_text() == hidden
    eve = new_page()
    street.visit(eve, "eve")
    assert "acme" not in eve.get_by_role("main").inner_text()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in with GitHub").wait_for()
    page.goto(f"{street.home.base}/accounts/acme")
    expect(page).to_have_url(re.compile(re.escape(street.home.github.web_url)))


def test_a_running_scan_is_followed_without_a_click(street: Street, new_page: NewPage) -> None:
    home, town = street.home, street.town
    scans = [
        Job(kind="scan", key=str(number), installation=InstallationId(home.installed.id), args={})
        for number in range(2)
    ]
    town.do(home.queue.submit(scans))
    page = new_page()
    street.visit(page, "alice", "/accounts/acme")
    expect(page.locator("#done")).to_have_text("1")
    _finish(home, "0")
    expect(page.locator("#done")).to_have_text("2")
    assert page.locator("#bar").evaluate("bar => bar.value / bar.max") == pytest.approx(2 / 3)
    _finish(home, "1")
    expect(page.get_by_text("A scan is running")).to_have_count(0)
    expect(page.locator("caption")).to_be_visible()


def _finish(home: House, key: str) -> None:
    with home.engine.begin() as connection:
        connection.execute(sa.update(jobs).where(jobs.c.key == key).values(state="done"))


def test_a_scan_is_asked_for_by_keyboard_alone(street: Street, new_page: NewPage) -> None:
    page = new_page()
    street.visit(page, "alice", "/repositories/acme/tool")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.textContent") != "Scan now":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("A scan is queued")
    [job] = street.town.do(street.home.queue.jobs())
    assert job.about == "acme/tool"
    assert street.town.do(street.home.queue.drop(job.id))
    expect(page.get_by_text("A scan is queued")).to_have_count(0)


def test_without_scripts_everything_is_there(street: Street, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    street.visit(page, "alice", "/repositories/acme/tool")
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    page.goto(f"{street.home.base}/accounts/{LOGIN}?sort=findings")
    page.get_by_label("Name").fill("00042")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
