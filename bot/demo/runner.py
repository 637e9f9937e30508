"""What a publish job does on a runner, so far as the index can see: builds a wheel, gets a credential, uploads.

Over HTTP as the real tools do, with a wheel that pip installs.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping

import aiohttp
from packaging.utils import canonicalize_name

from bot.demo.pypi import identity_token


class UploadRefused(Exception):
    """The index did not take it; the text is what a tool would write into the log."""


def wheel(project: str, version: str) -> tuple[str, bytes]:
    """Name and content of a wheel with one empty module."""
    module = canonicalize_name(project).replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
    tags = "Wheel-Version: 1.0\nGenerator: pubflow-demo\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    parts = {f"{module}.py": "", f"{info}/METADATA": metadata, f"{info}/WHEEL": tags}
    record = "".join(f"{name},,\n" for name in (*parts, f"{info}/RECORD"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in {**parts, f"{info}/RECORD": record}.items():
            archive.writestr(name, text)
    return f"{module}-{version}-py3-none-any.whl", packed.getvalue()


async def exchange(session: aiohttp.ClientSession, index_url: str, claims: Mapping[str, str]) -> str:
    """An API token for an identity token with these claims. Raises UploadRefused with PyPI's words."""
    asked = {"token": identity_token(claims)}
    async with session.post(f"{index_url}/_/oidc/mint-token", json=asked) as response:
        answer = await response.json()
    if response.status == 200:
        return str(answer["token"])
    error = answer["errors"][0]
    raise UploadRefused(
        "Trusted publishing exchange failure: \n"
        "Token request failed: the server refused the request for the following reasons:\n\n"
        f"* `{error['code']}`: {error['description']}"
    )


async def upload(
    session: aiohttp.ClientSession, address: str, token: str, project: str, version: str, *, attest: bool
) -> str:
    """Upload a wheel as twine does; its file name. `address`: the index's address for uploads.

    Raises UploadRefused with twine's words.
    """
    filename, content = wheel(project, version)
    form = aiohttp.FormData()
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": project,
        "version": version,
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
    }
    for name, value in (fields | ({"attestations": "[]"} if attest else {})).items():
        form.add_field(name, value)
    form.add_field("content", content, filename=filename, content_type="application/octet-stream")
    credentials = base64.b64encode(f"__token__:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    async with session.post(address, data=form, headers=headers) as response:
        if response.status != 200:
            raise UploadRefused(f"HTTPError: {response.status} {response.reason} from {address}\n{response.reason}")
    return filename
