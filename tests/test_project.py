"""What is packaged, and what only looks as if."""

from __future__ import annotations

from time import process_time

import pytest
from packaging.utils import canonicalize_name

from bot.model import EntryKind, Project, Sha, TreeEntry
from bot.project import projects, read
from bot.project.names import canonical

SYSTEM = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
SETUP = "from setuptools import setup\n"


def found(files: dict[str, str], others: tuple[str, ...] = ()) -> tuple[Project, ...]:
    entry = TreeEntry(kind=EntryKind.BLOB, oid=Sha("0" * 40), size=1)
    return projects(files, dict.fromkeys((*files, *others), entry))


# name, files, (name, backend, native)
PACKAGES: list[tuple[str, dict[str, str], tuple[str | None, str | None, bool]]] = [
    ("PEP 621", {"pyproject.toml": f'{SYSTEM}[project]\nname = "a"\n'}, ("a", "hatchling.build", False)),
    (
        "BOM and CRLF",
        {"pyproject.toml": '\ufeff[build-system]\r\n[project]\r\nname = "a"\r\n'},
        ("a", "setuptools.build_meta:__legacy__", False),
    ),
    (
        "poetry",
        {"pyproject.toml": '[tool.poetry]\nname = "a"\n[build-system]\nbuild-backend = "poetry.core"\n'},
        ("a", "poetry.core", False),
    ),
    (
        "old flit",
        {"pyproject.toml": '[build-system]\nbuild-backend = "flit_core.api"\n[tool.flit.metadata]\nmodule = "a"\n'},
        ("a", "flit_core.api", False),
    ),
    ("setup.cfg", {"setup.cfg": "[metadata]\nname = a\n", "setup.py": f"{SETUP}setup()\n"}, ("a", None, False)),
    ("setup.cfg, computed", {"setup.cfg": "[metadata]\nname = attr: a.b\n"}, (None, None, False)),
    ("setup.py", {"setup.py": f"{SETUP}setup(name='a')\n"}, ("a", None, False)),
    ("a constant", {"setup.py": f"{SETUP}NAME = 'a'\nsetup(name=NAME)\n"}, ("a", None, False)),
    ("a dict", {"setup.py": f"{SETUP}d = dict(name='a')\nif True:\n    setup(**d)\n"}, ("a", None, False)),
    ("computed", {"setup.py": f"{SETUP}setup(name=open('x').read())\n"}, (None, None, False)),
    ("Python 2", {"setup.py": f"{SETUP}print 'x'\nsetup(name='a')\n"}, (None, None, False)),
    (
        "extensions",
        {"setup.py": f"{SETUP}import x\next = [x.E()]\nsetup(name='a', ext_modules=ext)\n"},
        ("a", None, True),
    ),
    ("no extensions", {"setup.py": f"{SETUP}setup(name='a', ext_modules=[], cffi_modules=None)\n"}, ("a", None, False)),
    ("scikit-build", {"setup.py": "from skbuild import setup\nsetup(name='a')\n"}, ("a", None, True)),
    ("cffi", {"setup.py": f"{SETUP}setup(name='a', cffi_modules=['x.py:f'])\n"}, ("a", None, True)),
    (
        "maturin",
        {"pyproject.toml": '[build-system]\nbuild-backend = "maturin"\n[project]\nname = "a"\n'},
        ("a", "maturin", True),
    ),
    (
        "meson",
        {"pyproject.toml": '[build-system]\nbuild-backend = "mesonpy"\n[project]\nname = "a"\n'},
        ("a", "mesonpy", True),
    ),
    (
        "cibuildwheel",
        {"pyproject.toml": f'{SYSTEM}[project]\nname = "a"\n[tool.cibuildwheel]\nskip = "x"\n'},
        ("a", "hatchling.build", True),
    ),
    (
        "cython",
        {"pyproject.toml": '[build-system]\nrequires = ["setuptools", "Cython~=3.0"]\n[project]\nname = "a"\n'},
        ("a", "setuptools.build_meta:__legacy__", True),
    ),
    ("dynamic", {"pyproject.toml": f'{SYSTEM}[project]\ndynamic = ["name"]\n'}, (None, "hatchling.build", False)),
    (
        "all over the place",
        {
            "pyproject.toml": "[build-system]\n",
            "setup.cfg": "[metadata]\nname=a\n",
            "setup.py": f"{SETUP}setup(ext_modules=[E()])\n",
        },
        ("a", "setuptools.build_meta:__legacy__", True),
    ),
    ("without a build system", {"pyproject.toml": '[project]\nname = "a"\nclassifiers = ["x"]\n'}, ("a", None, False)),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in PACKAGES], ids=[case[0] for case in PACKAGES])
