"""Every tool of the command line, through every launcher, with every kind of credential, to every index."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.model import Publisher
from bot.publishing import Publishing

Read = Callable[..., Publishing]
Show = Callable[[Publisher], tuple[str, str, str]]

MINTS = "permissions:\n  id-token: write\n"
TOKEN = "env:\n  TWINE_USERNAME: __token__\n  TWINE_PASSWORD: ${{ secrets.PYPI_TOKEN }}\n"

# name, run, keys of the job, (method, index, credential)
CASES = [
    ("twine", "twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("module", "python3.12 -m twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("wrapped", "sudo -E env A=b timeout 60 twine --no-color upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("pipx", "pipx run --spec 'twine==6.1' twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("uvx", "uvx --from twine twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("uv tool run", "uv tool run twine@6.2 upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("uv run", "uv run --with twine python -m twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("uv run module", "uv run --no-project -m twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("poetry run", "poetry run twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("hatch run", "hatch run -- twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("pdm run", "pdm run -p sub twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("a folder before it", ".venv/bin/twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("xargs", "find dist -print0 | xargs -0 twine upload", TOKEN, ("twine", "pypi", "token")),
    ("a matrix's python", "${{ matrix.python }} -m twine upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("a variable", 'CMD="twine upload"\n$CMD dist/*', TOKEN, ("twine", "pypi", "token")),
    ("named by a variable", '"$TWINE" upload dist/*', TOKEN, ("twine", "pypi", "token")),
    ("continued", "pip install twine && \\\n  twine \\\n  upload dist/*", TOKEN, ("twine", "pypi", "token")),
    ("in a loop", 'for f in dist/*; do\n  twine upload "$f"\ndone', TOKEN, ("twine", "pypi", "token")),
    ("in bash -c", "bash -lc 'cd x && twine upload dist/*'", TOKEN, ("twine", "pypi", "token")),
    ("arguments", "twine upload -u me -p ${{ secrets.PYPI_PASSWORD }} dist/*", "", ("twine", "pypi", "password")),
    (
        "glued option",
        "twine upload -u__token__ -p$T dist/*",
        "env:\n  T: ${{ secrets.T }}\n",
        ("twine", "pypi", "token"),
    ),
    ("testpypi by name", "twine upload -r testpypi dist/*", TOKEN, ("twine", "testpypi", "token")),
    (
        "testpypi by address",
        "twine upload --repository-url https://test.pypi.org/legacy/ dist/*",
        TOKEN,
        ("twine", "testpypi", "token"),
    ),
    (
        "an address beats a name",
        "TWINE_REPOSITORY_URL=https://pypi.corp.example/ twine upload -r pypi dist/*",
        TOKEN,
        ("twine", "other", "token"),
    ),
    ("unknown name", "twine upload -r corp dist/*", TOKEN, ("twine", "other", "token")),
    (
        "an address that a company's tool tells",
        "export TWINE_REPOSITORY_URL=$(aws codeartifact get-repository-endpoint)\ntwine upload dist/*",
        TOKEN,
        ("twine", "other", "token"),
    ),
    ("devpi", "devpi upload --from-dir dist", "", ("third-party", "other", "unknown")),
    ("jfrog", "jf rt u 'dist/*.whl' pypi-local/", "", ("third-party", "other", "unknown")),
    ("cloudsmith", "cloudsmith push python corp/main dist/a.whl", "", ("third-party", "other", "unknown")),
    ("no credential", "twine upload dist/*", "", ("twine", "pypi", "none")),
    ("twine with oidc", "twine upload dist/*", MINTS, ("twine", "pypi", "oidc")),
    ("no oidc for a user", "twine upload -u me dist/*", MINTS, ("twine", "pypi", "none")),
    ("no oidc elsewhere", "twine upload -r corp dist/*", MINTS, ("twine", "other", "none")),
    ("uv with a token", "uv publish --token ${{ secrets.PYPI }}", MINTS, ("uv", "pypi", "token")),
    ("uv short", "uv publish -t $T", "env:\n  T: ${{ secrets.T }}\n", ("uv", "pypi", "token")),
    ("uv with oidc", "uv publish", MINTS, ("uv", "pypi", "oidc")),
    ("uv always", "uv publish --trusted-publishing always", "", ("uv", "pypi", "oidc")),
    ("uv never", "uv publish --trusted-publishing=never", MINTS, ("uv", "pypi", "none")),
    ("uv to TestPyPI", "uv publish --publish-url https://test.pypi.org/legacy/", MINTS, ("uv", "testpypi", "oidc")),
    ("uv in a folder", "uv --directory lib publish", MINTS, ("uv", "pypi", "oidc")),
    ("poetry configured", "poetry config pypi-token.pypi $T\npoetry publish --build", "", ("poetry", "pypi", "token")),
    (
        "poetry by variable",
        "poetry publish",
        "env:\n  POETRY_PYPI_TOKEN_PYPI: ${{ secrets.T }}\n",
        ("poetry", "pypi", "token"),
    ),
    ("poetry -u -p", "poetry publish -u $U -p $P", "", ("poetry", "pypi", "password")),
    (
        "poetry to a private index",
        "poetry config repositories.main https://nexus.example/\npoetry publish -r main -u u -p $P",
        "",
        ("poetry", "other", "password"),
    ),
    (
        "poetry to TestPyPI",
        "poetry config repositories.t https://test.pypi.org/legacy/\npoetry config pypi-token.t $T\npoetry publish -rt",
        "",
        ("poetry", "testpypi", "token"),
    ),
    ("poetry has no oidc", "poetry publish", MINTS, ("poetry", "pypi", "none")),
    (
        "flit",
        "flit publish",
        "env:\n  FLIT_USERNAME: __token__\n  FLIT_PASSWORD: ${{ secrets.T }}\n",
        ("flit", "pypi", "token"),
    ),
    ("flit elsewhere", "FLIT_INDEX_URL=https://a.example/ flit publish", "", ("flit", "other", "none")),
    ("hatch", "hatch publish -u __token__ -a $T", "", ("hatch", "pypi", "token")),
    ("hatch test", "hatch publish -r test -a $T", "", ("hatch", "testpypi", "token")),
    ("pdm", "pdm publish", "env:\n  PDM_PUBLISH_PASSWORD: ${{ secrets.T }}\n", ("pdm", "pypi", "token")),
    ("pdm with oidc", "pdm publish --no-build", MINTS, ("pdm", "pypi", "oidc")),
    ("maturin", "maturin publish -u __token__ -p $T", "", ("maturin", "pypi", "token")),
    (
        "maturin in docker",
        "docker run --rm -v $(pwd):/io ghcr.io/pyo3/maturin publish -u a -p $P",
        "",
        ("maturin", "pypi", "password"),
    ),
    (
        "maturin's empty token",
        "maturin upload x",
        f"env:\n  MATURIN_PYPI_TOKEN: ''\n{MINTS}",
        ("maturin", "pypi", "none"),
    ),
    (
        "semantic-release 7",
        "semantic-release publish",
        "env:\n  PYPI_TOKEN: ${{ secrets.T }}\n",
        ("semantic-release", "pypi", "token"),
    ),
    ("setup.py", "python setup.py sdist upload -r testpypi", "", ("setup.py", "testpypi", "none")),
    ("rye", "rye publish --token ${{ secrets.T }} --yes", "", ("third-party", "pypi", "token")),
    (
        "a .pypirc",
        (
            "cat > ~/.pypirc <<EOF\n[distutils]\nindex-servers = pypi\n[pypi]\nusername = __token__\npassword = $T\n"
            "EOF\ntwine upload dist/*"
        ),
        "",
        ("twine", "pypi", "token"),
    ),
    (
        "a .pypirc to elsewhere",
        (
            "printf '[corp]\\nrepository = https://a.example/\\nusername = u\\npassword = %s\\n' $P > $HOME/.pypirc\n"
            "twine upload -r corp dist/*"
        ),
        "",
        ("twine", "other", "password"),
    ),
    (
        "a .pypirc that is a secret",
        'echo "${{ secrets.PYPIRC }}" > ~/.pypirc\ntwine upload dist/*',
        "",
        ("twine", "pypi", "token"),
    ),
    (
        "a token minted by hand",
        "token=$(curl -X POST https://pypi.org/_/oidc/mint-token)\ntwine upload -u __token__ -p $token dist/*",
        MINTS,
        ("twine", "pypi", "oidc"),
    ),
]


@pytest.mark.parametrize(("run", "job", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_command_is_read(reading: Read, show: Show, run: str, job: str, expected: tuple[str, str, str]) -> None:
    script = "\n".join(f"    {line}" for line in run.split("\n"))
    found = reading(f"- run: |\n{script}\n", job)

    assert [show(publisher) for publisher in found.publishers] == [expected]
    assert not found.publishers[0].indirect


NOTHING = [
    ("a comment", "# twine upload dist/*\ntrue"),
    ("an echo", 'echo "twine upload dist/*"'),
    ("a check", "twine check dist/*"),
    ("a build", "uv build && poetry build && hatch build && flit build && maturin build"),
    ("dry runs", "uv publish --dry-run\npoetry publish --dry-run\npython setup.py upload --dry-run"),
    ("an installation", "pip install twine poetry uv && pip install -i https://test.pypi.org/simple/ spam"),
    ("npm publish", "npm publish --access public"),
    ("cargo publish", "cargo publish --token ${{ secrets.CRATES }}"),
    ("a heredoc that shows it", "cat <<EOF\ntwine upload dist/*\nEOF"),
    ("a release without an upload", "gh release upload v1 dist/*"),
    ("coverage", "bash <(curl -s https://codecov.io/bash) upload"),
    ("semantic-release 8", "semantic-release version"),
    ("its name in a path", "cp twine/upload.py publish/uv.txt"),
    ("hatch to a plug-in", "hatch publish -p artifactory"),
    ("docs", "mkdocs gh-deploy && mike deploy --push"),
    ("conda", "anaconda upload dist/*.conda"),
    ("a broken script", "if ((( twine"),
    ("setup.py builds", "python setup.py sdist bdist_wheel"),
    ("help", "pdm --help\nflit --version"),
    ("a word alone", "twine"),
]


@pytest.mark.parametrize("run", [case[1] for case in NOTHING], ids=[case[0] for case in NOTHING])
def test_nothing_is_uploaded(reading: Read, run: str) -> None:
    script = "\n".join(f"    {line}" for line in run.split("\n"))
    found = reading(f"- run: |\n{script}\n", "env:\n  OTHER: ${{ secrets.OTHER }}\n")

    assert found.publishers == ()
    assert found.suspects == ()


SHELLS = [
    ("pwsh", "twine upload `\n  dist/* -p $env:T", ("twine", "pypi", "token")),
    ("powershell", "if ($true) { python -m twine upload dist/* -p $env:T }", ("twine", "pypi", "token")),
    ("cmd", "call twine upload ^\n  dist\\* -p %T%", ("twine", "pypi", "token")),
    (
        "python",
        'import subprocess\nsubprocess.run(["twine", "upload", "-p", "${{ secrets.T }}"], check=True)',
        ("twine", "pypi", "token"),
    ),
]


@pytest.mark.parametrize(("shell", "run", "expected"), SHELLS)
def test_other_shells(reading: Read, show: Show, shell: str, run: str, expected: tuple[str, str, str]) -> None:
    script = "\n".join(f"    {line}" for line in run.split("\n"))
    found = reading(f"- shell: {shell}\n  run: |\n{script}\n", "env:\n  T: ${{ secrets.T }}\n")

    assert [show(publisher) for publisher in found.publishers] == [expected]


SHELL_COMMENTS = [
    ("pwsh", "# twine upload dist/*\nWrite-Host 'twine upload'"),
    ("cmd", "rem twine upload dist\\*\necho twine upload"),
    ("python", "# subprocess.run(['twine', 'upload'])\nprint('twine upload')"),
]


@pytest.mark.parametrize(("shell", "run"), SHELL_COMMENTS)
def test_comments_of_other_shells(reading: Read, shell: str, run: str) -> None:
    script = "\n".join(f"    {line}" for line in run.split("\n"))

    assert reading(f"- shell: {shell}\n  run: |\n{script}\n").publishers == ()
