"""Whether the tool that a job installs is new enough to upload with an identity token, as far as the text proves it."""

from __future__ import annotations

import re
from functools import lru_cache

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from bot.moving.deliveries import Delivery
from bot.publishing.launchers import call_of
from bot.script import Command, read
from bot.workflow import Job, Workflow

# https://twine.readthedocs.io/en/stable/changelog.html; of uv and pdm, where `publish` learned it, with some margin.
_OLDEST = {"twine": Version("6.1"), "uv": Version("0.5"), "pdm": Version("2.20")}
_SETUPS = {"uv": "astral-sh/setup-uv", "pdm": "pdm-project/setup-pdm"}
_LAUNCHED = frozenset({"pipx", "uvx"})
UPGRADE = 'python -m pip install --upgrade "twine>=6.1"'
_OTHER_PYTHON = re.compile(r"\bconda\b|mamba|venv|virtualenv|pipenv|bash -\w*l")
_IMAGE = re.compile(r"(?:docker\.io/)?(?:library/)?python(?::(?:latest|(\d{1,9})(?:\.(\d{1,9}))?)[\w.-]*)?\Z")
_MADE_OLD = re.compile(r"\b(?:python|pypy|py)(?:==?|@)?(?:2|3\.[0-7])(?!\d)")
_NUMBER = re.compile(r"(\d{1,9})\.(\d{1,9})")
_MATURIN = re.compile(r"maturin(?:/releases/download/|:|@|\s+--version[ =])v?(\d{1,9}\.\d{1,9})")
_WANTED_MATURIN = re.compile(r"maturin(?:\[[\w,]*\])?((?:,?[=<>~!]=?\s?[\d.*]+)+)")
_NEW_MATURIN = tuple(
    f"{major}.{minor}.{patch}"
    for major, first in ((0, 13), (1, 0))
    for minor in range(first, 40)
    for patch in range(25)
)
"""Versions from 0.13 on, more than there are."""


def has_old_maturin(job: Job) -> bool:
    """Claims that some version of maturin that a job names is older than 0.13."""
    texts = [job.container or ""]
    for step in job.steps:
        texts += [step.run or "", step.uses.text if step.uses is not None else "", *step.inputs.values()]
        if (version := step.inputs.get("maturin-version")) is not None:
            texts.append(f"maturin=={version.lstrip('v')}")
    return any(_names_old_maturin(text) for text in texts if "maturin" in text)


def _names_old_maturin(text: str) -> bool:
    versions = [found[1] for found in _MATURIN.finditer(text)]
    wanted = [found[1] for found in _WANTED_MATURIN.finditer(text)]
    return any(_minor(version) < 13 for version in versions) or any(_excludes_new(each) for each in wanted)


def _minor(version: str) -> int:
    """Of 0.x; what is newer counts as new."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return minor if major == 0 else 99


@lru_cache(maxsize=64)
def _excludes_new(specifier: str) -> bool:
    try:
        return not any(SpecifierSet(specifier).filter(_NEW_MATURIN))
    except ValueError:  # also of a number of thousands of digits
        return False


def is_able(workflow: Workflow, job: Job, delivery: Delivery) -> bool:
    """Claims that every tool of a delivery is proved to be new enough."""
    return all(_is_able(workflow, job, delivery, tool) for tool in delivery.tools)


def can_be_upgraded(job: Job, delivery: Delivery) -> bool:
    """Claims that installing twine anew with `python -m pip` changes the very twine that the step runs."""
    if delivery.tools != ("twine",) or not _python_is_new(job, "twine"):
        return False
    sets_up = any(step.uses is not None and step.uses.name == "actions/setup-python" for step in job.steps)
    texts = [step.run or "" for step in job.steps]
    elsewhere = any(_OTHER_PYTHON.search(text) for text in (*texts, job.shell or "", delivery.step.shell or ""))
    programs = [command.words[0].text for command in read(delivery.step.run or "").commands if _runs_twine(command)]
    return sets_up and not elsewhere and all(name in ("twine", "python", "python3") for name in programs)


def _runs_twine(command: Command) -> bool:
    call = call_of(command)
    return call is not None and call.tool == "twine"


def _is_able(_workflow: Workflow, job: Job, delivery: Delivery, tool: str) -> bool:
    if tool not in _OLDEST or not _python_is_new(job, tool):
        return False
    found: list[bool] = []
    lasting = any("self-hosted" in label for label in job.runs_on)
    for step in job.steps[: delivery.step.index + 1]:
        if step.uses is not None and step.uses.name == _SETUPS.get(tool):
            found.append(_is_new(tool, step.inputs.get("version")))
        for command in read(step.run or "").commands:
            found += _installed(command, tool, lasting=lasting)
    return bool(found) and all(found)


def _installed(command: Command, tool: str, *, lasting: bool) -> list[bool]:
    """What one command says of the tool's version; nothing where it does not install or fetch it.

    `lasting`: the machine is not made anew for each run, so that an old version may be there, which pip leaves alone.
    """
    words = [word.text for word in command.words]
    if command.name in _LAUNCHED or words[:2] == ["uv", "tool"]:
        named = [word for word in words[1:] if re.match(rf"{tool}(?:[@=<>~!].*)?\Z", word)]
        call = call_of(command)
        return [_is_wanted(tool, named[0])] if named and (call is None or call.tool in (tool, command.name)) else []
    call = call_of(command)
    if call is None or call.tool not in ("pip", "pip3", "uv") or "install" not in call.arguments:
        return []
    kept = lasting and not call.has("-U", "--upgrade")
    return [
        _is_wanted(tool, word) and not (kept and ">" not in word and "=" not in word)
        for word in call.arguments
        if re.match(rf"{tool}(?![\w-])", word)
    ]


def _is_wanted(tool: str, text: str) -> bool:
    """A requirement without an upper bound gets the newest version."""
    try:
        wanted = Requirement(text.replace("@", "==") if "@" in text and "//" not in text else text)
    except ValueError:
        return text == f"{tool}@latest"
    return all(each.operator in (">=", ">", "!=") or _is_new(tool, each.version) for each in wanted.specifier)


def _is_new(tool: str, version: str | None) -> bool:
    if version is None or version in ("", "latest"):
        return True
    try:
        return Version(version.lstrip("v=<>~ ").replace(".x", ".99").rstrip(".*")) >= _OLDEST[tool]
    except ValueError:
        return False


def _python_is_new(job: Job, tool: str) -> bool:
    """pip gives an old Python an old twine: 6.1 wants 3.8."""
    if tool != "twine":
        return True
    if job.container is not None and not _has_new_python(job.container):
        return False
    if any(_MADE_OLD.search(step.run or "") for step in job.steps):
        return False
    for step in job.steps:
        if step.uses is None or (step.uses.name != "actions/setup-python" and "python-version" not in step.inputs):
            continue
        text = step.inputs.get("python-version", "3.x")
        inner = re.fullmatch(r"\s*\$\{\{\s*matrix\.([\w.-]+)\s*\}\}\s*", text)
        for value in job.matrix.get(inner[1], ()) if inner is not None else (text,):
            number = _NUMBER.search(value)
            if "$" in value or (number is not None and (int(number[1]), int(number[2])) < (3, 8)):
                return False
    return True


def _has_new_python(image: str) -> bool:
    """Claims that a container is one of Python's own, and of which Python is told by its name."""
    found = _IMAGE.match(image)
    if found is None:
        return False
    return found[1] is None or (int(found[1]) == 3 and (found[2] is None or int(found[2]) >= 8))
