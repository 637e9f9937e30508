"""Pins every dependency with hashes, for all platforms and Python versions, without naming a registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGETS = (
    ("runtime.txt", ("pyproject.toml",)),
    ("dev.txt", ("pyproject.toml", "--group", "dev")),
    ("build.txt", ("--group", "build")),
    ("demo.txt", ("pyproject.toml", "--extra", "demo", "--constraints", "requirements/dev.txt")),
    ("docs.txt", ("--group", "docs", "--constraints", "requirements/dev.txt")),
    ("audit.txt", ("--group", "audit")),
    ("deploy.txt", ("--group", "deploy", "--constraints", "requirements/dev.txt")),
)


def main() -> int:
    """Write each requirements file; a pin that still fits is kept."""
    for name, sources in TARGETS:
        command = [
            *(sys.executable, "-m", "uv", "pip", "compile", *sources),
            *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"),
            *("--no-emit-index-url", "--no-emit-find-links", "--quiet", "--output-file", f"requirements/{name}"),
        ]
        subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 - our own table
    return 0


if __name__ == "__main__":
    sys.exit(main())
