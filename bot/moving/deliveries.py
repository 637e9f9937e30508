"""What is known of one upload step: from which folder, to which index, with which options, and the step without it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from posixpath import normpath

from msgspec import Struct

from bot.model import Index, Publisher
from bot.moving import scripts
from bot.publishing.actions import normal
from bot.workflow import Step
from bot.yaml import Op, Value

TESTPYPI_URL = "https://test.pypi.org/legacy/"
STEP_PATH = re.compile(r"\$\{\{\s*steps\.([\w-]+)\.outputs\.download-path\s*\}\}")
"""What actions/download-artifact says of where it put the files."""
_CHOSEN = re.compile(r"\$\{\{\s*(matrix|inputs|needs|steps)\.[\w.-]+\s*\}\}")
"""What stands for a part of a path: actions of the same job understand it as scripts do."""
_GLOB = re.compile(r"[*?\[{]")


class Form(Enum):
    ACTION = "action"
    """pypa's action, or a fork of it."""
    COMMAND = "command"
    """Commands of a script."""
    OTHER_ACTION = "other action"
    """An action that must give way to other steps."""


class Delivery(Struct, frozen=True, kw_only=True):
    """The uploads of one step to one index. Paths are relative to the workspace."""

    step: Step
    form: Form
    index: Index
    publishers: tuple[Publisher, ...]
    folder: str | None
    """Where the distributions lie; None where that cannot be told."""
    patterns: tuple[str, ...] = ()
    """Which files of the folder; empty: all."""
    skip_existing: bool = False
    verbose: bool = False
    cuts: tuple[scripts.Cut, ...] | None = None
    """What leaves the script without its uploads; None where they are part of something larger."""
    kept: tuple[scripts.Cut, ...] | None = None
    """What leaves the script with uploads that ask for an identity token; None where the tool cannot."""
    relaunched: tuple[scripts.Cut, ...] | None = None
    """What leaves the script with uploads that a new twine makes; None where that is not possible."""
    forgiven: bool = False
    """The upload may fail, and the job goes on."""
    empty: bool = False
    """Nothing worth running is left of the script after `cuts`."""
    trailing: bool = False
    """The script goes on after the upload."""
    drops: tuple[str, ...] = ()
    """Variables of this step that nothing needs any more once the uploads are gone."""
    tools: tuple[str, ...] = ()
    build_steps: tuple[Value, ...] = ()
    """Steps that build what an action of a third party built."""
    rewrites: tuple[Op, ...] = ()
    """What makes an action that builds and uploads one that only builds."""
    notes: tuple[str, ...] = ()

    computed: bool = False
    """Which index it uploads to is decided when it runs."""

    condition: str | None = None
    """The step's, without the parts that only ask whether the token is there."""

    @property
    def stays(self) -> bool:
        """Claims that something of the step is left to do when its upload is gone."""
        return bool(self.rewrites) or (self.form is Form.COMMAND and not self.empty)

    @property
    def chooses(self) -> bool:
        """Claims that it uploads to one index or the other, as is decided when it runs."""
        return self.computed or "$" in normal(self.step.inputs).get("repository-url", "")

    @property
    def asks_for_token(self) -> bool:
        """Claims that the step's condition cannot stay as it is."""
        return self.condition != self.step.condition


def clean_folder(path: str) -> str | None:
    """A folder relative to the workspace, `.` for the workspace itself; None where it cannot be told."""
    chosen = _CHOSEN.match(path)
    plain = _CHOSEN.sub("\0", path)
    if "$" in plain or path.startswith(("/", "~")) or _GLOB.search(plain) or "\\" in plain:
        return None
    if chosen is not None and chosen[1] != "matrix":
        return None  # it may be an absolute path
    folder = normpath(plain.strip() or ".")
    for found in _CHOSEN.finditer(path):
        folder = folder.replace("\0", found[0], 1)
    return None if folder.startswith("..") or folder.count("${{") != plain.count("\0") else folder


def inputs_of(delivery: Delivery) -> Mapping[str, Value]:
    """The inputs that pypa's action needs to do what the commands did; the files lie in `dist`."""
    inputs: dict[str, Value] = {}
    if delivery.index is Index.TESTPYPI:
        inputs["repository-url"] = TESTPYPI_URL
    if delivery.skip_existing:
        inputs["skip-existing"] = True
    if delivery.verbose:
        inputs["verbose"] = True
    return inputs


def is_pypa(step: Step) -> bool:
    """Claims that a step uses pypa's action or one of its forks."""
    return step.uses is not None and step.uses.name.endswith("gh-action-pypi-publish")
