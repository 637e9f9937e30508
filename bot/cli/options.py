"""The arguments and options that several commands take, each described once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class CheckFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    """Annotations, for a run on GitHub Actions."""
    SARIF = "sarif"
    """For GitHub's code scanning and editors."""
    MARKDOWN = "markdown"
    """For the summary of a run on GitHub Actions."""


Checkout = Annotated[Path, typer.Argument(metavar="PATH", help="The folder of a repository.", show_default="this one")]
AsFormat = Annotated[Format, typer.Option("--format", help="For people or for programs.")]
AsCheckFormat = Annotated[
    CheckFormat,
    typer.Option("--format", help="For people, programs, annotations of a pull request, code scanning, a summary."),
]
Also = Annotated[
    list[str] | None,
    typer.Option("--also", metavar="FORMAT=FILE", help="Write it in another format as well; may be repeated."),
]
Only = Annotated[str | None, typer.Option("--only", metavar="RULE", help="Look for this rule alone.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use only what is known without the network.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what was understood on the way.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say as little as possible.")]
