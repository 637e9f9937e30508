"""A person lets an App act for them: codes, tokens, and what is seen through them."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.demo.caller import Caller, Reply
from tests.judges import Judge

BACK = "http://127.0.0.1:9/login/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture(autouse=True)
def people(caller: Caller) -> None:
    caller.keys.app.callback_urls.append(BACK)
    caller.github.create_user("bob")
    caller.github.create_repository("acme/secret", visibility="private", by="alice")


async def authorize(caller: Caller, login: str = "alice", **query: str) -> dict[str, list[str]]:
    sent = {
        "client_id": caller.keys.app.client_id,
        "redirect_uri": BACK,
        "state": "s1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    url = f"{caller.github.web_url}/login/oauth/authorize"
    async with caller.session.post(url, params=sent | query, data={"login": login}, allow_redirects=False) as response:
        assert response.status == 302, response.status
        return parse_qs(urlsplit(response.headers["Location"]).query)


async def exchange(caller: Caller, **form: str) -> dict[str, object]:
    app = caller.keys.app
    sent = {"client_id": app.client_id, "client_secret": app.client_secret, "code_verifier": VERIFIER} | form
    async with caller.session.post(f"{caller.github.web_url}/login/oauth/access_token", data=sent) as response:
        assert response.status == 200
        found: dict[str, object] = await response.json()
        return found


async def token(caller: Caller, login: str = "alice") -> str:
    back = await authorize(caller, login)
    return str((await exchange(caller, code=back["code"][0]))["access_token"])


async def test_the_page_shows_people_and_leads_back_with_code_and_state(caller: Caller) -> None:
    url = f"{caller.github.web_url}/login/oauth/authorize?client_id={caller.keys.app.client_id}"
    async with caller.session.get(url) as response:
        assert 'value="alice"' in await response.text()
    back = await authorize(caller)
    assert back["state"] == ["s1"]


@pytest.mark.parametrize(
    "query",
    [
        {"client_id": "Iv1.none"},
        {"redirect_uri": "http://evil.test/login/callback"},
        {"redirect_uri": "http://127.0.0.1:9/login/callback.evil.test"},
        {"code_challenge_method": "plain"},
    ],
)
async def test_nobody_is_led_anywhere_else(caller: Caller, query: dict[str, str]) -> None:
    sent = {"client_id": caller.keys.app.client_id, "redirect_uri": BACK, "code_challenge": CHALLENGE} | query
    url = f"{caller.github.web_url}/login/oauth/authorize"
    async with caller.session.post(url, params=sent, data={"login": "alice"}, allow_redirects=False) as response:
        assert response.status in {404, 422}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, "incorrect_client_credentials"),
        ({"code_verifier": "w" * 43}, "bad_verification_code"),
        ({"code_verifier": ""}, "bad_verification_code"),
        ({"redirect_uri": "http://evil.test"}, "redirect_uri_mismatch"),
        ({"code": "guessed"}, "bad_verification_code"),
        ({"grant_type": "refresh_token", "refresh_token": "ghr_guessed"}, "bad_refresh_token"),
    ],
)
async def test_a_code_alone_is_worth_nothing(caller: Caller, change: dict[str, str], error: str) -> None:
    back = await authorize(caller)
    assert (await exchange(caller, **({"code": back["code"][0]} | change)))["error"] == error


async def test_codes_and_refresh_tokens_are_good_once(caller: Caller) -> None:
    code = (await authorize(caller))["code"][0]
    first = await exchange(caller, code=code)
    assert "error" in await exchange(caller, code=code)
    renewing = {"grant_type": "refresh_token", "refresh_token": str(first["refresh_token"])}
    second = await exchange(caller, **renewing)
    assert second["access_token"] != first["access_token"]
    assert "error" in await exchange(caller, **renewing)
    assert (await caller.call("GET", "/user", auth=str(first["access_token"]))).status == 401
    assert (await caller.call("GET", "/user", auth=str(second["access_token"]))).body["login"] == "alice"


async def see(caller: Caller, auth: str, path: str = "") -> Reply:
    return await caller.call("GET", f"/user/installations{path}", auth=auth)


async def test_one_sees_what_one_was_given(caller: Caller) -> None:
    caller.github.set_role("acme/tool", "bob", "read")
    alice, bob = await token(caller, "alice"), await token(caller, "bob")
    assert [one["id"] for one in (await see(caller, bob)).body["installations"]] == [caller.installed.id]
    path = f"/{caller.installed.id}/repositories"
    assert [one["name"] for one in (await see(caller, alice, path)).body["repositories"]] == ["tool", "secret"]
    [seen] = (await see(caller, bob, path)).body["repositories"]
    assert (seen["name"], seen["permissions"]["pull"], seen["permissions"]["push"]) == ("tool", True, False)


async def test_strangers_see_nothing(caller: Caller, judge: Judge) -> None:
    bob = await token(caller, "bob")
    assert (await see(caller, bob)).body == {"total_count": 0, "installations": []}
    assert (await see(caller, bob, f"/{caller.installed.id}/repositories")).status == 404
    assert (await see(caller, caller.github.personal_token("alice"))).status == 403
    assert (await see(caller, "")).status == 401


async def test_an_app_revokes_a_token_with_its_secret(caller: Caller) -> None:
    app, alice = caller.keys.app, await token(caller)
    path = f"/applications/{app.client_id}/token"
    assert (await caller.call("DELETE", path, {"access_token": alice}, auth=caller.jwt())).status == 404
    basic = "Basic " + base64.b64encode(f"{app.client_id}:{app.client_secret}".encode()).decode()
    reply = await caller.call("DELETE", path, {"access_token": alice}, auth="", headers={"Authorization": basic})
    assert reply.status == 204
    assert (await caller.call("GET", "/user", auth=alice)).status == 401


async def test_the_app_is_installed_from_its_page(caller: Caller) -> None:
    url = f"{caller.github.web_url}/apps/pubflow/installations/new"
    async with caller.session.post(url, data={"account": "bob"}) as response:
        assert response.status == 200
        assert "bob: installed" in await response.text()


async def test_who_is_signed_in_already_is_led_back_at_once(caller: Caller) -> None:
    caller.github.site.visitor = caller.github.account("alice")
    query = {"client_id": caller.keys.app.client_id, "state": "s1"}
    url = f"{caller.github.web_url}/login/oauth/authorize"
    async with caller.session.get(url, params=query, allow_redirects=False) as response:
        assert response.status == 302
        code = parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]
    assert "access_token" in await exchange(caller, code=code, code_verifier="")
