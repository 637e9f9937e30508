"""Real repositories with lines of their workflows changed at random: whatever stands there is decided, and only once.

Nothing may raise, every workflow that is changed is YAML as before, and what was proposed is not proposed again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from random import Random

import pytest

from bot.bumping.snapshot import catalogue, shipped
from bot.interest import WORKFLOW
from bot.plan import Decision, decide
from bot.questions import actions
from bot.survey import survey
from bot.yaml import parse
from tests.test_corpus import CORPUS, folders, snapshot

pytestmark = pytest.mark.skipif(not (CORPUS / "repos.tar.gz").exists(), reason="the corpus is not beside the checkout")

NOW = 1_795_000_000.0
FEW, MANY = 150, 4_000
_WORD = re.compile(r"[A-Za-z_][\w./@-]{2,40}")
_ENDS = ("  # a note", " # v3", " ", "\t", "\\", " |", " >-", ": x", " &a", " *a", "é", "\u2028", "\x85", "🚀", "\x00")
_USES = (
    *("pypa/gh-action-pypi-publish@master", "pypa/gh-action-pypi-publish@v1.4.2", "actions/upload-artifact@v2"),
    *("actions/download-artifact@v3", "./.github/actions/x", "o/r/.github/workflows/publish.yml@main"),
    *("PyO3/maturin-action@v1", "actions/checkout@8e5e7e5ab8b370d6c329ec480221332ada57f0ab # v3.5.2"),
)
_RUN = (
    *("twine upload dist/*", "make release", "tox -e publish", "uv publish", "hatch publish", "flit publish"),
    *("poetry publish --build -p ${{ secrets.PYPI_TOKEN }}", 'echo "X=y" >> $GITHUB_ENV', "./scripts/release.sh"),
    *("python setup.py sdist upload", "maturin publish", "semantic-release publish", "npm run publish"),
    "python -m twine upload --repository testpypi dist/*",
)


@cache
def repositories() -> list[Mapping[str, str]]:
    return [files for _, files in folders()]


@cache
def pool() -> list[str]:
    texts = (text for files in repositories() for path, text in files.items() if WORKFLOW.match(path))
    return sorted({line for text in texts for line in text.splitlines()})


def twice(lines: list[str], at: int, random: Random) -> None:
    lines.insert(at, random.choice(lines))


def gone(lines: list[str], at: int, _: Random) -> None:
    del lines[at]


def swapped(lines: list[str], at: int, random: Random) -> None:
    other = random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def foreign(lines: list[str], at: int, random: Random) -> None:
    lines.insert(at, random.choice(pool()))


def other_word(lines: list[str], at: int, random: Random) -> None:
    words, others = _WORD.findall(lines[at]), _WORD.findall(random.choice(pool()))
    if words and others:
        lines[at] = lines[at].replace(random.choice(words), random.choice(others), 1)


def indented(lines: list[str], at: int, random: Random) -> None:
    lines[at] = "  " + lines[at] if random.random() < 0.5 else lines[at][2:]


def longer(lines: list[str], at: int, random: Random) -> None:
    lines[at] += random.choice(_ENDS)


def older(lines: list[str], at: int, random: Random) -> None:
    lines[at] = re.sub(r"@v\d+", f"@v{random.randrange(1, 9)}", lines[at])


def other_action(lines: list[str], at: int, random: Random) -> None:
    lines[at] = re.sub(r"uses:\s*\S+", f"uses: {random.choice(_USES)}", lines[at])


def other_script(lines: list[str], at: int, random: Random) -> None:
    lines[at] = re.sub(r"run:.*", lambda _: f"run: {random.choice(_RUN)}", lines[at])


def carriage_returns(lines: list[str], _: int, __: Random) -> None:
    lines[:] = [f"{line}\r" for line in lines]


def before_all(lines: list[str], _: int, random: Random) -> None:
    lines[0] = random.choice(("\ufeff", "# a note\n", "---\n")) + lines[0]


CHANGES: tuple[Callable[[list[str], int, Random], None], ...] = (
    *(twice, gone, swapped, foreign, other_word, indented, longer, older, other_action, other_script),
    *(carriage_returns, before_all),
)


def mutated(seed: int) -> dict[str, str]:
    random = Random(seed)
    files = dict(random.choice(repositories()))
    workflows = [path for path in files if WORKFLOW.match(path)]
    for path in random.sample(workflows, min(len(workflows), 2)):
        lines = files[path].split("\n")
        for _ in range(random.choice((1, 1, 2, 3, 5))):
            hits = [at for at, line in enumerate(lines) if "uses:" in line or "run:" in line]
            at = random.choice(hits) if hits and random.random() < 0.5 else random.randrange(len(lines))
            random.choice(CHANGES)(lines, at, random)
            lines = lines or [""]
        files[path] = "\n".join(lines)
    return files


def decided(files: Mapping[str, str]) -> Decision:
    shot = snapshot(files)
    found = survey(shot)
    return decide(shot, found=found, asked=True, catalogue=catalogue(shipped(), actions(found, asked=True), NOW))


def check(seed: int) -> None:
    files = mutated(seed)
    after = dict(files)
    for change in decided(files).changes:
        assert change.after is not None
        assert parse(change.after).root is not None
        after[change.file] = change.after
    after["tree.txt"] = "\n".join({*files["tree.txt"].splitlines(), *after})
    assert [change.file for change in decided(after).changes] == []


@pytest.mark.parametrize("seed", range(0, FEW, 15))
def test_whatever_stands_there_is_decided_and_once(seed: int) -> None:
    for one in range(seed, seed + 15):
        check(one)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(FEW, MANY, 175))
def test_of_many_as_well(seed: int) -> None:
    for one in range(seed, seed + 175):
        check(one)
