"""Probot, the usual framework for GitHub Apps, with a handler that does nothing: it verifies, and stores nothing.

It is installed from npm into `.cache/probot` when it is first wanted; without npm, or a registry, it is left out.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HOME: Final = Path(__file__).parent.parent / ".cache" / "probot"
PACKAGE: Final = "probot@13.4.7"
INSTALL_SECONDS: Final = 300
_SERVER: Final = """
import { Probot, Server } from "probot";
const { PORT, SECRET, KEY } = process.env;
const server = new Server({
  Probot: Probot.defaults({ appId: 1, privateKey: KEY, secret: SECRET, logLevel: "fatal" }),
  host: "127.0.0.1", port: Number(PORT), webhookPath: "/webhook", webhooksPath: "/webhook",
});
await server.load((app) => { app.on("push", async () => {}); });
await server.start();
"""


class Unavailable(Exception):
    """Probot cannot run here; the text says why."""


@dataclass(frozen=True, slots=True)
class Probot:
    """A running server that answers `POST /webhook`."""

    process: subprocess.Popen[bytes]
    port: int

    @classmethod
    def start(cls, secret: bytes) -> Probot:
        """Raises Unavailable."""
        node = shutil.which("node")
        if node is None:
            raise Unavailable("there is no node")
        _install()
        script = HOME / "server.mjs"
        script.write_text(_SERVER, encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        given = {"PATH": os.environ["PATH"], "PORT": str(port), "SECRET": secret.decode(), "KEY": pem}
        quiet = {"NODE_ENV": "production", "LOG_LEVEL": "fatal"}
        process = subprocess.Popen(
            [node, str(script)], cwd=HOME, env=given | quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        found = cls(process, port)
        found.wait()
        return found

    def wait(self) -> None:
        for _ in range(300):
            if self.process.poll() is not None:
                raise Unavailable(f"it ended by itself with {self.process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise Unavailable("it does not listen")

    def cpu(self) -> float:
        """Seconds that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def _install() -> None:
    if (HOME / "node_modules" / "probot").is_dir():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("there is no npm")
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    quietly = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    try:
        subprocess.run([npm, "install", *quietly, PACKAGE], cwd=HOME, check=True, timeout=INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        shutil.rmtree(HOME, ignore_errors=True)
        raise Unavailable(f"npm cannot install {PACKAGE}") from error
