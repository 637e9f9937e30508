"""Which containers are known to run today's actions."""

from __future__ import annotations

import pytest

from bot.moving.images import runs_actions
from bot.workflow import Job, read_workflow
from bot.yaml import parse

NEW = (
    *("python", "python:3", "python:3.13", "python:3.8-slim", "docker.io/library/python:3.12-alpine"),
    *("quay.io/pypa/manylinux_2_28_x86_64", "quay.io/pypa/manylinux_2_34_aarch64:latest"),
    *("quay.io/pypa/musllinux_1_2_x86_64", "ubuntu:22.04", "ubuntu:noble", "debian:12-slim", "debian:bookworm"),
    *("almalinux:8", "rockylinux:9.3", "fedora:41", "alpine:3.20"),
)
OLD_OR_UNKNOWN = (
    *("quay.io/pypa/manylinux2014_x86_64", "quay.io/pypa/manylinux2010_x86_64", "quay.io/pypa/manylinux1_x86_64"),
    *("python:3.4", "python:3.6-stretch", "python:2.7-jessie", "ubuntu:18.04", "ubuntu:xenial", "debian:9"),
    *("centos:7", "amazonlinux:2", "registry.example/builder", "${{ matrix.image }}", "evil/python:3.13"),
)


def job(image: str, step: str = "run: make") -> Job:
    text = f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: '{image}'\n    steps:\n      - {step}\n"
    return read_workflow("w.yml", parse(text)).jobs["a"]


@pytest.mark.parametrize("image", NEW)
def test_a_new_one_is_known_by_its_name(image: str) -> None:
    assert runs_actions(job(image))


@pytest.mark.parametrize("image", OLD_OR_UNKNOWN)
def test_of_any_other_nothing_is_known(image: str) -> None:
    assert not runs_actions(job(image))


@pytest.mark.parametrize("image", OLD_OR_UNKNOWN)
def test_where_one_of_github_s_runs_others_do(image: str) -> None:
    assert runs_actions(job(image, "uses: actions/checkout@v4"))
    assert not runs_actions(job(image, "uses: somebody/composite@v1"))
