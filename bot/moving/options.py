"""What the upload commands of each tool may be told, and what pypa's action must be told instead.

Options that are in no table make a command one that we do not understand. Sources: the tools' own `--help`, of twine
7.0, uv 0.13, poetry 2.5, flit 4.2, hatch 1.18, pdm 2.29, maturin 1.11 and rye 0.44.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

_REPEATED = re.compile(r"-(?:v+|q+)\Z")


class Tool(Struct, frozen=True, kw_only=True):
    """One tool's upload command. `credentials`: options with a value that say who uploads; the variables do so too."""

    credentials: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    target: frozenset[str] = frozenset()
    """Options with a value that choose the index."""
    settings: frozenset[str] = frozenset()
    """Variables that choose the index."""
    ignored: frozenset[str] = frozenset()
    """Flags that mean nothing to pypa's action."""
    skip: frozenset[str] = frozenset()
    skip_valued: frozenset[str] = frozenset()
    build: str | None = None
    """The command that builds what this one builds before it uploads; None where it only uploads."""
    build_flags: frozenset[str] = frozenset()
    """Flags that belong to the build as well."""
    build_valued: frozenset[str] = frozenset()
    build_out: frozenset[str] = frozenset()
    """Options with a value that say where the build puts what it makes."""
    build_switch: str | None = None
    """The flag without which it does not build at all."""
    no_build: frozenset[str] = frozenset()
    """The flags with which it does not build."""
    files: tuple[str, ...] = ("dist/*",)
    takes_files: bool = True
    keeps: bool = False
    """Understands Trusted Publishing, so that its command may stay."""


class Options(Struct, kw_only=True):
    """One call understood. `build`: the words of the build command's options; None where nothing is built."""

    files: tuple[str, ...] = ()
    skip: bool = False
    verbose: bool = False
    builds: bool = False
    build: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    """What the options say that choose the index."""
    out: str | None = None
    """Where the build puts what it makes, if that is said."""
    sdist: bool = True
    """maturin: `--no-sdist` is not given."""
    old: bool = False
    """maturin older than 0.13, whose build makes an sdist unless it is told not to."""

    @property
    def computed(self) -> bool:
        """Claims that what chooses the index is not spelt out."""
        return any("$" in target for target in self.targets)


def _set(*names: str) -> frozenset[str]:
    return frozenset(names)


TOOLS = {
    "twine": Tool(
        credentials=_set("-u", "--username", "-p", "--password", "--config-file"),
        variables=_set("TWINE_USERNAME", "TWINE_PASSWORD"),
        target=_set("-r", "--repository", "--repository-url"),
        settings=_set("TWINE_REPOSITORY", "TWINE_REPOSITORY_URL", "TWINE_NON_INTERACTIVE"),
        ignored=_set("--non-interactive", "--disable-progress-bar"),
        skip=_set("--skip-existing"),
        files=(),
        keeps=True,
    ),
    "uv": Tool(
        credentials=_set("-t", "--token", "-u", "--username", "-p", "--password"),
        variables=_set("UV_PUBLISH_TOKEN", "UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"),
        target=_set("--publish-url", "--index", "--trusted-publishing"),
        settings=_set("UV_PUBLISH_URL", "UV_PUBLISH_INDEX"),
        ignored=_set("--no-progress", "--no-cache", "-n", "--no-config", "--native-tls", "--system-certs", "--quiet"),
        skip_valued=_set("--check-url"),
        keeps=True,
    ),
    "poetry": Tool(
        credentials=_set("-u", "--username", "-p", "--password"),
        variables=_set(
            "POETRY_PYPI_TOKEN_PYPI",
            "POETRY_HTTP_BASIC_PYPI_USERNAME",
            "POETRY_HTTP_BASIC_PYPI_PASSWORD",
            "POETRY_PYPI_TOKEN_TESTPYPI",
            "POETRY_HTTP_BASIC_TESTPYPI_USERNAME",
            "POETRY_HTTP_BASIC_TESTPYPI_PASSWORD",
        ),
        target=_set("-r", "--repository"),
        ignored=_set("-n", "--no-interaction", "--no-ansi", "--ansi", "--no-plugins", "--quiet"),
        skip=_set("--skip-existing"),
        takes_files=False,
        build="build",
        build_switch="--build",
    ),
    "flit": Tool(
        variables=_set("FLIT_USERNAME", "FLIT_PASSWORD"),
        target=_set("--repository", "--pypirc"),
        settings=_set("FLIT_INDEX_URL"),
        takes_files=False,
        build="build",
        build_flags=_set("--setup-py", "--no-setup-py", "--use-vcs", "--no-use-vcs"),
        build_valued=_set("--format"),
    ),
    "hatch": Tool(
        credentials=_set("-u", "--user", "-a", "--auth"),
        variables=_set("HATCH_INDEX_USER", "HATCH_INDEX_AUTH"),
        target=_set("-r", "--repo"),
        settings=_set("HATCH_INDEX_REPO"),
        ignored=_set("-n", "--no-prompt", "-y", "--yes", "--initialize-auth"),
    ),
    "pdm": Tool(
        credentials=_set("-u", "--username", "-P", "--password"),
        variables=_set("PDM_PUBLISH_USERNAME", "PDM_PUBLISH_PASSWORD"),
        target=_set("-r", "--repository"),
        settings=_set("PDM_PUBLISH_REPO"),
        ignored=_set("--no-very-ssl", "--quiet"),
        skip=_set("--skip-existing"),
        takes_files=False,
        build="build",
        no_build=_set("--no-build"),
        keeps=True,
    ),
    "maturin": Tool(
        credentials=_set("-u", "--username", "-p", "--password"),
        variables=_set("MATURIN_PYPI_TOKEN", "MATURIN_USERNAME", "MATURIN_PASSWORD", "MATURIN_NON_INTERACTIVE"),
        target=_set("-r", "--repository", "--repository-url"),
        settings=_set("MATURIN_REPOSITORY", "MATURIN_REPOSITORY_URL"),
        ignored=_set("--non-interactive"),
        skip=_set("--skip-existing"),
        files=(),
    ),
    "rye": Tool(
        credentials=_set("--token", "-u", "--username"),
        target=_set("-r", "--repository", "--repository-url"),
        ignored=_set("-y", "--yes", "--quiet"),
        skip=_set("--skip-existing"),
    ),
}
"""Tools whose upload command is understood."""

