"""Which jobs use an identity token: certainly, certainly not, or not to be told from the text.

What a job does is in its own steps alone: an action that we know, a script of programs that we know. Everything else
is `UNKNOWN`, and nobody may take a permission away because of it.
"""

from __future__ import annotations

import re
from enum import Enum

from bot.script import Command, Shell, read, shell_of
from bot.survey import Survey
from bot.workflow import Job, Step, Uses, UsesKind, Workflow


class Use(Enum):
    NEEDED = "needed"
    UNKNOWN = "unknown"
    UNUSED = "unused"


_WORDS = re.compile(
    r"id[-_]?token|oidc|sigstore|cosign|attest|provenance|slsa|workload[-_]?identity|assume|role-to|federat"
    r"|trusted[-_]publish|vault|keyless|\bsts\b|publish|upload-pypi|semantic-release",
    re.IGNORECASE,
)
"""Where one of these stands, an identity token may be asked for, whoever asks."""
_ACTIONS = frozenset(
    {
        *("actions/checkout", "actions/setup-python", "actions/setup-node", "actions/setup-go", "actions/setup-java"),
        *("actions/cache", "actions/upload-artifact", "actions/download-artifact", "actions/setup-dotnet"),
        *("actions/create-release", "actions/upload-release-asset", "actions/labeler", "actions/stale"),
        *("actions/create-github-app-token", "actions/configure-pages", "actions/upload-pages-artifact"),
        *("astral-sh/setup-uv", "astral-sh/ruff-action", "snok/install-poetry", "abatilo/actions-poetry"),
        *("pdm-project/setup-pdm", "pypa/cibuildwheel", "pypa/hatch", "hynek/build-and-inspect-python-package"),
        *("hynek/setup-cached-uv-tool", "conda-incubator/setup-miniconda", "mamba-org/setup-micromamba"),
        *("dtolnay/rust-toolchain", "actions-rs/toolchain", "actions-rs/cargo", "swatinem/rust-cache"),
        *("actions-rust-lang/setup-rust-toolchain", "pyo3/maturin-action", "messense/maturin-action"),
        *("docker/setup-qemu-action", "docker/setup-buildx-action", "docker/metadata-action", "docker/login-action"),
        *("pre-commit/action", "re-actors/alls-green", "ilammy/msvc-dev-cmd", "microsoft/setup-msbuild"),
        *("extractions/setup-just", "taiki-e/install-action", "eifinger/setup-rye", "prefix-dev/setup-pixi"),
        *("softprops/action-gh-release", "ncipollo/release-action", "svenstaro/upload-release-action"),
        *("peaceiris/actions-gh-pages", "stefanzweifel/git-auto-commit-action", "peter-evans/create-pull-request"),
        *("ruby/setup-ruby", "pnpm/action-setup", "lukka/get-cmake", "jwlawson/actions-setup-cmake", "psf/black"),
        *("release-drafter/release-drafter", "googleapis/release-please-action", "coverallsapp/github-action"),
        *("codecov/codecov-action", "tox-dev/action-pre-commit-uv", "wntrblm/nox", "excitedleigh/setup-nox"),
    }
)
"""They ask for none, unless one of their inputs says so in `_WORDS`."""
_ASKING = frozenset(
    {
        *("actions/attest", "actions/attest-build-provenance", "actions/attest-sbom", "astral-sh/attest-action"),
        *("sigstore/gh-action-sigstore-python", "actions/deploy-pages", "rust-lang/crates-io-auth-action"),
    }
)
"""They can do nothing without one."""
_PROGRAMS = frozenset(
    {
        *(
            "[",
            "[[",
            ":",
            "apt",
            "apt-get",
            "awk",
            "basename",
            "brew",
            "cat",
            "cd",
            "chmod",
            "choco",
            "cp",
            "curl",
            "cut",
        ),
        *(
            "date",
            "df",
            "diff",
            "dirname",
            "dnf",
            "du",
            "echo",
            "exit",
            "export",
            "false",
            "find",
            "git",
            "grep",
            "gunzip",
        ),
        *("gzip", "head", "jq", "ln", "ls", "md5sum", "mkdir", "mv", "openssl", "printf", "pwd", "read", "rm", "rmdir"),
        *(
            "sed",
            "set",
            "sha256sum",
            "shasum",
            "sleep",
            "sort",
            "tail",
            "tar",
            "tee",
            "test",
            "touch",
            "tr",
            "true",
            "type",
        ),
        *(
            "uname",
            "uniq",
            "unset",
            "unzip",
            "wc",
            "wget",
            "which",
            "yum",
            "apk",
            "zip",
            "docker",
            "gh",
            "cmake",
            "ninja",
        ),
        *(
            "auditwheel",
            "black",
            "build",
            "check-manifest",
            "check-wheel-contents",
            "cibuildwheel",
            "coverage",
            "delocate",
        ),
        *("flake8", "flit", "hatch", "isort", "maturin", "mkdocs", "mypy", "pdm", "pip", "pip3", "pipx", "poetry"),
        *("pre-commit", "pylint", "pyproject-build", "pyright", "pytest", "ruff", "rustc", "rustup", "sphinx-build"),
        *("twine", "uv", "uvx", "delocate-wheel", "virtualenv"),
    }
)
_PYTHON = re.compile(r"(?:python|py|pypy)[0-9.]*\Z")
_MODULES = frozenset(
    {"build", "pip", "pytest", "twine", "venv", "unittest", "coverage", "mypy", "ruff", "ensurepip", "flake8", "black"}
)
_SETUP = frozenset({"sdist", "bdist_wheel", "build", "build_ext", "install", "test", "develop", "--version", "check"})
_RUNNERS = frozenset({"make", "just", "tox", "nox", "cargo", "npm", "invoke"})
_LAUNCHERS = frozenset({"uv", "poetry", "pdm", "hatch", "pipx", "rye", "pixi"})
_TARGET = re.compile(r"[\w./=-]*(?:test|lint|doc|check|mypy|style|format|cov|build|install|clean|py\d|fmt)[\w./=-]*\Z")


