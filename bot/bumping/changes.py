"""What the major versions of well-known actions changed, and what that means for a bump: read once by a person.

A major version that does not stand here is reported and not made: nobody has read what it changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from bot.bumping.versions import Version


class How(Enum):
    PLAIN = auto()
    """Nothing in a workflow has to change."""
    CODEMOD = auto()
    """What has to change is made by a codemod, or refused by it."""
    REPORT = auto()
    """It changes what is built or done: a person decides."""


_REPORT = How.REPORT


@dataclass(frozen=True, slots=True)
class Major:
    how: How
    sentence: str
    """What it changes, without a full stop."""


_NODE_24 = Major(How.PLAIN, "it runs on Node 24")
_NODE_20 = Major(How.PLAIN, "it runs on Node 20")
_NODE_16 = Major(How.PLAIN, "it runs on Node 16")
_NEW_TOOLS = Major(How.PLAIN, "it is the same action on newer tools")

MAJORS: Mapping[str, Mapping[int, Major]] = MappingProxyType(
    {
        "actions/checkout": {
            2: Major(How.CODEMOD, "it fetches one commit, where version 1 fetched the whole history"),
            3: _NODE_16,
            4: _NODE_20,
            5: _NODE_24,
            6: Major(How.CODEMOD, "it keeps its credentials in a file of its own and no more in .git/config"),
            7: Major(How.CODEMOD, "it refuses to check out a fork's code on pull_request_target and workflow_run"),
        },
        "actions/setup-python": {
            2: _NEW_TOOLS,
            3: _NODE_16,
            4: Major(How.CODEMOD, "it has no default version of Python any more"),
            5: _NODE_20,
            6: _NODE_24,
            7: Major(How.CODEMOD, "its input pip-install is gone"),
        },
        "actions/upload-artifact": {
            2: _NEW_TOOLS,
            3: _NODE_16,
            4: Major(How.CODEMOD, "an artifact is written once: a second upload under its name fails"),
            5: _NODE_20,
            6: _NODE_24,
            7: Major(How.PLAIN, "it can upload a file without an archive around it"),
        },
        "actions/download-artifact": {
            2: Major(How.CODEMOD, "it puts an artifact into the working folder and not into one of its name"),
            3: _NODE_16,
            4: Major(How.CODEMOD, "it cannot read what versions before 4 of upload-artifact uploaded"),
            5: Major(How.CODEMOD, "a pattern that matches one artifact alone puts it right into the path"),
            6: _NEW_TOOLS,
            7: _NODE_24,
            8: Major(How.PLAIN, "an artifact that was damaged on its way is an error"),
        },
        "actions/cache": {2: _NEW_TOOLS, 3: _NODE_16, 4: _NODE_20, 5: _NODE_24, 6: _NEW_TOOLS},
        "actions/setup-node": {
            2: Major(How.REPORT, "it sets no default version of Node"),
            3: _NODE_16,
            4: _NODE_20,
            5: Major(How.CODEMOD, "it caches by itself where package.json names a package manager"),
            6: Major(How.PLAIN, "it caches by itself for npm alone"),
            7: Major(How.CODEMOD, "it makes no token up for a registry where none is given"),
        },
        "actions/github-script": {
            5: Major(How.REPORT, "its methods of the REST API stand below github.rest"),
            6: _NODE_16,
            7: _NODE_20,
            8: _NODE_24,
            9: Major(How.CODEMOD, "a script can require its library no more"),
        },
        "actions/attest-build-provenance": {2: _NEW_TOOLS, 3: _NODE_24, 4: _NEW_TOOLS},
        "actions/create-github-app-token": {2: Major(How.PLAIN, "its inputs with underscores are gone"), 3: _NODE_24},
        "astral-sh/setup-uv": {
            2: _NEW_TOOLS,
            3: _NEW_TOOLS,
            4: _NEW_TOOLS,
            5: Major(How.PLAIN, "its cache depends on more files"),
            6: Major(How.CODEMOD, "it activates a virtual environment only where that is asked for"),
            7: Major(How.CODEMOD, "it runs on Node 24, and its input server-url is gone"),
            8: Major(How.CODEMOD, "it has no moving tags any more, and reads another format of manifest-file"),
            9: Major(How.PLAIN, "it keeps more in its cache"),
            10: Major(How.PLAIN, "it caches nothing by itself when a release or a tag is built"),
        },
        "hynek/build-and-inspect-python-package": {
            2: Major(How.CODEMOD, "it uploads with version 4 of upload-artifact"),
            3: Major(How.PLAIN, "it runs on Node 24 and has no moving tags any more"),
        },
        "docker/setup-qemu-action": {2: _NODE_16, 3: _NODE_20, 4: _NODE_24},
        "docker/setup-buildx-action": {2: _NODE_16, 3: _NODE_20, 4: _NODE_24},
        "docker/login-action": {2: _NODE_16, 3: _NODE_20, 4: _NODE_24},
        "docker/build-push-action": {
            2: Major(How.REPORT, "it is another action, built on buildx"),
            3: _NODE_16,
            4: Major(How.PLAIN, "it attests the provenance of what it builds"),
            5: _NODE_20,
            6: Major(How.PLAIN, "it writes a summary of the build"),
            7: _NODE_24,
        },
        "softprops/action-gh-release": {2: _NODE_20, 3: _NODE_24},
        "step-security/harden-runner": {2: _NEW_TOOLS},
        "pre-commit/action": {2: _NEW_TOOLS, 3: Major(How.PLAIN, "it pushes no changes any more")},
        "extractions/setup-just": {2: _NODE_20},
        "mamba-org/setup-micromamba": {2: _NODE_20, 3: _NODE_24},
        "pdm-project/setup-pdm": {3: _NODE_16, 4: _NODE_20},
        "peter-evans/create-pull-request": {
            2: Major(How.REPORT, "it names branches by another rule"),
            3: Major(How.REPORT, "it takes who started the run for the author"),
            4: _NODE_16,
            8: _NODE_24,
        },
        "release-drafter/release-drafter": {6: _NODE_20},
        "pypa/cibuildwheel": {
            2: Major(How.REPORT, "it builds no wheels for Python 2.7 and 3.5"),
            3: Major(
                How.REPORT,
                "it builds manylinux_2_28 wheels by default, 32-bit and PyPy ones only if asked, and none for Python "
                "before 3.8",
            ),
            4: Major(
                How.REPORT, "it checks wheels with abi3audit, repairs them with delvewheel, and builds no 3.13t wheels"
            ),
        },
        "python-semantic-release/python-semantic-release": {
            8: Major(How.REPORT, "it uploads nothing to PyPI any more and reads another configuration"),
            9: Major(How.REPORT, "it reads commits by another default"),
            10: Major(How.REPORT, "its default changelog and its behaviour on branches changed"),
        },
        "googleapis/release-please-action": {
            4: Major(How.REPORT, "it is configured in files of the repository and not by its inputs")
        },
        "conda-incubator/setup-miniconda": {
            2: Major(How.PLAIN, "it takes lists of exact packages too"),
            3: Major(How.REPORT, "it solves environments by another solver"),
            4: _NODE_24,
        },
        "codecov/codecov-action": {
            2: Major(How.REPORT, "it uploads with another program"),
            3: _NODE_16,
            4: Major(How.REPORT, "it needs a token"),
            5: Major(How.REPORT, "it is another program with other inputs"),
        },
        "sigstore/gh-action-sigstore-python": {
            2: Major(How.REPORT, "its signatures are bundles"),
            3: Major(How.REPORT, "its bundles have another name"),
        },
    }
)
"""By `owner/action` in lower case. Version 1 and those before it stand for themselves."""


def crossed(action: str, before: Version | None, after: Version) -> tuple[tuple[int, Major], ...]:
    """Every major version that a bump passes or reaches, with what it changed; one that nobody read is to report."""
    known = MAJORS.get(action.lower(), {})
    start = before.major if before is not None else min(known, default=after.major + 1) - 1
    unread = Major(How.REPORT, "what it changes was not read by pubflow's makers")
    return tuple((number, known.get(number, unread)) for number in range(max(start, 1) + 1, after.major + 1))


def highest_made(action: str, before: Version | None, newest: int) -> int:
    """The highest major version up to `newest` that we raise to: the present one if a person decides on the next."""
    start = before.major if before is not None else 0
    if start >= newest:
        return start
    known = MAJORS.get(action.lower(), {})
    reached = start
    for number in range(start + 1, newest + 1):
        major = known.get(number)
        if (number > 1) if major is None else major.how is _REPORT:
            break
        reached = number
    return reached
