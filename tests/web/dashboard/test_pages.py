"""What stands on the pages, how hostile texts look there, and what a form may do."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from bot.model import InstallationId, Job
from bot.store.reports import Kind, Use
from bot.store.tables import pulls
from bot.store.wishes import WishBook
from bot.wishes import Wish
from tests.web.dashboard.house import NOW, SESSION_SECRET, House

HOSTILE = '<script>alert("1")</script>'
REPORT = {
    "publishers": [
        {
            "workflow": ".github/workflows/release.yml",
            "job": HOSTILE,
            "line": 9,
            "method": "twine",
            "via": "x",
            "index": "pypi",
            "credential": "token",
            "secrets": ["PYPI_TOKEN"],
            "environment": None,
        }
    ],
    "findings": [
        {"rule": "token-upload", "severity": "high", "line": 7, "message": HOSTILE, "fix": "safe", "file": "a/b#c.yml"}
    ],
    "changes": [
        {"file": "x.yml", "kind": "edit", "diff": f"--- a/x.yml\n+++ b/x.yml\n@@ -1 +1 @@\n-old\n+{HOSTILE}\n"}
    ],
    "refusals": [{"rule": "token-upload", "line": 3, "reason": f"`{HOSTILE}` cannot be read", "file": "b.yml"}],
    "steps": [{"who": "admin", "what": "register", "url": "https://pypi.org/manage/x?a=1&b=2"}],
}


async def test_a_repository_with_all_that_is_known_of_it(home: House) -> None:
    written = home.scanned("tool", report=json.dumps(REPORT))
    home.scanned("tool", Kind.TRUSTED, report=json.dumps(REPORT), head="c" * 40)
    with home.engine.begin() as connection:
        row = {"account": "acme", "repo_id": written.repo_id, "branch": "pubflow/actions", "digest": "d", "number": 4}
        connection.execute(pulls.insert().values(row | {"state": "open", "reserved_at": NOW - 7200}))
    page = (await (await home.person("alice")).get("/repositories/acme/tool")).text
    for wanted in (
        f'href="{home.github.web_url}/acme/tool/blob/{"c" * 40}/a/b%23c.yml#L7"',
        f'href="{home.github.web_url}/acme/tool/pull/4"',
        "opened <time",
        "2 hours ago",
        '<span class="removed">-old',
        "PYPI_TOKEN",
        "before: Token",
        'action="/repositories/acme/tool/scan"',
        "https://pypi.org/manage/x?a=1&amp;b=2",
    ):
        assert wanted in page
    assert HOSTILE not in page


async def test_hostile_outcomes_and_searches_are_texts(home: House) -> None:
    home.scanned("tool", outcome=HOSTILE, uses=())
    alice = await home.person("alice")
    for address in ("/accounts/acme", f"/accounts/acme?q={HOSTILE}", f"/accounts/acme/actions?action={HOSTILE}&ref=x"):
        page = await alice.get(address)
        assert (page.status, HOSTILE in page.text) == (200, False)


async def test_no_page_allows_inline_scripts_or_styles(home: House) -> None:
    alice = await home.person("alice")
    for address in ("/", "/accounts/acme", "/repositories/acme/tool", "/repositories/acme/no"):
        page = await alice.get(address)
        policy = page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert " style=" not in page.text
        assert " onclick" not in page.text


async def test_odd_addresses_are_answered(home: House) -> None:
    home.scanned("tool")
    alice = await home.person("alice")
    pages = ("page=0", "page=99999999999", "page=-1", "page=%C2%B2", "page=")
    for query in (*pages, "q=" + "x" * 3000, "status=odd", "sort=odd", "q=%00", "q=%25_'"):
        assert (await alice.get(f"/accounts/acme?{query}")).status == 200, query


async def test_filters_sorts_and_pages(home: House) -> None:
    for number in range(60):
        home.github.create_repository(f"acme/r{number:02}", by="alice")
        home.scanned(f"r{number:02}", Kind.TRUSTED if number % 2 else Kind.TOKEN, findings=number)
    alice = await home.person("alice")
    names = _names(alice_page := (await alice.get("/accounts/acme?sort=findings&down=1")).text)
    assert names[:2] == ["r59", "r58"]
    assert "Page 1 of 2" in alice_page
    assert len(_names((await alice.get("/accounts/acme?page=2")).text)) == 10
    assert _names((await alice.get("/accounts/acme?q=R0+5")).text) == ["r05"]
    assert len(_names((await alice.get("/accounts/acme?status=trusted&q=r1")).text)) == 5
    assert "No repository is like that" in (await alice.get("/accounts/acme?q=nothing")).text


def _names(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('<a href="/repositories/acme/')[1:]]


async def test_scan_now_queues_one_scan(home: House) -> None:
    home.scanned("tool")
    alice = await home.person("alice")
    form = {"csrf": await alice.csrf()}
    for _ in range(2):
        done = await alice.post("/repositories/acme/tool/scan", form)
        assert (done.status, done.headers["Location"]) == (303, "/repositories/acme/tool")
    [job] = await home.queue.jobs()
    assert (job.kind, job.about) == ("scan", "acme/tool")
    page = (await alice.get("/accounts/acme")).text
    assert 'data-progress="/accounts/acme/progress"' in page
    assert "A scan is queued" in (await alice.get("/repositories/acme/tool")).text
    assert json.loads((await alice.get("/repositories/acme/tool/progress")).text)["left"] == 1
    assert json.loads((await alice.get("/repositories/acme/secret/progress")).text)["left"] == 0


FOREIGN: tuple[tuple[dict[str, str], dict[str, str], int], ...] = (
    ({"csrf": "wrong"}, {}, 403),
    ({"csrf": ""}, {}, 403),
    ({}, {"Origin": "https://evil.test"}, 403),
    ({}, {"Origin": "null"}, 403),
    ({}, {"Sec_Fetch_Site": "cross-site"}, 403),
    ({}, {"Sec_Fetch_Site": "same-site"}, 403),
    ({"more": "x" * 20_000}, {}, 413),
)


async def test_a_form_of_another_site_does_nothing(home: House) -> None:
    home.scanned("tool")
    alice = await home.person("alice")
    token = await alice.csrf()
    for change, headers, status in FOREIGN:
        done = await alice.post("/repositories/acme/tool/scan", {"csrf": token} | change, **headers)
        assert done.status == status, (change, headers)
    assert await home.queue.jobs() == []


async def test_who_may_only_read_may_not_ask_for_a_scan(home: House) -> None:
    home.scanned("tool")
    bob = await home.person("bob")
    assert "Scan now" not in (await bob.get("/repositories/acme/tool")).text
    form = {"csrf": await bob.csrf()}
    assert (await bob.post("/repositories/acme/tool/scan", form)).status == 403
    assert (await bob.post("/repositories/acme/secret/scan", form)).status == 404
    assert (await bob.post("/queue/retry", form)).status == 404
    assert await home.queue.jobs() == []


async def test_rights_that_were_taken_away_are_gone_at_once_for_writes(home: House) -> None:
    home.scanned("tool")
    alice = await home.person("alice")
    form = {"csrf": await alice.csrf()}
    home.github.set_role("acme/tool", "alice", "read")
    assert (await alice.post("/repositories/acme/tool/scan", form)).status == 403


async def test_operators_see_failures_and_may_drop_them(home: House) -> None:
    await home.queue.submit([Job(kind="scan", key="7", installation=InstallationId(1), args={})])
    olga = await home.person("olga")
    page = (await olga.get("/queue")).text
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    [job] = await home.queue.jobs()
    assert (await olga.post("/queue/drop", {"csrf": token, "job": job.id})).status == 303
    assert await home.queue.jobs() == []


async def test_the_public_may_not_ask_without_end(home: House) -> None:
    anybody = await home.browser()
    statuses = {(await anybody.get("/badge/a/b.svg")).status for _ in range(70)}
    assert statuses == {404, 429}


async def test_no_secret_is_on_any_page(home: House, caplog: pytest.LogCaptureFixture) -> None:
    home.scanned("tool", report=json.dumps(REPORT))
    olga, alice = await home.person("olga"), await home.person("alice")
    shown = [
        *[
            (await alice.get(path))
            for path in ("/", "/accounts/acme", "/repositories/acme/tool", "/accounts/acme/actions")
        ],
        *[(await olga.get(path)) for path in ("/", "/queue", "/metrics")],
    ]
    with home.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE pubflow_overview"))
    shown.append(await alice.get("/accounts/acme"))
    assert shown[-1].status == 500
    texts = "\n".join([*(page.text for page in shown), caplog.text])
    for canary in (SESSION_SECRET, str(home.settings.client_secret and home.settings.client_secret.get_secret_value())):
        assert canary not in texts
    assert "ghu_" not in texts
    assert "ghr_" not in texts


async def test_assets_are_kept_for_good_under_their_own_address(home: House) -> None:
    anybody = await home.browser()
    address = (await anybody.get("/")).text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    style = await anybody.get(address)
    assert (style.status, "immutable" in style.headers["Cache-Control"]) == (200, True)
    for path in ("/static/0/style.css", address.replace("style.css", "base.html"), "/static/0/..%2Fbase.html"):
        assert (await anybody.get(path)).status == 404


async def test_a_rule_is_ignored_and_heeded_again_by_who_may_write(home: House) -> None:
    written = home.scanned("tool", report=json.dumps(REPORT))
    alice, bob = await home.person("alice"), await home.person("bob")
    address, form = "/repositories/acme/tool", {"csrf": await alice.csrf(), "rule": "token-upload"}
    assert 'aria-label="Ignore token-upload in this repository"' in (await alice.get(address)).text
    assert "Ignore" not in (await bob.get(address)).text
    assert (await bob.post(f"{address}/ignore", form | {"csrf": await bob.csrf()})).status == 403
    assert (await alice.post(f"{address}/ignore", form | {"rule": "no-such-rule"})).status == 400
    assert WishBook(home.engine).of(written.repo_id).all == ()
    for _ in range(2):
        assert (await alice.post(f"{address}/ignore", form)).status == 303
    [wish] = WishBook(home.engine).of(written.repo_id).all
    assert (wish.wish, wish.value, wish.login) == (Wish.IGNORE_RULE, "token-upload", "alice")
    assert "as alice asked" in (await alice.get(address)).text
    assert (await alice.post(f"{address}/heed", form)).status == 303
    assert WishBook(home.engine).of(written.repo_id).all == ()
    [job] = await home.queue.jobs()
    assert job.kind == "scan"


async def test_actions_that_end_come_first_with_the_day(home: House) -> None:
    old = Use(action="actions/upload-artifact", ref="v3", version="", places=1)
    pinned = Use(action="a/tool", ref="f" * 40, version="v4.1.0", places=1)
    home.scanned("tool", uses=(old, pinned))
    page = (await (await home.person("alice")).get("/accounts/acme/actions")).text
    assert "fails since 30 January 2025" in page
    assert page.index("actions/upload-artifact") < page.index("a/tool")
    assert '<code>v4.1.0</code></a> <span class="note">pinned' in page


async def test_what_stands_in_the_way_is_said_once_above_the_list(home: House) -> None:
    said = "a rule of the repository does not let pubflow write its branch: no `<b>`"
    for name in ("tool", "secret"):
        home.scanned(name, outcome=f"nothing proposed: {said}; #1 stands already")
    alice, bob = await home.person("alice"), await home.person("bob")
    page = (await alice.get("/accounts/acme")).text
    shown = page.partition("What stands in the way")[2].partition("</section>")[0]
    assert "A rule of the repository does not let pubflow write its branch: no <code>&lt;b&gt;</code>." in shown
    assert ("2 repositories" in shown, "/repositories/acme/secret" in shown, "stands already" in shown) == (
        True,
        True,
        False,
    )
    shown = (await bob.get("/accounts/acme")).text.partition("What stands in the way")[2]
    assert "acme/secret" not in shown
    assert "1 repository" in shown


async def test_where_nothing_stands_in_the_way_nothing_is_said(home: House) -> None:
    home.scanned("tool")
    assert "stands in the way" not in (await (await home.person("alice")).get("/accounts/acme")).text