def test_a_package(files: dict[str, str], expected: tuple[str | None, str | None, bool]) -> None:
    (project,) = found(files)

    assert (project.name, project.backend, project.native) == expected
    assert project.private is None


NO_PACKAGES = [
    ("tools alone", {"pyproject.toml": "[tool.ruff]\nline-length = 1\n"}),
    ("an application", {"pyproject.toml": '[project]\nname = "site"\nversion = "0"\ndependencies = ["django"]\n'}),
    ("requirements", {"requirements.txt": "django\n", "manage.py": ""}),
    ("setup.cfg of tools", {"setup.cfg": "[flake8]\nmax-line-length = 1\n"}),
    ("setup.py that is something else", {"setup.py": "def setup_database(): ...\n"}),
    ("setup(app) of Sphinx", {"setup.py": "setup(app)\n"}),
    ("tests", {"tests/pkg/pyproject.toml": f'{SYSTEM}[project]\nname = "a"\n'}),
    ("an example", {"examples/a/setup.py": f"{SETUP}setup(name='a')\n"}),
    ("vendored", {"src/a/_vendor/b/setup.cfg": "[metadata]\nname = b\n"}),
    ("a template", {"{{cookiecutter.name}}/pyproject.toml": f'{SYSTEM}[project]\nname = "a"\n'}),
    ("hidden", {".config/pyproject.toml": f'{SYSTEM}[project]\nname = "a"\n'}),
    ("nothing", {}),
    ("odd types", {"pyproject.toml": 'project = 1\ntool = []\nbuild-system = "x"\n'}),
    ("odd types below", {"pyproject.toml": "[tool]\npoetry = 1\nuv = []\n[project]\n"}),
]


@pytest.mark.parametrize("files", [case[1] for case in NO_PACKAGES], ids=[case[0] for case in NO_PACKAGES])
def test_no_package(files: dict[str, str]) -> None:
    assert found(files) == ()


PRIVATE = [
    f'{SYSTEM}[project]\nname = "a"\nclassifiers = ["Private :: Do Not Upload"]\n',
    f'{SYSTEM}[project]\nname = "a"\nclassifiers = ["Private :: ACME"]\n',
    '[tool.poetry]\nname = "a"\nclassifiers = ["Private :: x"]\n',
    "[tool.poetry]\npackage-mode = false\n",
    f'{SYSTEM}[project]\nname = "a"\n[tool.uv]\npackage = false\n',
    '[project]\nname = "a"\n[tool.pdm]\ndistribution = false\n',
]


@pytest.mark.parametrize("text", PRIVATE)
def test_private(text: str) -> None:
    assert found({"pyproject.toml": text})[0].private


def test_private_elsewhere() -> None:
    assert found({"setup.py": f"{SETUP}setup(name='a', classifiers=['Private :: x'])\n"})[0].private
    assert found({"setup.cfg": "[metadata]\nname = a\nclassifiers =\n  Private :: x\n  b\n"})[0].private


