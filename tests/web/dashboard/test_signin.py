"""Signing in and out: only with GitHub's word, only for the browser that began, and never to another site."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.demo.github import LocalGitHub
from bot.web.dashboard.sessions import IDLE, LONGEST
from bot.web.dashboard.signin import local
from tests.judges import Judge
from tests.web.dashboard.house import SESSION_SECRET, Clock, House, house

SESSION = "pubflow-session"


async def test_a_stranger_is_told_what_this_is_and_led_to_github(home: House) -> None:
    browser = await home.browser()
    page = await browser.get("/")
    assert (page.status, 'href="/login"' in page.text) == (200, True)
    away = urlsplit((await browser.get("/login")).headers["Location"])
    query = parse_qs(away.query)
    assert f"{away.scheme}://{away.netloc}{away.path}" == f"{home.github.web_url}/login/oauth/authorize"
    assert query["redirect_uri"] == [f"{home.base}/login/callback"]
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["state"][0]) >= 32


async def test_whoever_wants_a_page_gets_it_after_signing_in(home: House) -> None:
    browser = await home.browser()
    asked = await browser.get("/accounts/acme?q=a%26b")
    assert (asked.status, asked.headers["Location"]) == (303, "/login?next=%2Faccounts%2Facme%3Fq%3Da%2526b")
    done = await browser.sign_in("alice", asked.headers["Location"])
    assert (done.status, done.headers["Location"]) == (303, "/accounts/acme?q=a%26b")
    assert (await browser.get(done.headers["Location"])).status == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(home: House) -> None:
    browser = await home.browser()
    done = await browser.sign_in("alice")
    set_cookie = next(text for name, text in done.headers.items() if name == "Set-Cookie" and SESSION in text)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in set_cookie.split(";")}
    assert SESSION_SECRET not in set_cookie
    assert "ghu_" not in set_cookie


@pytest.mark.parametrize("change", ["state=wrong", "state=", "code=", "code=guessed"])
async def test_a_way_back_that_this_browser_did_not_begin_signs_nobody_in(home: House, change: str) -> None:
    browser = await home.browser()
    away = await browser.get("/login")
    back = await browser.ask("POST", away.headers["Location"], data={"login": "alice"})
    name, _, value = change.partition("=")
    query = {key: values[0] for key, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}
    done = await browser.ask("GET", "/login/callback", params=query | {name: value})
    assert (done.status, done.headers["Location"]) == (303, "/?sign-in=failed")
    assert SESSION not in browser.cookies
    assert "did not work" in (await browser.get("/?sign-in=failed")).text


async def test_a_way_back_is_good_in_one_browser_and_once(home: House) -> None:
    mine, theirs = await home.browser(), await home.browser()
    away = await mine.get("/login")
    back = (await mine.ask("POST", away.headers["Location"], data={"login": "alice"})).headers["Location"]
    assert (await theirs.get(back)).headers["Location"] == "/?sign-in=failed"
    assert (await mine.get(back)).headers["Location"] == "/"
    assert (await mine.get(back)).headers["Location"] == "/?sign-in=failed"


async def test_a_session_cannot_be_planted(home: House) -> None:
    browser = await home.person("eve")
    planted = browser.cookies[SESSION]
    await browser.sign_in("alice")
    assert browser.cookies[SESSION] != planted
    assert "alice" in (await browser.get("/accounts/acme")).text


@pytest.mark.parametrize(
    "address",
    [
        *("https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "evil.test"),
        *("/a\r\nSet-Cookie: x=y", "/ü", "", "http:///x", "/" + "x" * 2000, "/\t/evil.test"),
    ],
)
def test_no_redirect_leads_elsewhere(address: str) -> None:
    assert local(address) == "/"


async def test_tokens_are_renewed_without_asking_and_sign_ins_end(home: House) -> None:
    browser = await home.person("alice")
    first = browser.cookies[SESSION]
    home.clock.now += 8 * 3600
    assert (await browser.get("/accounts/acme")).status == 200
    renewed = browser.cookies[SESSION]
    assert renewed != first
    browser.session.cookie_jar.update_cookies({SESSION: first})  # a second tab that was asleep
    assert (await browser.get("/accounts/acme")).status == 200
    home.clock.now += LONGEST
    assert (await browser.get("/accounts/acme")).status == 303
    assert IDLE < LONGEST


async def test_when_github_takes_the_token_no_more_one_signs_in_again(home: House) -> None:
    browser = await home.person("alice")
    home.github.site.tokens.revoke_all()
    page = await browser.get("/accounts/acme")
    assert (page.status, page.headers["Location"]) == (303, "/login?next=%2Faccounts%2Facme")
    assert browser.cookies.get(SESSION, "") == ""


async def test_signing_out_ends_it_here_and_at_github(home: House) -> None:
    browser = await home.person("alice")
    kept = browser.cookies[SESSION]
    assert (await browser.post("/logout", {"csrf": await browser.csrf()})).status == 303
    assert (await browser.get("/accounts/acme")).status == 303
    browser.session.cookie_jar.update_cookies({SESSION: kept})
    assert (await browser.get("/accounts/acme")).status == 303
    assert home.github.site.tokens.users._tokens == {}


async def test_a_made_up_cookie_is_nobody(home: House) -> None:
    browser = await home.browser()
    for cookie in ("", "x", "gAAAAAB" + "x" * 200, "ü", "x" * 4000):
        assert (await browser.get("/accounts/acme", Cookie=f"{SESSION}={cookie}")).status == 303, cookie


async def test_while_github_is_away_nothing_is_shown(home: House) -> None:
    browser = await home.person("alice")
    await home.github.stop()
    page = await browser.get("/accounts/acme")
    assert page.status == 503
    assert "acme" not in page.text.replace("/accounts/acme", "")


async def test_over_https_cookies_are_secure_and_the_way_back_is_the_public_address(
    tmp_path: Path, judge: Judge
) -> None:
    clock = Clock()
    async with LocalGitHub(clock=clock) as github:
        judge.watch(github)
        async with house(tmp_path, github, clock, public_url="https://pubflow.example.org") as made:
            away = await (await made.browser()).get("/login", Host="evil.test", X_Forwarded_Host="evil.test")
    assert parse_qs(urlsplit(away.headers["Location"]).query)["redirect_uri"] == [
        "https://pubflow.example.org/login/callback"
    ]
    cookie = away.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pubflow-sign-in=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}


async def test_a_name_that_only_the_request_claims_is_not_believed(home: House) -> None:
    browser = await home.browser()
    assert (await browser.get("/login", Host="evil.test")).status == 404
    assert 'href="/login"' not in (await browser.get("/", Host="evil.test")).text
    assert "PUBLIC_URL" in (await browser.get("/", Host="evil.test")).text
