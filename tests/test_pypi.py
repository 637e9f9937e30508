"""PyPI is asked over real HTTP: politely, with bounds, and an answer that is none becomes "could not be asked"."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.model import Attested, IndexFacts
from bot.pypi import USER_AGENT, PyPI
from bot.pypi.shelf import Table
from bot.released import Released
from bot.store import make_engine, migrate

WEB = "https://github.com"


@dataclass
class Index:
    """A PyPI on localhost that answers what it is told to, and remembers what it was asked."""

    answers: list[web.StreamResponse | Callable[[web.Request], web.StreamResponse]] = field(default_factory=list)
    asked: list[web.Request] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    now: float = 0.0
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        answer = self.answers.pop(0)
        return answer(request) if callable(answer) else answer


@pytest.fixture
async def index() -> AsyncIterator[Index]:
    index = Index()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", index.answer)
    async with TestServer(application) as server:
        index.url = str(server.make_url("/"))
        yield index


@pytest.fixture
async def pypi(index: Index) -> AsyncIterator[PyPI]:
    async with aiohttp.ClientSession() as session:
        yield PyPI(session, url=index.url, web_url=WEB, clock=lambda: index.now)


def project(**info: object) -> web.Response:
    return web.json_response({"info": info, "releases": {}, "urls": []}, headers={"ETag": '"one"'})


async def test_a_name_that_is_free(index: Index, pypi: PyPI) -> None:
    index.answers = [web.Response(status=404)]
    assert await pypi.project("Free.Name") == IndexFacts(name="free-name", exists=False)
    assert index.asked[0].path == "/pypi/free-name/json"
    assert index.asked[0].headers["User-Agent"] == USER_AGENT
    assert "Authorization" not in index.asked[0].headers


LINKS: dict[str, tuple[dict[str, object], set[str]]] = {
    "the home page": ({"home_page": "https://github.com/Octo/Spoon"}, {"octo/spoon"}),
    "links of a project": (
        {"project_urls": {"Source": "https://github.com/octo/spoon.git", "Issues": "https://github.com/a/b/issues"}},
        {"octo/spoon", "a/b"},
    ),
    "with www and a slash": ({"home_page": "http://www.github.com/octo/spoon/"}, {"octo/spoon"}),
    "a link that is null": ({"home_page": None, "project_urls": {"Source": None}}, set()),
    "no links": ({"home_page": "", "project_urls": None}, set()),
    "somewhere else": ({"home_page": "https://gitlab.com/octo/spoon"}, set()),
    "a host that looks like it": ({"home_page": "https://github.com.evil.example/octo/spoon"}, set()),
    "a person's page": ({"home_page": "https://github.com/octo"}, set()),
    "pages": ({"home_page": "https://octo.github.io/spoon"}, set()),
    "no address": ({"home_page": "http://[github.com/octo/spoon", "project_urls": {"x": "github.com/a/b"}}, set()),
}


@pytest.mark.parametrize("case", LINKS)
async def test_which_repositories_a_project_links_to(index: Index, pypi: PyPI, case: str) -> None:
    info, repositories = LINKS[case]
    index.answers = [project(**info)]
    assert await pypi.project("spoon") == IndexFacts(name="spoon", exists=True, repositories=frozenset(repositories))


def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


def body(text: str | bytes) -> web.Response:
    return web.Response(body=text, content_type="application/json")


def bomb(_request: web.Request) -> web.Response:
    zeros = gzip.compress(b'{"info": "' + b"0" * (65 * 1024 * 1024), compresslevel=1)
    return web.Response(body=zeros, headers={"Content-Encoding": "gzip"})


NO_ANSWER: dict[str, web.StreamResponse | Callable[[web.Request], web.StreamResponse]] = {
    "an error": web.Response(status=503),
    "too many requests": web.Response(status=429),
    "refused": web.Response(status=403),
    "gone": web.Response(status=410),
    "sent elsewhere": web.Response(status=302, headers={"Location": "http://127.0.0.1:9/inside"}),
    "sent elsewhere on the same host": web.Response(status=301, headers={"Location": "/inside"}),
    "not asked for, not modified": web.Response(status=304),
    "no content": web.Response(status=204),
    "no JSON": body("<html>maintenance</html>"),
    "cut short": body('{"info": {'),
    "not UTF-8": body(b'{"info": {"home_page": "\xff"}}'),
    "another shape": body("[]"),
    "no info": body("{}"),
    "wrong types": body('{"info": {"home_page": 7}}'),
    "wrong links": body('{"info": {"project_urls": ["https://github.com/octo/spoon"]}}'),
    "nested without end": body('{"x": ' + "[" * 100_000),
    "more than anybody needs": bomb,
}


@pytest.mark.parametrize("case", NO_ANSWER)
async def test_whatever_goes_wrong_is_not_asked_and_never_free(index: Index, pypi: PyPI, case: str) -> None:
    index.answers = [NO_ANSWER[case], web.Response(status=404)]
    assert await pypi.project("spoon") == IndexFacts(name="spoon", exists=None)
    # It is not remembered either: the next one asks again.
    assert (await pypi.project("spoon")).exists is False


async def test_the_connection_is_cut(index: Index, pypi: PyPI) -> None:
    index.answers = [cut, cut]  # the client tries what may safely be repeated once more
    assert await pypi.project("spoon") == IndexFacts(name="spoon", exists=None)


async def test_nobody_listens() -> None:
    async with aiohttp.ClientSession() as session:
        index = PyPI(session, url="http://127.0.0.1:1", web_url=WEB)
        assert (await index.project("spoon")).exists is None


@pytest.mark.parametrize("name", ["", "a/b", "../simple", "a b", "a?b", "-a", "é", "a" * 5000 + "/", "a\nb"])
async def test_what_cannot_be_a_name_is_not_asked_for(index: Index, pypi: PyPI, name: str) -> None:
    assert (await pypi.project(name)).exists is None
    assert not index.asked


async def test_answers_are_fresh_for_ten_minutes_and_then_asked_for_conditionally(index: Index, pypi: PyPI) -> None:
    index.answers = [project(home_page="https://github.com/octo/spoon"), web.Response(status=304)]
    first = await pypi.project("spoon")
    index.now = 599.0
    assert await pypi.project("Spoon") == first
    assert len(index.asked) == 1
    index.now = 601.0
    assert await pypi.project("spoon") == first
    assert index.asked[1].headers["If-None-Match"] == '"one"'
    index.now = 1200.0
    assert await pypi.project("spoon") == first
    assert len(index.asked) == 2


async def test_a_name_that_was_free_is_asked_for_again_unconditionally(index: Index, pypi: PyPI) -> None:
    index.answers = [web.Response(status=404), project()]
    assert (await pypi.project("spoon")).exists is False
    index.now = 601.0
    assert (await pypi.project("spoon")).exists is True
    assert "If-None-Match" not in index.asked[1].headers


async def test_one_request_at_a_time_and_one_for_each_name(index: Index, pypi: PyPI) -> None:
    index.answers = [web.Response(status=404) for _ in range(3)]
    await asyncio.gather(*(pypi.project(name) for name in ("a", "b", "c", "A", "b")))
    assert len(index.asked) == 3
    assert index.most_at_once == 1


async def test_a_github_of_ones_own_counts_by_host_and_port(index: Index) -> None:
    index.answers = [project(home_page="http://127.0.0.1:4000/octo/spoon", project_urls={"x": "http://127.0.0.1/a/b"})]
    async with aiohttp.ClientSession() as session:
        facts = await PyPI(session, url=index.url, web_url="http://127.0.0.1:4000").project("spoon")
    assert facts.repositories == {"octo/spoon"}


# ---------------------------------------------------------------- ownership and releases


def ownership(value: object) -> web.Response:
    return web.json_response({"info": {}, "ownership": value})


OWNERSHIP: dict[str, tuple[object, tuple[str, ...], str | None]] = {
    "owners and maintainers": (
        {"roles": [{"role": "Owner", "user": "ana"}, {"role": "Maintainer", "user": "ben"}], "organization": None},
        ("ana",),
        None,
    ),
    "an organisation": ({"roles": [], "organization": "acme"}, (), "acme"),
    "an index that does not say": (None, (), None),
    "names that are none": ({"roles": [{"role": "Owner", "user": "@all\n# hi"}], "organization": "<b>"}, (), None),
}


@pytest.mark.parametrize("case", OWNERSHIP)
async def test_whom_to_ask(index: Index, pypi: PyPI, case: str) -> None:
    said, owners, organization = OWNERSHIP[case]
    index.answers = [ownership(said)]
    facts = await pypi.project("spoon")
    assert (facts.owners, facts.organization) == (owners, organization)


def listing(*files: tuple[str, str | None]) -> web.Response:
    shown = [{"filename": f"{at}.whl", "upload-time": at, "provenance": address} for at, address in files]
    return web.json_response({"files": shown, "versions": ["1"]}, headers={"ETag": '"one"'})


def vouches(**publisher: object) -> web.Response:
    return web.json_response({"version": 1, "attestation_bundles": [{"publisher": publisher, "attestations": []}]})


async def test_the_publisher_of_the_newest_file_that_has_provenance(index: Index, pypi: PyPI) -> None:
    address = f"{index.url}integrity/spoon/2/spoon-2.whl/provenance"
    index.answers = [
        listing(
            ("2026-01-01T00:00:00Z", f"{address}.old"),
            ("2026-03-01T00:00:00.5Z", None),
            ("2026-02-01T00:00:00Z", address),
        ),
        vouches(kind="GitHub", repository="Octo/spoon", workflow="release.yml", environment="pypi", claims={"x": 1}),
        web.Response(status=304),
    ]
    released = await pypi.released("Spoon")
    assert released == Released(
        name="spoon",
        exists=True,
        uploads=(1772323200.5, 1769904000.0, 1767225600.0),
        attested=Attested(repository="Octo/spoon", workflow="release.yml", environment="pypi", at=1769904000.0),
    )
    assert index.asked[0].headers["Accept"] == "application/vnd.pypi.simple.v1+json"
    index.now = 601.0
    assert await pypi.released("spoon") == released  # the listing conditionally, the provenance never again
    assert [request.path for request in index.asked].count("/integrity/spoon/2/spoon-2.whl/provenance") == 1
    assert index.asked[2].headers["If-None-Match"] == '"one"'


FILE = ("2026-01-01T00:00:00Z", "integrity/spoon/1/a/provenance")
NOT_ATTESTED: dict[str, list[web.StreamResponse]] = {
    "another kind of publisher": [vouches(kind="GitLab", repository="octo/spoon")],
    "provenance that is gone": [web.Response(status=404)],
    "provenance of another shape": [web.json_response([])],
    "an error": [web.Response(status=503)],
}


@pytest.mark.parametrize("case", NOT_ATTESTED)
async def test_no_provenance_is_no_proof_of_anything(index: Index, pypi: PyPI, case: str) -> None:
    index.answers = [listing((FILE[0], index.url + FILE[1])), *NOT_ATTESTED[case]]
    released = await pypi.released("spoon")
    assert (released.exists, released.uploads, released.attested) == (True, (1767225600.0,), None)
    assert len(index.asked) == 2


@pytest.mark.parametrize("address", [None, "https://evil.example/integrity/spoon/1/a/provenance", "/integrity/x"])
async def test_provenance_is_asked_of_the_index_alone(index: Index, pypi: PyPI, address: str | None) -> None:
    index.answers = [listing((FILE[0], address))]
    assert (await pypi.released("spoon")).attested is None
    assert len(index.asked) == 1


RELEASES: dict[str, tuple[web.StreamResponse, bool | None]] = {
    "a name that is free": (web.Response(status=404), False),
    "an error": (web.Response(status=503), None),
    "no JSON": (body("<html>"), None),
    "a file without a date": (web.json_response({"files": [{"filename": "a", "upload-time": "soon"}]}), True),
}


@pytest.mark.parametrize("case", RELEASES)
async def test_what_is_not_released(index: Index, pypi: PyPI, case: str) -> None:
    answer, exists = RELEASES[case]
    index.answers = [answer]
    assert await pypi.released("spoon") == Released(name="spoon", exists=exists)


async def test_answers_outlive_the_process(index: Index, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'p.sqlite3'}")
    migrate(engine)
    index.answers = [listing(("2026-01-01T00:00:00Z", None)), web.Response(status=304), web.Response(status=304)]
    for now in (0.0, 300.0, 601.0):  # releases are asked for each time, and cost nothing while nothing is new
        async with aiohttp.ClientSession() as session:
            pypi = PyPI(session, url=index.url, web_url=WEB, clock=lambda now=now: now, shelf=Table(engine))  # type: ignore[misc]
            assert (await pypi.released("spoon")).uploads == (1767225600.0,)
    assert [request.headers.get("If-None-Match") for request in index.asked] == [None, '"one"', '"one"']
    engine.dispose()


async def test_a_database_that_does_not_answer_is_an_empty_shelf(index: Index, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'p.sqlite3'}")  # without tables
    index.answers = [web.Response(status=404)]
    async with aiohttp.ClientSession() as session:
        pypi = PyPI(session, url=index.url, web_url=WEB, shelf=Table(engine))
        assert (await pypi.project("spoon")).exists is False
    engine.dispose()


async def test_a_name_that_was_taken_stays_taken_while_the_index_is_down(index: Index, pypi: PyPI) -> None:
    index.answers = [project(home_page="https://github.com/octo/spoon"), web.Response(status=503)]
    first = await pypi.project("spoon")
    index.now = 601.0
    assert await pypi.project("spoon") == first


async def test_a_name_that_was_free_may_be_taken_meanwhile(index: Index, pypi: PyPI) -> None:
    index.answers = [web.Response(status=404), web.Response(status=503)]
    await pypi.project("spoon")
    index.now = 601.0
    assert (await pypi.project("spoon")).exists is None