MATURIN_BUILDS = Tool(
    credentials=TOOLS["maturin"].credentials,
    variables=TOOLS["maturin"].variables,
    target=TOOLS["maturin"].target,
    settings=TOOLS["maturin"].settings,
    ignored=_set("--non-interactive", "--release", "--no-strip"),
    skip=TOOLS["maturin"].skip,
    takes_files=False,
    build="build",
    build_flags=_set(
        *("--no-default-features", "--all-features", "--locked", "--frozen", "--offline", "--zig", "--strip"),
        *("--universal2", "--skip-auditwheel", "--ignore-rust-version"),
    ),
    build_valued=_set(
        *("-b", "--bindings", "-m", "--manifest-path", "-i", "--interpreter", "-f", "-F", "--features", "--target"),
        *("--compatibility", "--manylinux", "--auditwheel", "--profile", "-j", "--jobs", "--target-dir", "--config"),
        *("-Z", "--cargo-extra-args", "--rustc-extra-args"),
    ),
    build_out=_set("-o", "--out"),
)
"""`maturin publish`, which builds and uploads in one command."""


def maturin_build(options: Options) -> tuple[list[str], str]:
    """The words after `maturin build` that build what `maturin publish` did, and the folder where it comes to lie."""
    out = options.out or "dist"
    release = [] if any(word.startswith("--profile") for word in options.build) else ["--release"]
    sdist = ["--sdist" if options.sdist else "--no-sdist"] if options.sdist is not options.old else []
    return [*release, "--out", out, *sdist, *options.build], out


def understand(tool: Tool, arguments: tuple[str, ...], command: str) -> Options | None:
    """The options after a subcommand; None when there is one that no table knows."""
    words = list(arguments)
    if command not in words:
        return None
    del words[words.index(command)]
    found = Options(builds=tool.build is not None and tool.build_switch is None)
    files: list[str] = []
    while words:
        word = words.pop(0)
        name = word.partition("=")[0]
        if not word.startswith("-"):
            files.append(word)
        elif not _read_option(tool, found, word, name, words):
            return None
    if files and not tool.takes_files:
        return None  # most likely the second value of an option that takes several
    found.files = tuple(files) or tool.files
    return found


def _read_option(tool: Tool, found: Options, word: str, name: str, rest: list[str]) -> bool:
    if name in tool.credentials | tool.target | tool.skip_valued | tool.build_valued | tool.build_out:
        value = [word] if "=" in word else [word, rest.pop(0) if rest else ""]
        found.targets += [value[-1]] if name in tool.target else []
        found.out = value[-1].rpartition("=")[2] if name in tool.build_out else found.out
        found.skip = found.skip or name in tool.skip_valued
        found.build += value if name in tool.build_valued else []
    elif word in tool.skip:
        found.skip = True
    elif word in tool.build_flags:
        found.build.append(word)
    elif word in tool.no_build:
        found.builds = False
    elif word == tool.build_switch:
        found.builds = True
    elif word == "--verbose" or _REPEATED.match(word):
        found.verbose = found.verbose or word in ("--verbose", "-v")
    elif word == "--no-sdist":
        found.sdist = False
    else:
        attached = not word.startswith("--") and word[:2] in tool.credentials | tool.target
        found.targets += [word[2:]] if attached and word[:2] in tool.target else []
        return attached or word in tool.ignored
    return True
