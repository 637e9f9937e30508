"""The parts of publish workflows: triggers, conditions, builds, uploads, and what follows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TAG = "startsWith(github.ref, 'refs/tags/')"
TRIGGERS = {
    "release": "release:\n  types: [published]",
    "tags": "push:\n  tags: ['v*']",
    "push": "push:",
    "pulls": "push:\n  branches: [main]\n  tags: ['v*']\npull_request:",
    "by hand": "workflow_dispatch:\n  inputs:\n    publish:\n      default: pypi",
    "all": "push:\nrelease:\n  types: [created]\nworkflow_dispatch:\nschedule:\n  - cron: '0 0 * * 0'",
}
CONDITIONS = {
    "none": "",
    "tag": TAG,
    "event": "github.event_name == 'push' && startsWith(github.ref, 'refs/tags')",
    "braces": "${{ github.event_name == 'release' && github.event.action == 'published' }}",
    "fork": "github.repository == 'Octo-Org/thing'",
    "either": f"{TAG} || github.event_name == 'release'",
    "negated": "\"!contains(github.ref, '-')\"",
    "status": "success()",
}
PERMISSIONS = {
    "none": "",
    "read": "permissions:\n  contents: read",
    "read-all": "permissions: read-all",
    "write": "permissions:\n  contents: write",
}
SETUPS = {
    "python": "- uses: actions/setup-python@v5\n  with:\n    python-version: '3.x'",
    "old action": "- name: Set up Python\n  uses: actions/setup-python@v1\n  with:\n    python-version: 3.8",
    "none": "",
}
BUILDS = {
    "build": ("python -m pip install build", "python -m build"),
    "setup.py": ("python setup.py sdist bdist_wheel",),
    "joined": ("pip install build && python -m build --sdist --wheel --outdir dist/ .",),
    "poetry": ("pip install poetry", "poetry build"),
    "pipx": ("pipx run build",),
}
WHERE = {"root": "", "working-directory": "python", "cd": "python", "defaults": "python"}
TAILS = {
    "none": "",
    "release": f"- uses: softprops/action-gh-release@v1\n  if: {TAG}\n  with:\n    files: dist/*",
    "notes": "- uses: softprops/action-gh-release@v2\n  with:\n    generate_release_notes: true",
    "slack": "- if: failure()\n  uses: 8398a7/action-slack@v3\n  with:\n    status: ${{ job.status }}",
    "echo": "- run: echo done",
    "push": "- run: |\n    git tag v1.0\n    git push --tags",
    "hub": "- run: gh release upload v1.0 dist/*\n  env:\n    GH_TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    "docs": "- run: |\n    pip install mkdocs\n    mkdocs gh-deploy --force",
}
LAYOUTS = ("one job", "fetched", "fetched with checkout", "matrix", "leg", "native")
STYLES = ("plain", "crlf", "comments", "flush")
CREDENTIALS = ("step", "job", "workflow", "option", "quoted", "variable", "pypirc", "GITHUB_ENV", "export", "inline")
INDEXES = {
    "pypi": (("", "pypi"),),
    "testpypi": (("", "testpypi"),),
    "test first": (("", "testpypi"), (TAG, "pypi")),
    "test last": ((TAG, "pypi"), ("", "testpypi")),
    "by event": (("github.event_name == 'push'", "testpypi"), ("github.event_name == 'release'", "pypi")),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """One way of uploading. `keys`: variables of the user and of the credential; `options`: the same on a command."""

    command: str
    install: str = ""
    keys: tuple[str, ...] = ()
    options: str = ""
    test: str = ""
    """What sends it to TestPyPI."""
    builds: bool = False

    @property
    def is_action(self) -> bool:
        return "@" in self.command


TWINE = ("TWINE_USERNAME", "TWINE_PASSWORD")
_MATURIN = ("MATURIN_USERNAME", "MATURIN_PASSWORD")


def _twine(command: str, install: str = "pip install twine", rest: str = " dist/*") -> Upload:
    return Upload(f"{command} upload{rest}", install, TWINE, "-u __token__ -p {}", "--repository testpypi")


UPLOADS: Mapping[str, Upload] = {
    "twine": _twine("twine"),
    "module": _twine("python -m twine", "python -m pip install --upgrade twine"),
    "skipping": _twine("twine", rest=" --skip-existing dist/*"),
    "pipx twine": _twine("pipx run twine", ""),
    "uvx twine": _twine("uvx twine", ""),
    "old twine": _twine("twine", "pip install twine==4.0.2"),
    "patterns": _twine("twine", rest=" dist/*.whl dist/*.tar.gz"),
    "loop": Upload('for f in dist/*; do twine upload "$f"; done', "pip install twine", TWINE),
    "shell": Upload('bash -c "twine upload dist/*"', "pip install twine", TWINE),
    "poetry": Upload("poetry publish", "pip install poetry", (), "-u __token__ -p {}", "-r testpypi"),
    "poetry builds": Upload(
        "poetry publish --build", "pip install poetry", (), "-u __token__ -p {}", "-r testpypi", builds=True
    ),
    "poetry variable": Upload("poetry publish --no-interaction", "pipx install poetry", ("POETRY_PYPI_TOKEN_PYPI",)),
    "flit": Upload("flit publish", "pip install flit", ("FLIT_USERNAME", "FLIT_PASSWORD"), builds=True),
    "hatch": Upload(
        "hatch publish", "pip install hatch", ("HATCH_INDEX_USER", "HATCH_INDEX_AUTH"), "-u __token__ -a {}", "-r test"
    ),
    "pdm": Upload(
        *("pdm publish", "pip install pdm", ("PDM_PUBLISH_USERNAME", "PDM_PUBLISH_PASSWORD")),
        *("-u __token__ -P {}", "-r testpypi"),
        builds=True,
    ),
    "uv": Upload(
        *("uv publish", "pip install uv", ("UV_PUBLISH_TOKEN",)),
        *("--token {}", "--publish-url https://test.pypi.org/legacy/"),
    ),
    "maturin": Upload(
        *("maturin upload --skip-existing dist/*", "pip install maturin", _MATURIN),
        *("-u __token__ -p {}", "--repository testpypi"),
    ),
    "maturin builds": Upload(
        "maturin publish -o dist --skip-existing", "pip install maturin", ("MATURIN_PYPI_TOKEN",), builds=True
    ),
    "action": Upload("pypa/gh-action-pypi-publish@release/v1"),
    "old action": Upload("pypa/gh-action-pypi-publish@master"),
    "pinned action": Upload("pypa/gh-action-pypi-publish@27b31702a0e7fc50959f5ad993c78deac1bdfc29"),
    "jrubics": Upload("JRubics/poetry-publish@v1.17", builds=True),
}
