"""Pages for people: what is there is shown, and nothing hostile gets out of its box."""

from __future__ import annotations

import pytest

from tests.demo.caller import Caller

HOSTILE = "<script>alert(1)</script>"


async def _page(caller: Caller, path: str, status: int = 200) -> str:
    url = caller.github.web_url + path
    async with caller.session.get(url, headers={"Accept": "text/html"}) as response:
        assert response.status == status
        assert response.content_type == "text/html"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        text = await response.text()
        assert "<script" not in text
        return text


async def test_pages_lead_from_the_door_to_the_diff(caller: Caller) -> None:
    caller.github.push("acme/tool", {"pyproject.toml": '[project]\nname = "other"\n'}, branch="topic")
    caller.github.open_pull("acme/tool", head="topic", title="Change", body="Why\n\n* one")
    assert 'href="/acme"' in await _page(caller, "/")
    assert 'href="/acme/tool/pull/1"' in await _page(caller, "/acme")
    assert "pyproject.toml" in await _page(caller, "/acme/tool")
    assert "[project]" in await _page(caller, "/acme/tool/blob/main/pyproject.toml")
    pull = await _page(caller, "/acme/tool/pull/1")
    assert '<span class="remove">-name = &#34;tool&#34;</span>' in pull
    assert '<span class="add">+name = &#34;other&#34;</span>' in pull
    assert "Initial commit" in await _page(caller, f"/acme/tool/commit/{caller.repository.head}")


async def test_hostile_texts_are_shown_as_texts(caller: Caller) -> None:
    caller.github.push("acme/tool", {HOSTILE: HOSTILE, "x.svg": f"<svg>{HOSTILE}</svg>"}, branch="topic")
    caller.github.open_pull("acme/tool", head="topic", title=HOSTILE, body=HOSTILE)
    caller.github.comment("acme/tool", 1, HOSTILE)
    caller.github.repository("acme/tool").description = HOSTILE
    for path in ("/acme", "/acme/tool", "/acme/tool/pull/1", "/acme/tool/blob/topic/x.svg"):
        assert "&lt;script&gt;" in await _page(caller, path)


@pytest.mark.parametrize(
    "path",
    [
        "/acme/nothing",
        "/acme/tool/pull/7",
        "/acme/tool/pull/x",
        "/acme/tool/blob/main/nothing",
        "/acme/tool/blob/nowhere/pyproject.toml",
        "/acme/tool/commit/nothing",
        "/acme/tool/pull/1/extra",
    ],
)
async def test_what_is_not_there_is_a_page_too(caller: Caller, path: str) -> None:
    await _page(caller, path, status=404)


async def test_an_old_name_still_finds_its_page(caller: Caller) -> None:
    caller.github.rename_repository("acme/tool", "renamed")
    assert "renamed" in await _page(caller, "/acme/tool")


async def test_the_style_is_served(caller: Caller) -> None:
    async with caller.session.get(caller.github.web_url + "/web/style.css") as response:
        assert (response.status, response.content_type) == (200, "text/css")


async def test_a_manifest_leads_back_with_a_code(caller: Caller) -> None:
    manifest = '{"name": "second", "redirect_url": "http://127.0.0.1:9/setup?a=b"}'
    url = f"{caller.github.web_url}/organizations/acme/settings/apps/new?state=s1"
    async with caller.session.post(url, data={"manifest": manifest}, allow_redirects=False) as response:
        assert response.status == 302
        back = response.headers["Location"]
    assert back.startswith("http://127.0.0.1:9/setup?a=b&code=")
    assert back.endswith("&state=s1")
    code = back.partition("code=")[2].partition("&")[0]
    made = await caller.call("POST", f"/app-manifests/{code}/conversions", auth="")
    assert made.body["owner"]["login"] == "acme"


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"name": "x"}', '{"redirect_url": "http://x.test"}'])
async def test_a_manifest_that_is_none_leads_nowhere(caller: Caller, manifest: str) -> None:
    url = f"{caller.github.web_url}/settings/apps/new"
    async with caller.session.post(url, data={"manifest": manifest}, allow_redirects=False) as response:
        assert response.status == 422
    assert caller.github.site.manifests == {}
