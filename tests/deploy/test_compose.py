"""The compose file, held against the compose specification, and what matters in it."""

from __future__ import annotations

import subprocess
from typing import Any

from ruamel.yaml import YAML

from bot.settings import Settings
from tests.deploy.dockerfile import stages
from tests.programs import ROOT, program

FOLDER = ROOT / "deploy" / "compose"
FILE = FOLDER / "compose.yaml"
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load(FILE.read_text("utf-8"))
OURS = {name: COMPOSE["services"][name] for name in ("web", "worker")}


def test_it_is_what_the_compose_specification_wants() -> None:
    judge = program("check-jsonschema", deploying=True)
    done = subprocess.run(
        [judge, "--builtin-schema", "vendor.compose-spec", FILE], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout


def test_web_and_worker_may_do_as_little_as_possible() -> None:
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert set(service["environment"]) <= {name.upper() for name in Settings.model_fields}
    home = next(line for line in OURS["web"]["tmpfs"] if line.startswith("/var/lib/pubflow"))
    [user] = {f"uid={number},gid={number}" for number in stages(ROOT / "deploy/Dockerfile")[-1].one("USER").split(":")}
    assert user in home


def test_only_this_machine_reaches_the_web_server_and_nobody_the_database() -> None:
    assert OURS["web"]["ports"] == ["127.0.0.1:8080:8080"]
    assert "ports" not in COMPOSE["services"]["database"] | OURS["worker"]
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_example_has_settings_and_no_secret() -> None:
    lines = [line for line in (FOLDER / "example.env").read_text("utf-8").splitlines() if line and line[0] != "#"]
    given = dict(line.split("=", 1) for line in lines)
    assert set(given) - {name.upper() for name in Settings.model_fields} == {"POSTGRES_PASSWORD"}
    assert {name for name, value in given.items() if value} == {"PUBLIC_URL", "PUBFLOW_MODE"}