def use_of(survey: Survey, workflow: Workflow, job: Job, *, depth: int = 3) -> Use:
    """Whether `job` uses the identity token that it may ask for."""
    if any(each.workflow == workflow.path and each.job == job.id for each in survey.publishers):
        return Use.NEEDED
    if any(each.path == workflow.path and _lies_in(workflow, job, each.line) for each in survey.suspects):
        return Use.UNKNOWN
    if job.uses is not None:
        return _of_called(survey, job.uses, depth)
    if job.node.get("steps") is None:
        return Use.UNKNOWN
    return _widest([_of_step(workflow, job, step) for step in job.steps])


def _widest(found: list[Use]) -> Use:
    order = (Use.NEEDED, Use.UNKNOWN)
    return next((use for use in order if use in found), Use.UNUSED)


def _lies_in(workflow: Workflow, job: Job, line: int) -> bool:
    text = workflow.document.text
    return job.line <= line <= job.node.line + text.count("\n", job.node.start, job.node.end)


def _of_called(survey: Survey, uses: Uses, depth: int) -> Use:
    """A called workflow that names the permission must be granted it, or its caller fails before it starts."""
    called = survey.workflows.get(uses.path) if uses.kind is UsesKind.LOCAL else None
    if called is None or depth == 0:
        return Use.UNKNOWN
    if "id-token" in called.document.text:
        return Use.NEEDED
    return _widest([use_of(survey, called, job, depth=depth - 1) for job in called.jobs.values()])


def _of_step(workflow: Workflow, job: Job, step: Step) -> Use:
    if step.uses is not None and step.uses.name in _ASKING:
        return Use.NEEDED
    if step.node.alias is not None or _WORDS.search(workflow.document.text[step.node.start : step.node.end]):
        return Use.UNKNOWN
    if step.uses is not None:
        known = step.uses.kind is UsesKind.REMOTE and step.uses.name in _ACTIONS
        return Use.UNUSED if known else Use.UNKNOWN
    shell = shell_of(step.shell or job.shell, job.runs_on[0] if job.runs_on else "")
    return _of_script(step.run or "", shell)


def _of_script(text: str, shell: Shell) -> Use:
    if shell is Shell.PYTHON:
        return Use.UNUSED  # its text is seen, and nothing in it speaks of an identity
    script = read(text, shell)
    known = script.readable and all(map(_is_plain, script.commands))
    return Use.UNUSED if known else Use.UNKNOWN


def _is_plain(command: Command) -> bool:
    """Claims that a command runs a program that asks for no identity token."""
    name, words = command.name, command.arguments
    if _PYTHON.match(name):
        return _is_plain_python(words)
    if name in _RUNNERS:
        targets = [word for word in words if not word.startswith("-")]
        return bool(targets) and all(map(_TARGET.match, targets))
    if name in ("source", "."):
        return bool(words) and words[0].endswith("activate")
    if name == "uvx" or (name in _LAUNCHERS and "run" in words):
        inner = [word for word in words[words.index("run") + 1 if name != "uvx" else 0 :] if not word.startswith("-")]
        return bool(inner) and inner[0].partition("@")[0].partition("=")[0] in _PROGRAMS
    return name == "" or name in _PROGRAMS


def _is_plain_python(words: tuple[str, ...]) -> bool:
    match words:
        case ("-m", module, *_):
            return module in _MODULES
        case ("setup.py", *rest):
            return bool(rest) and all(word in _SETUP or word.startswith("-") for word in rest)
        case (("-c" | "-" | "-V" | "--version"), *_):
            return True
    return False
