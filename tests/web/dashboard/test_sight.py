"""One sees what GitHub says that one may see; whether something is hidden or absent cannot be told apart."""

from __future__ import annotations

import csv
import io
import json

import pytest

from bot.store.reports import Kind
from tests.web.dashboard.house import House

PRIVATE = "canary-private-name"


@pytest.fixture
def seeded(home: House) -> House:
    home.github.create_repository(f"acme/{PRIVATE}", visibility="private", by="alice")
    for name, kind in (("tool", Kind.TOKEN), ("secret", Kind.REFUSED), (PRIVATE, Kind.TRUSTED)):
        home.scanned(name, kind, report=json.dumps({"findings": [], "silent": f"silent of {name}"}))
    return home


PAGES = (
    "/accounts/acme",
    "/accounts/acme?q=canary",
    "/accounts/acme?status=trusted",
    "/accounts/acme?sort=status&down=1&page=1",
    "/accounts/acme/actions",
    "/accounts/acme/actions?action=actions/checkout&ref=v4",
    "/accounts/acme/repositories.csv",
    "/accounts/acme/repositories.json",
    "/accounts/acme/progress",
)


async def test_a_member_sees_what_they_were_given_and_no_trace_of_the_rest(seeded: House) -> None:
    alice, bob = await seeded.person("alice"), await seeded.person("bob")
    for page in PAGES:
        theirs, his = await alice.get(page), await bob.get(page)
        assert (theirs.status, his.status) == (200, 200)
        for hidden in (PRIVATE, "acme/secret", "outcome of secret"):
            assert hidden not in his.text, page
        assert PRIVATE in theirs.text or "csv" not in page


async def test_counts_are_of_what_one_sees(seeded: House) -> None:
    bob, alice = await seeded.person("bob"), await seeded.person("alice")
    assert json.loads((await bob.get("/accounts/acme/progress")).text)["total"] == 1
    assert json.loads((await alice.get("/accounts/acme/progress")).text)["total"] == 4
    assert "Refused" not in (await bob.get("/accounts/acme")).text.partition('<form class="filter"')[0]


async def test_hidden_and_absent_are_the_same(seeded: House) -> None:
    bob, eve = await seeded.person("bob"), await seeded.person("eve")
    for person in (bob, eve):
        pages = [
            (await person.get(f"/repositories/{name}"))
            for name in ("acme/secret", "acme/nothing", "nobody/nothing", f"acme/{PRIVATE}")
        ]
        assert {page.status for page in pages} == {404}
        assert len({page.text for page in pages}) == 1
    assert (await eve.get("/accounts/acme")).text == (await eve.get("/accounts/nobody")).text
    assert "installed nowhere that you may see" in (await eve.get("/")).text


async def test_the_badge_tells_of_what_is_public_alone(seeded: House) -> None:
    anybody = await seeded.browser()
    public = await anybody.get("/badge/acme/tool.svg")
    assert (public.status, "PyPI publishing: token" in public.text) == (200, True)
    hidden, absent = await anybody.get(f"/badge/acme/{PRIVATE}.svg"), await anybody.get("/badge/acme/nothing.svg")
    assert (hidden.status, hidden.text) == (absent.status, absent.text) == (404, absent.text)


async def test_what_was_taken_away_is_soon_gone(seeded: House) -> None:
    bob = await seeded.person("bob")
    assert (await bob.get("/repositories/acme/tool")).status == 200
    del seeded.github.repository("acme/tool").collaborators["bob"]
    seeded.clock.now += 600
    assert (await bob.get("/repositories/acme/tool")).status == 404


async def test_many_pages_cost_github_few_requests(seeded: House) -> None:
    alice = await seeded.person("alice")
    before = len(seeded.github.recorder.exchanges)
    for _ in range(5):
        await alice.get("/accounts/acme")
        await alice.get("/repositories/acme/tool")
    assert len(seeded.github.recorder.exchanges) - before == 2


@pytest.mark.parametrize("path", ["/queue", "/metrics"])
async def test_queue_and_metrics_are_for_operators_alone(seeded: House, path: str) -> None:
    alice, olga, anybody = await seeded.person("alice"), await seeded.person("olga"), await seeded.browser()
    assert (await olga.get(path)).status == 200
    missing = await alice.get(path)
    assert (missing.status, missing.text) == (404, (await alice.get("/repositories/acme/nothing")).text)
    assert (await anybody.get(path)).status == 303
    assert (await olga.get("/accounts/acme")).status == 404


async def test_exports_hold_the_same_rows_and_no_formulas(seeded: House) -> None:
    seeded.scanned("tool", Kind.TOKEN, outcome="=HYPERLINK(1)")
    alice = await seeded.person("alice")
    sheet = await alice.get("/accounts/acme/repositories.csv?sort=name")
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    told = json.loads((await alice.get("/accounts/acme/repositories.json")).text)
    assert [row["repository"] for row in rows] == [one["repository"] for one in told["repositories"]]
    assert [row["outcome"] for row in rows if row["repository"] == "acme/tool"] == ["'=HYPERLINK(1)"]
    assert sheet.headers["Content-Disposition"] == 'attachment; filename="acme.csv"'
    assert "nosniff" in sheet.headers["X-Content-Type-Options"]
