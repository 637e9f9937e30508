"""pyproject.toml: [project], [build-system] and the tables of Poetry, Flit, PDM, uv and the native backends.

PEP 518 and 621; Poetry's own metadata; https://docs.astral.sh/uv/concepts/projects/config/#build-systems (a project
without a build system is no package).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

# The standard library's tomllib, compiled: a project's metadata would else cost as much as a workflow.
import tomli

from bot.project.declared import NATIVE_BACKENDS, NATIVE_REQUIREMENTS, NOT_UV_PACKAGE, Declared, private_classifier

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
"""What PEP 518 says of a build system that names no backend."""
_FOR_READERS = frozenset({"classifiers", "urls", "keywords"})
"""Keys of [project] that nobody fills in for an application: they speak to the visitors of an index."""
_NATIVE_TOOLS = frozenset({"cibuildwheel", "maturin", "scikit-build", "setuptools-rust", "meson-python"})

_LONG_KEY = re.compile(
    r"""(?<![\w"'-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.){0,200}+"|'[^'\n]{0,200}+')[ \t]*+\.[ \t]*+){100}"""
)
"""The parser takes the square of a key's length: ten minutes for one of a megabyte."""
_SHORTEST_LONG_KEY = 200
"""Characters. A key stands on one line, and hardly any text has a line as long."""

Table = Mapping[str, object]


def read_pyproject(text: str) -> Declared:
    """What a pyproject.toml declares; broken TOML is a `problem`, never an exception."""
    data = load(text)
    if isinstance(data, str):
        return Declared(problem=data)
    system, tools = table(data, "build-system"), table(data, "tool")
    wheels = table(tools, "cibuildwheel")
    backend, required = _backend(data, system), _requirements(system)
    refused = _refusal(data, tools)
    name = _name(data, tools)
    return Declared(
        present=refused is not None or _is_package(data, tools, backend),
        name=name,
        dynamic_name="name" in texts(table(data, "project").get("dynamic")),
        backend=backend,
        native=_is_native(required, tools, backend),
        rust="setuptools-rust" in tools or "setuptools-rust" in required,
        prepares=any("before-all" in each for each in (wheels, table(wheels, "linux"))),
        refused=refused,
    )


@lru_cache(maxsize=8)
def load(text: str) -> Table | str:
    """The tables of a TOML text, or what is wrong with it; kept, because project and publishing ask for the same."""
    lines = text.split("\n")
    if max(map(len, lines)) >= _SHORTEST_LONG_KEY and any(map(_has_long_key, lines)):
        return "is not TOML that is read here: a key has more than a hundred parts"
    try:
        return tomli.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:  # not every one is a TOMLDecodeError: a number of 5,000 digits
        return f"is not TOML ({str(error)[:120] or 'nested too deeply'})"


def _has_long_key(line: str) -> bool:
    return len(line) >= _SHORTEST_LONG_KEY and _LONG_KEY.search(line) is not None


def table(data: Table, *keys: str) -> Table:
    """The table at `keys`, empty when something else, or nothing, stands there."""
    for key in keys:
        inner = data.get(key)
        if not isinstance(inner, dict):
            return {}
        data = inner
    return data


def texts(value: object) -> tuple[str, ...]:
    """The strings of a list, () of anything else."""
    return tuple([item for item in value if isinstance(item, str)]) if isinstance(value, list) else ()


def _backend(data: Table, system: Table) -> str | None:
    backend = system.get("build-backend")
    if isinstance(backend, str):
        return backend
    return _LEGACY_BACKEND if isinstance(data.get("build-system"), dict) else None


def _name(data: Table, tools: Table) -> str | None:
    module = table(tools, "flit", "module").get("name") or table(tools, "flit", "metadata").get("module")
    candidates = (
        table(data, "project").get("name"),
        table(tools, "poetry").get("name"),
        table(tools, "flit", "metadata").get("dist-name"),
        module,
    )
    return next((name.strip() for name in candidates if isinstance(name, str) and name.strip()), None)


def _is_package(data: Table, tools: Table, backend: str | None) -> bool:
    """A name to build under and something to build it with; what only configures tools has neither."""
    project = table(data, "project")
    if "module" in table(tools, "flit", "metadata"):
        return True
    if isinstance(table(tools, "poetry").get("name"), str):
        return True
    if not project:
        return False
    if backend is not None or table(tools, "uv").get("package") is True:
        return True
    return "setuptools" in tools or not _FOR_READERS.isdisjoint(project)


def _refusal(data: Table, tools: Table) -> str | None:
    if table(tools, "poetry").get("package-mode") is False:
        return "tool.poetry.package-mode is false"
    if table(tools, "uv").get("package") is False:
        return NOT_UV_PACKAGE
    if table(tools, "pdm").get("distribution") is False:
        return "tool.pdm.distribution is false"
    classifiers = (
        *texts(table(data, "project").get("classifiers")),
        *texts(table(tools, "poetry").get("classifiers")),
        *texts(table(tools, "flit", "metadata").get("classifiers")),
    )
    return private_classifier(classifiers)


def _is_native(required: frozenset[str], tools: Table, backend: str | None) -> bool:
    if backend is not None and backend.split(":")[0] in NATIVE_BACKENDS:
        return True
    if not _NATIVE_TOOLS.isdisjoint(tools):
        return True
    if "ext-modules" in table(tools, "setuptools") or "build" in table(tools, "poetry"):
        return True
    return not NATIVE_REQUIREMENTS.isdisjoint(required)


def _requirements(system: Table) -> frozenset[str]:
    """The names of what is installed to build it, normalised."""
    found = (match[1] for item in texts(system.get("requires")) if (match := _REQUIREMENT.match(item)))
    return frozenset(name.lower().replace("_", "-").replace(".", "-") for name in found)
