"""setup.cfg and setup.py: the metadata of setuptools, read without running anything.

A name that is computed is None. Constants of the module are followed one step: `NAME = "x"` and `setup(name=NAME)`.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.project.declared import Declared, private_classifier

if TYPE_CHECKING:
    import configparser

LARGEST_SETUP = 200_000
"""Characters; a longer setup.py is data, not a script that somebody wrote."""
_CALL = re.compile(r"\bsetup\s*\(")
_NATIVE_ARGUMENTS = ("ext_modules", "cffi_modules", "rust_extensions", "cmake_install_dir", "build_golang")
_NATIVE_IMPORTS = frozenset({"skbuild", "setuptools_rust", "Cython", "pybind11", "cffi", "mypyc"})
_DYNAMIC = ("attr:", "file:")

Constants = dict[str, ast.expr]


def read_setup_cfg(text: str) -> Declared:
    """What [metadata] of a setup.cfg declares; only a name makes it a package."""
    if "[metadata]" not in text and text.startswith("["):
        return Declared()  # most configure tools alone
    parser = ini(text)
    if parser is None:
        return Declared(problem="is not an INI file")
    name = (parser.get("metadata", "name", fallback="") or "").strip()
    classifiers = re.split(r"[\n,]", parser.get("metadata", "classifiers", fallback="") or "")
    return Declared(
        present=bool(name),
        name=None if not name or name.startswith(_DYNAMIC) else name,
        refused=private_classifier(classifiers),
    )


@lru_cache(maxsize=4)
def ini(text: str) -> configparser.RawConfigParser | None:
    """An INI text as tools like setuptools and tox read it, None where it is none; kept, for it is only read.

    A workflow runs several environments of one tox.ini.
    """
    import configparser  # noqa: PLC0415 - few projects have a setup.cfg that says more than how their tools are set up

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text.removeprefix("\ufeff"))
    except (configparser.Error, AttributeError):
        # AttributeError: CPython's parser appends to None where a line continues a key without a value.
        return None
    return parser


def read_setup_py(text: str) -> Declared:
    """What the `setup()` call of a setup.py declares; a script that calls none declares nothing."""
    if not _CALL.search(text) or len(text) > LARGEST_SETUP:
        return Declared()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Python 2, or no Python at all: a call is there, what it says is not known.
        return Declared(present=True, native="ext_modules" in text)
    call = next(_calls(module), None)
    return Declared() if call is None else _read_call(call, module)


def _calls(module: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id="setup") | ast.Attribute(attr="setup") if not node.args:
                    yield node


def _read_call(call: ast.Call, module: ast.Module) -> Declared:
    constants = _constants(module)
    arguments = _arguments(call, constants)
    name = _resolve(arguments.get("name"), constants)
    classifiers = _resolve(arguments.get("classifiers"), constants)
    native = any(_is_filled(_resolve(arguments.get(key), constants)) for key in _NATIVE_ARGUMENTS)
    return Declared(
        present=True,
        name=name.value.strip() if isinstance(name, ast.Constant) and isinstance(name.value, str) else None,
        native=native or (not _NATIVE_IMPORTS.isdisjoint(_imports(module))),
        rust="rust_extensions" in arguments or "setuptools_rust" in _imports(module),
        refused=private_classifier(_strings(classifiers)),
    )


def _constants(module: ast.Module) -> Constants:
    found: Constants = {}
    for node in module.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found


def _arguments(call: ast.Call, constants: Constants) -> dict[str, ast.expr]:
    """The keywords of a call; `**kwargs` is followed to a dict that the module spells out."""
    found: dict[str, ast.expr] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            found[keyword.arg] = keyword.value
            continue
        spread = _resolve(keyword.value, constants)
        if isinstance(spread, ast.Call) and isinstance(spread.func, ast.Name) and spread.func.id == "dict":
            found |= {item.arg: item.value for item in spread.keywords if item.arg is not None}
        if isinstance(spread, ast.Dict):
            for key, value in zip(spread.keys, spread.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = value
    return found


def _resolve(node: ast.expr | None, constants: Constants) -> ast.expr | None:
    return constants.get(node.id, node) if isinstance(node, ast.Name) else node


def _is_filled(node: ast.expr | None) -> bool:
    if node is None or (isinstance(node, ast.Constant) and not node.value):
        return False
    return bool(node.elts) if isinstance(node, ast.List | ast.Tuple) else True


def _strings(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.List | ast.Tuple):
        yield from (item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from node.value.splitlines()


def _imports(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module.split(".")[0]
