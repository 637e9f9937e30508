"""The small index answers as PyPI does, as far as pubflow asks."""

from __future__ import annotations

import aiohttp
import pytest

from bot.demo.pypi import IndexedProject, LocalPyPI


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/pypi/spoon-knife/json", 200, '"Source": "https://x/y"'),
        ("/pypi/Spoon.Knife/json", 200, '"name": "Spoon.Knife"'),
        ("/simple/spoon-knife/", 200, '"api-version"'),
        ("/pypi/fork/json", 404, "Not Found"),
        ("/simple/fork/", 404, "Not Found"),
        ("/pypi/", 404, ""),
        ("/manage/account/publishing/?owner=%3Cscript%3E", 200, "<code>&lt;script&gt;</code>"),
    ],
)
async def test_answers(path: str, status: int, words: str) -> None:
    known = (IndexedProject(name="Spoon.Knife", urls={"Source": "https://x/y"}),)
    async with (
        LocalPyPI(known) as index,
        aiohttp.ClientSession() as session,
        session.get(index.url + path) as response,
    ):
        assert (response.status, words in await response.text()) == (status, True)


async def test_what_is_known_is_not_sent_again() -> None:
    async with LocalPyPI((IndexedProject(name="spoon"),)) as index, aiohttp.ClientSession() as session:
        address = f"{index.url}/pypi/spoon/json"
        async with session.get(address) as first:
            etag = first.headers["ETag"]
        async with session.get(address, headers={"If-None-Match": etag}) as second:
            assert (second.status, await second.read()) == (304, b"")
        index.add(IndexedProject(name="spoon", version="2.0"))
        async with session.get(address, headers={"If-None-Match": etag}) as third:
            assert third.status == 200
