"""The reverse proxies' files, by the proxies themselves: deliveries come through byte for byte, metrics do not."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.demo.stage import Stage, stage
from tests.chaos.bots import free_port
from tests.programs import ROOT, program

FOLDER = ROOT / "deploy" / "proxy"
LARGE = 3 * 1024 * 1024
"""Bytes, and more than a proxy takes by itself."""
SAMPLES = ("anvil", "bellows")


@asynccontextmanager
async def running(folder: Path, *command: str, **variables: str) -> AsyncIterator[None]:
    """A proxy, until the context ends."""
    alone = {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, env=alone | variables, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            await process.wait()


async def through(port: int, it: Stage) -> None:
    """Let GitHub deliver through the proxy, and ask for pages."""
    base = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            try:
                async with session.get(f"{base}/healthz") as response:
                    assert response.status == 200
                    break
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.05)
        async with session.get(f"{base}/metrics") as response:
            assert (response.status, "pubflow_" in await response.text()) == (404, False)
        async with session.post(f"{base}/webhook", data=io.BytesIO(b"x" * LARGE)) as response:
            assert response.status == 401
    it.github.set_hook(it.credentials.app, f"{base}/webhook")
    await it.play(lambda _text: None)
    assert it.github.deliveries()
    assert {delivery.status_code for delivery in it.github.deliveries()} <= {202, 204}


@asynccontextmanager
async def small(folder: Path) -> AsyncIterator[Stage]:
    from bot.demo.samples import samples

    def cast(url: str) -> tuple[object, ...]:
        return tuple(sample for sample in samples(url) if sample.name in SAMPLES)

    async with stage(folder / "home", cast=cast) as it:  # type: ignore[arg-type]
        yield it


async def test_deliveries_come_through_caddy(tmp_path: Path) -> None:
    caddy, port = program("caddy", deploying=True), free_port()
    file = tmp_path / "Caddyfile"
    file.write_text("{\n\tadmin off\n}\n\n" + (FOLDER / "Caddyfile").read_text("utf-8"), "utf-8")
    async with small(tmp_path) as it:
        address = it.bot_url.removeprefix("http://")
        where = {"PUBFLOW_SITE": f"http://127.0.0.1:{port}", "PUBFLOW_ADDRESS": address}
        async with running(tmp_path, caddy, "run", "--config", str(file), "--adapter", "caddyfile", **where):
            await through(port, it)


async def test_deliveries_come_through_nginx(tmp_path: Path) -> None:
    nginx, port = shutil.which("nginx"), free_port()
    if nginx is None:
        pytest.skip("nginx is not on this machine")
    text = (FOLDER / "nginx.conf").read_text("utf-8")
    async with small(tmp_path) as it:
        text = text.replace("127.0.0.1:8080", it.bot_url.removeprefix("http://"))
        text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
        text = "\n".join(line for line in text.splitlines() if "ssl_" not in line)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
        user = "user root;\n" if os.geteuid() == 0 else ""  # nobody else may enter this test's folder
        main = f"{user}daemon off;\npid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n"
        around = f"{main}http {{\naccess_log off;\n{folders}{text}\n}}\n"
        (tmp_path / "nginx.conf").write_text(around, "utf-8")
        async with running(tmp_path, nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")):
            await through(port, it)


def test_caddy_formats_it_so() -> None:
    done = subprocess.run(
        [program("caddy", deploying=True), "fmt", "--diff", FOLDER / "Caddyfile"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_what_must_be_in_both(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    for words in ("127.0.0.1:8080", "/metrics", "25", "Strict-Transport-Security"):
        assert words in text
