"""Real workflows, in five variants: read, edited at random places, and held against the oracle."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from zlib import crc32

import pytest

from bot.errors import Unparsable
from bot.yaml import Document, parse
from tests.yaml.drawing import operation
from tests.yaml.test_properties import check
from tests.yaml.variants import VARIANTS

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "repos.tar.gz"
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside this checkout")


@pytest.fixture(scope="module")
def workflows() -> list[tuple[str, str]]:
    """(name, text) of every workflow file."""
    return list(_workflows())


def _workflows() -> Iterator[tuple[str, str]]:
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            if member.isfile() and "/.github/workflows/" in member.name and member.name.endswith((".yml", ".yaml")):
                file = archive.extractfile(member)
                assert file is not None
                yield member.name, file.read().decode("utf-8")


def documents(workflows: list[tuple[str, str]], variant: str) -> Iterator[tuple[Random, Document]]:
    for name, text in workflows:
        with suppress(Unparsable):
            document = parse(VARIANTS[variant](text))
            yield Random(crc32(f"{name}{variant}".encode())), document


def test_every_workflow_is_read(workflows: list[tuple[str, str]]) -> None:
    assert len(workflows) - len(list(documents(workflows, "as is"))) == 1  # one has the key `steps` twice


@pytest.mark.parametrize("variant", VARIANTS)
def test_workflows(workflows: list[tuple[str, str]], variant: str) -> None:
    done = refused = 0
    for rng, document in documents(workflows, variant):
        op = operation(document, rng)
        if op is None:
            continue
        done += 1
        refused += not check(document.text, op)
    assert done > len(workflows) / 3
    assert refused < done / 10