def test_a_monorepo() -> None:
    member = f'{SYSTEM}[project]\nname = "%s"\n'
    files = {"pyproject.toml": "[tool.uv.workspace]\nmembers = ['packages/*']\n"}
    files |= {f"packages/{name}/pyproject.toml": member % name for name in "ba"}

    assert [(project.name, project.path, project.metadata) for project in found(files)] == [
        ("a", "packages/a", "packages/a/pyproject.toml"),
        ("b", "packages/b", "packages/b/pyproject.toml"),
    ]


def test_a_setup_py_that_was_not_read() -> None:
    assert [project.metadata for project in found({}, ("setup.py", "a/b/c/setup.py"))] == ["setup.py"]


BROKEN = [
    ("pyproject.toml", "[project\nname = 1"),
    ("pyproject.toml", "a = " + "[" * 5000),
    ("setup.cfg", "nonsense\n= x"),
    ("setup.cfg", "[metadata]\nname\n  continued\n"),
    ("pyproject.toml", "\x00"),
]


@pytest.mark.parametrize(("path", "text"), BROKEN)
def test_broken_metadata_is_recorded(path: str, text: str) -> None:
    assert list(read({path: text}, {}).problems) == [path]


@pytest.mark.parametrize(
    "text", ["setup(\x00)", "setup(" + "(" * 3000, "setup(*a)", "x.setup(name=1)", "setup(**1)", "setup(**{1: 2})"]
)
def test_a_hostile_setup_py(text: str) -> None:
    assert all(project.name is None for project in found({"setup.py": text}))


RUST = """[build-system]
requires = ["setuptools", "Setuptools_Rust>=1.11"]
build-backend = "setuptools.build_meta"

[project]
name = "a"
"""


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"pyproject.toml": RUST}, True),
        ({"setup.py": f"{SETUP}from setuptools_rust import R\nsetup(name='a', rust_extensions=[R()])\n"}, True),
        ({"pyproject.toml": RUST + '[tool.cibuildwheel.linux]\nbefore-all = "install-rust"\n'}, False),
        ({"pyproject.toml": RUST + '[tool.cibuildwheel]\nbefore-all = "install-rust"\n'}, False),
        ({"pyproject.toml": RUST.replace("Setuptools_Rust", "cython")}, False),
        ({"pyproject.toml": RUST.replace("Setuptools_Rust", "setuptools-rusty")}, False),
    ],
)
def test_rust_that_no_compiler_is_brought_along_for(files: dict[str, str], wanted: bool) -> None:
    [project] = found(files)
    assert project.rust is wanted


KEYS = {
    "dotted without end": "a." * 500_000,
    "quoted parts": '"a".' * 200_000,
    "blanks between": "a .\t" * 200_000,
    "quotes that never end": '"\\' * 100_000,
    "in an inline table": "x={" + "a." * 300_000,
    "a number of many digits": "x=" + "1" * 100_000,
    "a name of many digits": "[project]\nname=" + "1" * 5000,
}


@pytest.mark.parametrize("text", KEYS.values(), ids=KEYS)
def test_a_hostile_pyproject_toml_is_a_problem_and_takes_no_time(text: str) -> None:
    """Keys of half a million parts took ten minutes; a number of 5,000 digits raised what nobody caught."""
    began = process_time()
    assert read({"pyproject.toml": text}, {}).problems["pyproject.toml"].startswith("is not TOML")
    assert process_time() - began < 5


@pytest.mark.parametrize("parts", [2, 10, 99])
def test_a_key_of_many_parts_is_read(parts: int) -> None:
    text = f'{".".join(["a"] * parts)} = 1\n[project]\nname = "b"\n[build-system]\nbuild-backend = "x"\n'
    assert [project.name for project in found({"pyproject.toml": text})] == ["b"]


@pytest.mark.parametrize("name", ["a", "Spoon", "spoon_fork", "Spoon.-_Fork", "--a--", "", "1.0", "É-_x", "a b", "..."])
def test_a_name_is_filed_as_the_library_says(name: str) -> None:
    assert canonical(name) == canonicalize_name(name)
