"""People who let the App act for them: sign-in, renewal, and what GitHub says that they may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot import interest
from bot.demo.github import LocalGitHub
from bot.errors import Gone, SignedOut, Unavailable
from bot.github import AppCredentials, AsPerson, GitHub, OAuth, Token, convert, read_private_key
from tests.demo.conftest import settle

BACK = "http://127.0.0.1:9/login/callback"
VERIFIER = "v" * 43


class Stand:
    """A GitHub with alice and bob, and our client beside it."""

    def __init__(self, github: LocalGitHub, session: aiohttp.ClientSession) -> None:
        self.local, self.session = github, session
        caller = settle(github, session)
        self.app, self.installed = caller.keys.app, caller.installed
        self.app.callback_urls.append(BACK)
        github.create_user("bob")
        github.create_repository("acme/secret", visibility="private", by="alice")
        key = read_private_key(caller.keys.private_key)
        self.github = GitHub(
            session, AppCredentials(app_id=str(self.app.id), key=key), interest=interest, api_url=github.url
        )
        self.oauth = OAuth(
            session=session,
            web_url=github.web_url,
            api_url=github.url,
            client_id=self.app.client_id,
            client_secret=Token(self.app.client_secret),
        )

    async def code(self, login: str = "alice") -> str:
        address = self.oauth.address(back=BACK, state="s", verifier=VERIFIER)
        async with self.session.post(address, data={"login": login}, allow_redirects=False) as response:
            return parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]

    async def person(self, login: str = "alice") -> AsPerson:
        tokens = await self.oauth.exchange(await self.code(login), back=BACK, verifier=VERIFIER)
        return self.github.person(tokens.access)


@pytest.fixture
async def stand(local_github: LocalGitHub) -> AsyncIterator[Stand]:
    async with aiohttp.ClientSession(headers={"User-Agent": "tests"}) as session:
        yield Stand(local_github, session)


async def test_a_person_sees_their_accounts_and_repositories(stand: Stand) -> None:
    alice = await stand.person()
    assert (await alice.who()).login == "alice"
    [account] = await alice.accounts()
    assert (account.login, account.installation, account.organization) == ("acme", stand.installed.id, True)
    seen = await alice.repositories(account.installation)
    assert {one.full_name: (one.public, one.may_administer) for one in seen.values()} == {
        "acme/tool": (True, True),
        "acme/secret": (False, True),
    }
    assert (await alice.repository("acme/secret")).may_write


async def test_a_long_list_comes_whole(stand: Stand) -> None:
    for number in range(205):
        stand.local.create_repository(f"acme/r{number}", by="alice")
    seen = await (await stand.person()).repositories((await (await stand.person()).accounts())[0].installation)
    assert len(seen) == 207


async def test_others_see_nothing_and_cannot_tell_why(stand: Stand) -> None:
    alice, bob = await stand.person(), await stand.person("bob")
    [account] = await alice.accounts()
    assert await bob.accounts() == ()
    with pytest.raises(Gone):
        await bob.repositories(account.installation)
    for name in ("acme/secret", "acme/nothing"):
        with pytest.raises(Gone):
            await bob.repository(name)


async def test_suspended_installations_are_not_shown(stand: Stand) -> None:
    stand.local.suspend(stand.installed)
    assert await (await stand.person()).accounts() == ()


async def test_tokens_are_renewed_once_and_revoked(stand: Stand) -> None:
    first = await stand.oauth.exchange(await stand.code(), back=BACK, verifier=VERIFIER)
    assert first.refresh is not None
    second = await stand.oauth.renew(first.refresh)
    with pytest.raises(SignedOut):
        await stand.github.person(first.access).who()
    with pytest.raises(SignedOut):
        await stand.oauth.renew(first.refresh)
    await stand.oauth.revoke(second.access)
    await stand.oauth.revoke(second.access)
    with pytest.raises(SignedOut):
        await stand.github.person(second.access).who()


async def test_a_wrong_code_verifier_or_secret_signs_nobody_in(stand: Stand) -> None:
    code = await stand.code()
    wrong = replace(stand.oauth, client_secret=Token("wrong"))
    for oauth, verifier in ((wrong, VERIFIER), (stand.oauth, "w" * 43), (stand.oauth, VERIFIER)):
        with pytest.raises(SignedOut) as caught:
            await oauth.exchange(code, back=BACK, verifier=verifier)
        assert code not in str(caught.value)


async def test_nobody_can_say_while_github_is_away(stand: Stand) -> None:
    away = replace(stand.oauth, web_url="http://127.0.0.1:9", api_url="http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        await away.exchange("code", back=BACK, verifier=VERIFIER)
    with pytest.raises(Unavailable):
        await away.revoke(Token("ghu_token"))


async def test_a_manifest_code_becomes_credentials_once(stand: Stand) -> None:
    code = stand.local.confirm_manifest("acme", {"name": "second", "callback_urls": [BACK]})
    made = await convert(stand.session, stand.local.url, code)
    assert (made.slug, made.owner, made.page) == ("second", "acme", f"{stand.local.web_url}/apps/second")
    assert made.private_key.startswith("-----BEGIN")
    assert made.private_key not in repr(made)
    with pytest.raises(Gone):
        await convert(stand.session, stand.local.url, code)
