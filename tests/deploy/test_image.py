"""The image, without a container engine: linted, and everything it does done in a scratch root."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.cli.site import ORGANISATION, site
from tests.deploy.dockerfile import stages
from tests.judges import Judge
from tests.programs import LEFT_OUT, ROOT, program

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
BUILD, SHIPPED = stages(DOCKERFILE)
HOME = "/opt/pubflow"
NOBODY = 10001


def test_hadolint_has_nothing_against_it() -> None:
    done = subprocess.run(
        [program("hadolint", deploying=True), DOCKERFILE], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_what_it_copies_is_there_and_is_not_kept_from_it() -> None:
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    kept = {line.removeprefix("!").rstrip("/") for line in ignored if line.startswith("!")}
    assert BUILD.copied
    for source in BUILD.copied:
        assert (ROOT / source).exists()
        assert any(source.rstrip("/") == one or source.startswith(f"{one}/") for one in kept), source
    assert "*" in ignored


def test_it_runs_as_a_number_that_is_not_root_and_says_how_it_is() -> None:
    assert SHIPPED.one("USER") == f"{NOBODY}:{NOBODY}"
    assert SHIPPED.one("HEALTHCHECK").endswith(f'CMD ["python", "{HOME}/bin/healthy.py"]')
    assert (json.loads(SHIPPED.one("ENTRYPOINT")), json.loads(SHIPPED.one("CMD"))) == (["pubflow"], ["serve"])
    assert SHIPPED.variables["HOST"] == "0.0.0.0"  # noqa: S104 - inside a container
    assert SHIPPED.variables["PORT"] == SHIPPED.one("EXPOSE")


@pytest.mark.parametrize("port", ["1", "65535"])
def test_the_health_check_says_that_nothing_answers(port: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "deploy/image/healthy.py"], env={"PORT": port}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"the web server does not answer (ConnectionRefusedError)\n")


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder that everybody may enter, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="pubflow-image-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def open_python() -> Path | None:
    """The folder of a Python that everybody may run, as in a container; root's own may lie where others cannot look."""
    for place in (Path(sys.base_prefix, "bin"), Path("/usr/bin")):
        python = (place / "python3").resolve()
        if python.exists() and all(folder.stat().st_mode & 0o001 for folder in python.parents):
            version = subprocess.run(
                [python, "-c", "import ensurepip, sys; print(*sys.version_info[:2])"],
                capture_output=True,
                check=False,
                text=True,
            )
            if version.returncode == 0 and tuple(map(int, version.stdout.split())) >= (3, 11):
                return place
    return None


def built(scratch: Path, python: Path) -> Path:
    """Do what the first stage does with what it copies; returns where its result lies."""
    sources, target = scratch / "src", scratch / "pubflow"
    for source in BUILD.copied:
        place = sources / source
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=LEFT_OUT, dirs_exist_ok=True)
        else:
            shutil.copy(ROOT / source, place)
    environment = {**os.environ, "PATH": f"{python}:{os.environ['PATH']}"}
    for command in BUILD.all("RUN"):
        words = ["sh", "-c", command.replace(HOME, str(target))]
        subprocess.run(words, cwd=sources, env=environment, check=True, stderr=subprocess.DEVNULL)
    shutil.rmtree(sources)
    return target


@pytest.mark.soak
async def test_what_the_image_does(scratch: Path, judge: Judge) -> None:
    python = open_python()
    target = await asyncio.to_thread(built, scratch, python or Path(sys.base_prefix, "bin"))
    assert sorted(path.name for path in scratch.iterdir()) == ["pubflow"]
    home = scratch / "home"
    home.mkdir(mode=0o700)
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": ()} if python and os.geteuid() == 0 else {}
    if other:
        os.chown(home, NOBODY, NOBODY)
    async with site(home, judge) as it:
        given = SHIPPED.variables | it.variables | {"HOST": "127.0.0.1", "PUBFLOW_HOME": str(home)}
        given["PATH"] = f"{target}/bin:{os.environ['PATH']}"
        command = [str(target / "bin" / "pubflow"), *json.loads(SHIPPED.one("CMD"))]
        process = await asyncio.create_subprocess_exec(*command, env=given, cwd=home, stderr=PIPE, **other)  # type: ignore[arg-type]
        assert process.stderr is not None
        while b'"listening"' not in (line := await process.stderr.readline()):
            assert line, "it ended before it listened"
        checked = await asyncio.create_subprocess_exec(
            str(target / "bin" / "python"), str(target / "bin" / "healthy.py"), env=given
        )
        assert await checked.wait() == 0
        it.github.set_hook(it.credentials.app, f"http://127.0.0.1:{given['PORT']}/webhook")
        it.package("anvil")
        it.github.install(it.credentials.app, ORGANISATION)
        await it.github.delivered()
        assert {delivery.status_code for delivery in it.github.deliveries()} <= {202, 204}
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{given['PORT']}/readyz") as ready:
            assert ready.status == 200
        process.send_signal(signal.Signals[SHIPPED.one("STOPSIGNAL")])
        _, said = await process.communicate()
        assert (process.returncode, b"Traceback" in said) == (0, False)
