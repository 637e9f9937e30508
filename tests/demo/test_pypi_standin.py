"""The small index answers as PyPI does, as far as pubflow and the tools that upload ask; those tools are the judges."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.demo import runner
from bot.demo.pypi import GitHubPublisher, IndexedProject, LocalPyPI, shelves
from bot.demo.pypi.shapes import SIMPLE_JSON
from bot.demo.runner import UploadRefused

PUBLISHER = GitHubPublisher(repository="Octo/spoon", workflow="release.yml", environment="pypi")
CLAIMS = {
    "repository": "Octo/spoon",
    "job_workflow_ref": "Octo/spoon/.github/workflows/release.yml@refs/tags/v1",
    "environment": "PyPI",
}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/pypi/spoon-knife/json", 200, '"Source": "https://x/y"'),
        ("/pypi/Spoon.Knife/json", 200, '"name": "Spoon.Knife"'),
        ("/simple/spoon-knife/", 200, '"api-version"'),
        ("/pypi/fork/json", 404, "Not Found"),
        ("/simple/fork/", 404, "Not Found"),
        ("/integrity/spoon-knife/1.0/x.whl/provenance", 404, "Not Found"),
        ("/files/x.whl", 404, ""),
        ("/pypi/", 404, ""),
        ("/_/oidc/audience", 200, '"pypi"'),
        ("/manage/account/publishing/?owner=%3Cscript%3E", 200, "<code>&lt;script&gt;</code>"),
    ],
)
async def test_answers(path: str, status: int, words: str) -> None:
    known = (IndexedProject(name="Spoon.Knife", urls={"Source": "https://x/y"}),)
    json = {"Accept": "application/vnd.pypi.simple.v1+json"}
    async with (
        LocalPyPI(known) as index,
        aiohttp.ClientSession() as session,
        session.get(index.url + path, headers=json) as response,
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


async def test_a_publisher_uploads_and_what_it_uploaded_names_it() -> None:
    async with LocalPyPI((IndexedProject(name="spoon"),)) as index, aiohttp.ClientSession() as session:
        index.register("spoon", PUBLISHER)
        token = await runner.exchange(session, index.url, CLAIMS)
        filename = await runner.upload(session, index.upload_url, token, "spoon", "1.0", attest=True)
        address = f"{index.url}/integrity/spoon/1.0/{filename}/provenance"
        async with session.get(address) as answer:
            [bundle] = (await answer.json())["attestation_bundles"]
    assert bundle["publisher"] == {
        "kind": "GitHub",
        "repository": "Octo/spoon",
        "workflow": "release.yml",
        "environment": "pypi",
        "claims": None,
    }


@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS | {"repository": "octo/spoon"},
        CLAIMS | {"job_workflow_ref": "Octo/spoon/.github/workflows/publish.yml@refs/tags/v1"},
        CLAIMS | {"environment": "release"},
        {},
    ],
)
async def test_another_identity_gets_no_token(claims: dict[str, str]) -> None:
    async with LocalPyPI((IndexedProject(name="spoon"),)) as index, aiohttp.ClientSession() as session:
        index.register("spoon", PUBLISHER)
        with pytest.raises(UploadRefused, match="`invalid-publisher`: valid token, but no corresponding publisher"):
            await runner.exchange(session, index.url, claims)


async def test_a_revoked_token_and_a_second_upload_are_refused() -> None:
    async with LocalPyPI((IndexedProject(name="spoon"),)) as index, aiohttp.ClientSession() as session:
        token = index.api_token("spoon")
        await runner.upload(session, index.upload_url, token, "spoon", "1.0", attest=True)
        with pytest.raises(UploadRefused, match="File already exists"):
            await runner.upload(session, index.upload_url, token, "spoon", "1.0", attest=True)
        index.revoke(token)
        with pytest.raises(UploadRefused, match="403 Invalid or non-existent authentication information"):
            await runner.upload(session, index.upload_url, token, "spoon", "2.0", attest=True)
        assert [(file.version, file.publisher) for file in index.files("spoon")] == [("1.0", None)]


@pytest.mark.parametrize("shelf", ["memory", "pypiserver"])
async def test_twine_uploads_and_pip_downloads(shelf: str, tmp_path: Path) -> None:
    pytest.importorskip("twine")
    filename, content = runner.wheel("spoon", "1.0")
    (tmp_path / filename).write_bytes(content)
    async with shelves.pypiserver(tmp_path / "shelf") as real:
        kept = real if shelf == "pypiserver" else None
        async with LocalPyPI((IndexedProject(name="spoon"),), shelf=kept) as index:
            token = index.api_token("spoon")
            address = ["--repository-url", index.upload_url, "-u", "__token__", "-p", token]
            await run("-m", "twine", "upload", *address, str(tmp_path / filename))
            into = ["--no-deps", "--index-url", f"{index.url}/simple/", "--dest", str(tmp_path / "got")]
            await run("-m", "pip", "download", "--no-cache-dir", "--disable-pip-version-check", *into, "spoon")
    assert (tmp_path / "got" / filename).read_bytes() == content


async def test_a_real_index_takes_what_our_runner_uploads(tmp_path: Path) -> None:
    async with shelves.pypiserver(tmp_path / "shelf") as shelf, aiohttp.ClientSession() as session:
        filename = await runner.upload(session, f"{shelf.url}/", "any", "spoon", "1.0", attest=False)
        async with session.get(f"{shelf.url}/packages/{filename}") as got:
            assert await got.read() == runner.wheel("spoon", "1.0")[1]


async def test_files_lie_in_a_real_index_and_what_it_lacks_stands_before_it(tmp_path: Path) -> None:
    async with shelves.pypiserver(tmp_path / "shelf") as shelf, aiohttp.ClientSession() as session:
        async with LocalPyPI((IndexedProject(name="Spoon.Fork"),), shelf=shelf) as index:
            token = index.api_token("spoon-fork")
            with pytest.raises(UploadRefused, match="isn't allowed to upload to project 'knife'"):
                await runner.upload(session, index.upload_url, token, "knife", "1.0", attest=True)
            filename = await runner.upload(session, index.upload_url, token, "Spoon.Fork", "1.0", attest=True)
            with pytest.raises(UploadRefused, match="File already exists"):
                await runner.upload(session, index.upload_url, token, "Spoon.Fork", "1.0", attest=True)
            async with session.get(f"{index.url}/simple/spoon-fork/", headers={"Accept": SIMPLE_JSON}) as got:
                [file] = json.loads(await got.text())["files"]
            async with session.get(file["url"]) as got:
                content = await got.read()
            assert await shelf.listed("knife") == {}
        assert [each.name for each in (tmp_path / "shelf").iterdir()] == [filename]
    assert file["hashes"]["sha256"] == hashlib.sha256(content).hexdigest()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):  # its process is gone
            await session.get(shelf.url)


async def run(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
