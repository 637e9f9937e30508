"""The machine of one job, or of one leg of its matrix: a folder, what it may do, and a record of what left it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Plain = Mapping[str, object]

TOOLS = Path(__file__).with_name("tools.sh")
_ASSIGNED = re.compile(r"^([\w-]+)=(.*)$", re.MULTILINE)


class Stopped(Exception):
    """A step fails: GitHub, an action, an index or a command refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Why a workflow runs. `refuses`: the index that takes no files this time."""

    name: str
    ref: str = "refs/heads/main"
    payload: Plain = field(default_factory=dict)
    inputs: Plain = field(default_factory=dict)
    refuses: str = ""

    @property
    def github(self) -> Plain:
        kind, _, name = self.ref.removeprefix("refs/").partition("/")
        return {
            "event_name": self.name,
            "ref": self.ref,
            "ref_name": name,
            "ref_type": "tag" if kind == "tags" else "branch",
            "repository": "Octo-Org/thing",
            "repository_owner": "Octo-Org",
            "sha": "0123",
            "event": {"ref": self.ref, "inputs": self.inputs, **self.payload},
            "workspace": ".",
        }


@dataclass(slots=True, kw_only=True)
class Runner:
    """`permissions`: None where nothing was restricted. `artifacts`: the folder that all jobs of a run share."""

    place: Path
    artifacts: Path
    event: Event
    labels: str
    contained: bool
    permissions: Plain | None
    env: dict[str, str]
    leg: int
    status: str = "success"

    @property
    def workspace(self) -> Path:
        return self.place / "work"

    @property
    def state(self) -> Path:
        return self.place / "state"

    @property
    def told(self) -> list[str]:
        record = self.place / "record"
        return record.read_text().splitlines() if record.exists() else []

    def may(self, scope: str, level: str) -> bool:
        """What nobody restricted may do all but ask for identity tokens."""
        if self.permissions is None:
            return scope != "id-token"
        return self.permissions.get(scope, "none") in ("write", level)

    def tell(self, line: str) -> None:
        with (self.place / "record").open("a") as record:
            record.write(line + "\n")

    def call(self, script: str, env: Mapping[str, str], folder: str, number: int) -> dict[str, str]:
        """The outputs of a script that runs in a folder; raises `Stopped` where it fails."""
        told = {name: self.state / f"{name}-{number}" for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")}
        for path in told.values():
            path.touch()
        cwd = self.workspace / folder
        if not cwd.is_dir():
            raise Stopped(f"no folder {folder}")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=cwd,
            env={**self._known(), **{name: str(path) for name, path in told.items()}, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        self.env |= _assigned(told["GITHUB_ENV"].read_text())
        if done.returncode:
            raise Stopped(done.stderr)
        return _assigned(told["GITHUB_OUTPUT"].read_text())

    def _known(self) -> dict[str, str]:
        github = self.event.github
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.state),
            "BASH_ENV": str(TOOLS),
            "GITHUB_STEP_SUMMARY": "/dev/null",
            "GITHUB_REF": str(github["ref"]),
            "GITHUB_REF_NAME": str(github["ref_name"]),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RECORD": str(self.place / "record"),
            "STATE": str(self.state),
            "MINTS": "yes" if self.may("id-token", "write") else "no",
            "WRITES": "yes" if self.may("contents", "write") else "no",
            "REFUSES": self.event.refuses,
            "LEG": f"leg{self.leg}",
        }


def _assigned(text: str) -> dict[str, str]:
    return dict(_ASSIGNED.findall(text))
