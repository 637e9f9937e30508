"""Pages for people: what is there is shown, and nothing hostile gets out of its box."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.github.markdown import shown
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


BODY = """\
<!-- hidden -->
### Head

| a | b |
| --- | --- |
| `1` | 2 |

- [x] <!-- pubflow:rebase --> ticked
- [ ] not ticked

<details><summary>More</summary>

[a link](https://example.org/)

</details>
"""


async def test_bodies_and_comments_are_shown_as_markdown(caller: Caller) -> None:
    caller.github.push("acme/tool", {"x": "y"}, branch="topic")
    caller.github.open_pull("acme/tool", head="topic", title="Change", body=BODY)
    issue = caller.github.open_issue("acme/tool", "Question", "**Why**\nso")
    caller.github.comment("acme/tool", issue.number, BODY)
    for path in ("/acme/tool/pull/1", f"/acme/tool/issues/{issue.number}"):
        page = await _page(caller, path)
        for part in (
            "<h3>Head</h3>",
            "<td><code>1</code></td>",
            '<input type="checkbox" disabled checked aria-label="box">  ticked',
            '<input type="checkbox" disabled aria-label="box"> not ticked',
            "<details><summary>More</summary>",
            '<a href="https://example.org/">a link</a>',
        ):
            assert part in page
        assert "hidden" not in page
    assert "<strong>Why</strong><br" in page


ATTACKS = [
    HOSTILE,
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "[x](javascript:alert(1)) [y](data:text/html,x) <javascript:alert(1)>",
    "<details onclick=alert(1)><summary onclick=x>",
    "<!-- a --!><script>x</script> -->",
    "<style>body{display:none}</style>",
    "<a href='javascript:x'>y</a><iframe src=x>",
    "| <b>x</b> |\n| :-: |\n| <svg/onload=x> |",
    "[x](https://e.example 'a\" onmouseover=\"x')",
    "```\n<script>\n```\n`<script>`",
    "</article></main><form action=x><input name=y>",
]
HARMLESS = re.compile(
    r"</?(?:p|h[1-6]|strong|em|s|code|pre|ul|ol|li|blockquote|table|thead|tbody|tr|th|td|details|summary|article)>"
    r"|<br ?/?>|<hr ?/?>|</a>|<a href=\"https?://[^\"<>]*\"(?: title=\"[^\"<>]*\")?>"
    r"|<code class=\"language-[^\"<>]*\">|<ol start=\"\d+\">"
    r'|<input type="checkbox" disabled(?: checked)? aria-label="box">'
)


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(st.sampled_from(ATTACKS), st.lists(st.sampled_from(ATTACKS)).map("\n".join), st.text()))
def test_nothing_of_a_text_is_anything_but_text_and_what_markdown_has(text: str) -> None:
    left = HARMLESS.sub("", shown(text))
    assert "<" not in left


@pytest.mark.parametrize(
    "path",
    [
        "/acme/nothing",
        "/acme/tool/pull/7",
        "/acme/tool/pull/x",
        "/acme/tool/issues/7",
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
