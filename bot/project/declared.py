"""What one metadata file says of the distribution that it declares, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

NATIVE_BACKENDS = frozenset(
    {
        *("maturin", "mesonpy", "scikit_build_core.build", "scikit_build_core.setuptools.build_meta", "skbuild"),
        *("py_build_cmake.build", "sipbuild.api", "enscons.api", "cmeel", "nanobuild", "pymsbuild", "setuptools_rust"),
    }
)
NATIVE_REQUIREMENTS = frozenset(
    {
        *("maturin", "meson-python", "scikit-build-core", "scikit-build", "setuptools-rust", "cython", "cffi"),
        *("pybind11", "nanobind", "cmake", "pybind11-stubgen", "sip", "py-build-cmake", "mypyc", "hatch-cython"),
        *("hatch-mypyc", "setuptools-golang", "milksnake", "setuptools-zig", "ziglang", "cmeel"),
    }
)
"""Build requirements that serve nothing but compiling; numpy alone does not (it is also read for its version)."""

NOT_UV_PACKAGE = "tool.uv.package is false"
"""The one mark against an upload with which a build still works: its maintainers can overrule it."""


class Declared(Struct, frozen=True, kw_only=True):
    """`present`: the file declares a distribution. `refused`: why that must not be uploaded."""

    present: bool = False
    name: str | None = None
    dynamic_name: bool = False
    backend: str | None = None
    native: bool = False
    rust: bool = False
    """setuptools-rust builds it."""
    prepares: bool = False
    """It tells cibuildwheel what to install before it builds."""
    refused: str | None = None
    problem: str | None = None


def nothing() -> Declared:
    """What an absent file says."""
    return Declared()


def private_classifier(classifiers: Iterable[object]) -> str | None:
    """The reason that a classifier gives against an upload: PyPI refuses every one that begins with `Private ::`."""
    for item in classifiers:
        if isinstance(item, str) and "Private ::" in item and item.strip().startswith("Private ::"):
            return f"it has the classifier “{item.strip()}”"
    return None
