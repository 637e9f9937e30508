"""What an upload owes to the rest: other levels, earlier steps, other files, callers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.model import Publisher
from bot.publishing import Publishing

Read = Callable[..., Publishing]
Show = Callable[[Publisher], tuple[str, str, str]]

SECRET = "env:\n  TWINE_PASSWORD: ${{ secrets.PYPI_TOKEN }}\n"
UPLOAD = "- run: twine upload dist/*\n"
COMPOSITE = """\
name: upload
inputs:
  token:
    default: ''
runs:
  using: composite
  steps:
    - uses: pypa/gh-action-pypi-publish@release/v1
      with:
        password: ${{ inputs.token }}
"""


def test_workflow_level(reading: Read, show: Show) -> None:
    (publisher,) = reading(UPLOAD, top=SECRET).publishers

    assert show(publisher) == ("twine", "pypi", "token")
    assert publisher.secrets == ("PYPI_TOKEN",)


def test_step_level_beats_the_job(reading: Read, show: Show) -> None:
    step = "- run: twine upload dist/*\n  env:\n    TWINE_REPOSITORY: testpypi\n"
    (publisher,) = reading(step, f"{SECRET}  TWINE_REPOSITORY: pypi\n").publishers

    assert show(publisher) == ("twine", "testpypi", "token")


def test_permissions_of_the_workflow(reading: Read, show: Show) -> None:
    (publisher,) = reading("- run: uv publish\n", top="permissions: write-all\n").publishers

    assert show(publisher) == ("uv", "pypi", "oidc")


def test_a_job_gives_up_the_workflows_permissions(reading: Read, show: Show) -> None:
    job = "permissions:\n  contents: read\n"
    (publisher,) = reading("- run: uv publish\n", job, "permissions:\n  id-token: write\n").publishers

    assert show(publisher) == ("uv", "pypi", "none")


def test_environment_and_place(reading: Read) -> None:
    steps = "- uses: actions/checkout@v4\n- name: up\n  run: |\n    twine upload dist/*\n"
    (publisher,) = reading(steps, "environment:\n  name: release\n").publishers

    assert (publisher.job, publisher.step, publisher.environment) == ("publish", 1, "release")
    assert publisher.line == 10


def test_exports_of_an_earlier_step(reading: Read, show: Show) -> None:
    steps = f'- run: |\n    echo "TWINE_REPOSITORY=testpypi" >> "$GITHUB_ENV"\n    echo B=c >> $GITHUB_ENV\n{UPLOAD}'
    (publisher,) = reading(steps, SECRET).publishers

    assert show(publisher) == ("twine", "testpypi", "token")


def test_exports_under_a_condition_are_possibilities(reading: Read, show: Show) -> None:
    steps = (
        "- run: echo TWINE_REPOSITORY=pypi >> $GITHUB_ENV\n"
        f"- if: github.ref == 'x'\n  run: echo TWINE_REPOSITORY=testpypi >> $GITHUB_ENV\n{UPLOAD}"
    )
    (publisher,) = reading(steps, SECRET).publishers

    assert show(publisher) == ("twine", "pypi", "token")


def test_a_token_from_a_vault_is_a_token(reading: Read, show: Show) -> None:
    steps = (
        "- id: vault\n  uses: hashicorp/vault-action@v3\n"
        "- uses: pypa/gh-action-pypi-publish@release/v1\n  with:\n    password: ${{ steps.vault.outputs.t }}\n"
    )
    (publisher,) = reading(steps, "permissions:\n  id-token: write\n").publishers

    assert show(publisher) == ("gh-action", "pypi", "token")


def test_both_indexes_are_two_publishers(reading: Read, show: Show) -> None:
    steps = "- run: |\n    twine upload -r testpypi dist/*\n    twine upload dist/*\n"

    assert [show(publisher)[1] for publisher in reading(steps, SECRET).publishers] == ["testpypi", "pypi"]


def test_an_index_of_uv(reading: Read, show: Show) -> None:
    project = '[project]\nname = "a"\n[[tool.uv.index]]\nname = "corp"\npublish-url = "https://corp.example/"\n'
    found = reading("- run: uv publish --index corp -t $T\n", files={"pyproject.toml": project})

    assert show(found.publishers[0]) == ("uv", "other", "token")


INDIRECT = [
    (
        "make",
        "make release",
        {"Makefile": "UP = twine upload\nall:\n\ttrue\nrelease: dist\n\t@$(UP) dist/*\ndist:\n\tbuild\n"},
    ),
    ("prerequisites", "make all", {"Makefile": "all: up\nup:\n\ttwine upload dist/*\n"}),
    ("another folder", "make -C py up", {"py/Makefile": "up:\n\ttwine upload dist/*\n"}),
    ("tox", "tox -e lint,publish", {"tox.ini": "[testenv:publish]\ncommands =\n  twine upload dist/*\n"}),
    ("tox, several times", "tox -e lint -e publish", {"tox.ini": "[testenv:publish]\ncommands = twine upload x\n"}),
    (
        "tox in TOML",
        "tox -e publish",
        {"tox.toml": '[env.publish]\ncommands = [["python", "-m", "build"], ["twine", "upload", "dist/*"]]\n'},
    ),
    (
        "tox in pyproject.toml",
        "tox -e publish",
        {"pyproject.toml": '[tool.tox.env_run_base]\ncommands = [["twine", "upload", "dist/*"]]\n'},
    ),
    (
        "tox's old form in pyproject.toml",
        "tox -e publish",
        {"pyproject.toml": '[tool.tox]\nlegacy_tox_ini = """\n[testenv:publish]\ncommands = twine upload x\n"""\n'},
    ),
    (
        "tox factors",
        "tox -e publish",
        {"tox.ini": "[testenv]\ncommands =\n  test: pytest\n  publish: twine upload x\n"},
    ),
    (
        "nox",
        "nox -s publish",
        {"noxfile.py": "import nox\n@nox.session\ndef publish(session):\n    session.run('twine', 'upload', 'x')\n"},
    ),
    ("just", "just publish", {"justfile": "build:\n  x\npublish: build\n  twine upload dist/*\n"}),
    ("invoke", "inv publish-it", {"tasks.py": "@task\ndef publish_it(c):\n    c.run('twine upload dist/*')\n"}),
    ("npm", "npm run up", {"package.json": '{"scripts": {"up": "twine upload dist/*"}}'}),
    ("a script", "./ci/up.sh v1", {"ci/up.sh": "#!/bin/sh\nset -e\ntwine upload dist/*\n"}),
    ("bash with a script", "bash ci/up.sh", {"ci/up.sh": "twine upload dist/*\n"}),
    ("a script without a suffix", "ci/up", {"ci/up": "#!/bin/bash\ntwine upload dist/*\n"}),
    ("a Python script", "python ci/up.py", {"ci/up.py": "import os\nos.system('twine upload dist/*')\n"}),
    ("hatch", "hatch run up", {"pyproject.toml": '[tool.hatch.envs.default.scripts]\nup = ["twine upload x"]\n'}),
    ("pdm", "pdm run up", {"pyproject.toml": '[tool.pdm.scripts]\nup = {cmd = "twine upload x"}\n'}),
    ("poe", "poetry run poe up", {"pyproject.toml": '[tool.poe.tasks]\nup = "twine upload x"\n'}),
    ("two steps away", "make up", {"Makefile": "up:\n\t./ci/up.sh\n", "ci/up.sh": "twine upload x\n"}),
]


@pytest.mark.parametrize(("run", "files"), [case[1:] for case in INDIRECT], ids=[case[0] for case in INDIRECT])
def test_an_indirect_upload(reading: Read, show: Show, run: str, files: dict[str, str]) -> None:
    (publisher,) = reading(f"- run: {run}\n", SECRET, files=files).publishers

    assert show(publisher) == ("twine", "pypi", "token")
    assert publisher.indirect


NOT_INDIRECT = [
    ("another target", "make test", {"Makefile": "test:\n\tpytest\nup:\n\ttwine upload x\n"}),
    (
        "another environment",
        "tox -e py",
        {"tox.ini": "[testenv:up]\ncommands = twine upload x\n[testenv:py]\ncommands = a\n"},
    ),
    (
        "other environments",
        "tox -e py -e lint",
        {"tox.ini": "[testenv:up]\ncommands = twine upload x\n[testenv:py]\ncommands = a\n"},
    ),
    (
        "another session",
        "nox -s test",
        {"noxfile.py": "def test(s): s.run('pytest')\ndef up(s): s.run('twine', 'upload')\n"},
    ),
    ("an echo", "./ci/up.sh", {"ci/up.sh": "echo twine upload\n# twine upload\n"}),
    ("a check", "make release", {"Makefile": "release:\n\ttwine check dist/*\n"}),
    ("a broken file", "npm run up", {"package.json": '{"scripts": [publish'}),
    ("broken Python", "python ci/up.py", {"ci/up.py": "def ("}),
    ("nobody calls it", "pytest", {"Makefile": "up:\n\ttwine upload x\n", "ci/up.sh": "twine upload x\n"}),
]


@pytest.mark.parametrize(("run", "files"), [case[1:] for case in NOT_INDIRECT], ids=[case[0] for case in NOT_INDIRECT])
def test_no_indirect_upload(reading: Read, run: str, files: dict[str, str]) -> None:
    assert reading(f"- run: {run}\n", SECRET, files=files).publishers == ()


def test_a_composite_action_gets_its_inputs(reading: Read, show: Show) -> None:
    step = "- uses: ./.github/actions/up\n  with:\n    token: ${{ secrets.PYPI_TOKEN }}\n"
    found = reading(step, files={".github/actions/up/action.yml": COMPOSITE})

    assert show(found.publishers[0]) == ("gh-action", "pypi", "token")
    assert found.publishers[0].indirect


def test_a_composite_action_without_them_uses_oidc(reading: Read, show: Show) -> None:
    job = "permissions:\n  id-token: write\n"
    found = reading("- uses: ./.github/actions/up\n", job, files={".github/actions/up/action.yml": COMPOSITE})

    assert show(found.publishers[0]) == ("gh-action", "pypi", "oidc")


EITHER = """\
inputs:
  token:
    default: ''
  test-token:
    default: ''
runs:
  using: composite
  steps:
    - if: inputs.test-token != ''
      uses: pypa/gh-action-pypi-publish@release/v1
      with:
        password: ${{ inputs.test-token }}
        repository-url: https://test.pypi.org/legacy/
    - if: ${{ inputs.token != '' }}
      uses: pypa/gh-action-pypi-publish@release/v1
      with:
        password: ${{ inputs.token }}
"""


@pytest.mark.parametrize(
    ("given", "indexes"),
    [
        ("token: ${{ secrets.PYPI_TOKEN }}", ["pypi"]),
        ("test-token: ${{ secrets.TEST_PYPI_TOKEN }}", ["testpypi"]),
        ("token: ''", []),
        ("token: ${{ steps.mint.outputs.token }}", ["pypi"]),
    ],
)
def test_what_a_composite_action_is_not_given_it_does_not_do(reading: Read, given: str, indexes: list[str]) -> None:
    step = f"- uses: ./.github/actions/up\n  with:\n    {given}\n"
    found = reading(step, files={".github/actions/up/action.yml": EITHER})

    assert [publisher.index.value for publisher in found.publishers] == indexes


def test_an_action_that_calls_itself_ends(reading: Read) -> None:
    action = "runs:\n  using: composite\n  steps:\n    - uses: ./a\n"

    assert reading("- uses: ./a\n", files={"a/action.yml": action}).publishers == ()


@pytest.mark.parametrize(
    ("step", "files"),
    [
        ("- run: ./a.sh", {"a.sh": "./a.sh\n" * 300 + "twine upload $X\n"}),
        (
            "- uses: ./again",
            {"again/action.yml": "runs:\n  using: composite\n  steps:\n" + "    - uses: ./again\n" * 300},
        ),
    ],
)
@pytest.mark.parametrize("condition", ["", "  if: false\n"])
def test_what_starts_itself_many_times_is_read_for_a_while(
    reading: Read, step: str, files: dict[str, str], condition: str
) -> None:
    found = reading(f"{step}\n{condition}{step}\n", files=files)
    (suspect,) = [each for each in found.suspects if "starts more than could be read" in each.what]
    assert suspect.line == (8 if condition else 6)


def test_a_workflow_called_in_this_repository(reading: Read, show: Show) -> None:
    called = (
        "on:\n  workflow_call:\n    inputs:\n      url:\n        type: string\n    secrets:\n      t:\n"
        "jobs:\n  up:\n    runs-on: x\n    steps:\n      - uses: pypa/gh-action-pypi-publish@release/v1\n"
        "        with:\n          repository-url: ${{ inputs.url }}\n          password: ${{ secrets.t }}\n"
    )
    caller = (
        "on: push\njobs:\n  call:\n    uses: ./.github/workflows/up.yml\n"
        "    with:\n      url: https://test.pypi.org/legacy/\n    secrets:\n      t: ${{ secrets.TEST_TOKEN }}\n"
    )
    files = {".github/workflows/up.yml": called, ".github/workflows/caller.yml": caller}
    (publisher,) = reading("- run: 'true'\n", files=files).publishers

    assert show(publisher) == ("gh-action", "testpypi", "token")
    assert (publisher.workflow, publisher.secrets) == (".github/workflows/up.yml", ("TEST_TOKEN",))


def test_what_never_runs_is_suspected_and_not_counted(reading: Read) -> None:
    found = reading(UPLOAD, f"if: ${{{{ false }}}}\n{SECRET}")

    assert found.publishers == ()
    assert len(found.suspects) == 1


def test_a_step_that_never_runs(reading: Read) -> None:
    assert reading("- run: twine upload x\n  if: false\n").publishers == ()


def test_an_unread_target_is_suspected_only_with_a_secret(reading: Read) -> None:
    assert reading("- run: make publish\n").suspects == ()
    assert len(reading("- run: make publish\n", "env:\n  T: ${{ secrets.T }}\n").suspects) == 1


def test_an_unread_script_that_gets_the_token(reading: Read, show: Show) -> None:
    step = "- run: ci/go\n  env:\n    T: ${{ secrets.PYPI_TOKEN }}\n"
    (publisher,) = reading(step).publishers

    assert show(publisher) == ("third-party", "pypi", "token")
    assert (publisher.via, publisher.indirect) == ("ci/go", True)


def test_an_unread_script_in_a_job_that_has_the_token(reading: Read) -> None:
    steps = "- run: ./scripts/ci/publish-package x\n- uses: 8398a7/action-slack@v3\n"
    (publisher,) = reading(steps, top=SECRET).publishers

    assert (publisher.via, publisher.indirect) == ("./scripts/ci/publish-package", True)


@pytest.mark.parametrize("action", ["8398a7/action-slack@v3", "docker/login-action@v3", "a/check-version@v1"])
def test_an_action_beside_the_token_uploads_nothing(reading: Read, action: str) -> None:
    assert reading(f"- uses: {action}\n", top=SECRET).publishers == ()


def test_an_action_that_builds_may_upload_with_the_token_of_its_job(reading: Read) -> None:
    (publisher,) = reading("- uses: octo-org/wheels@v1\n", SECRET).publishers

    assert publisher.via == "octo-org/wheels"


def test_a_program_that_is_told_the_address(reading: Read, show: Show) -> None:
    step = "- run: doit package_upload -u ${{ secrets.U }} -p ${{ secrets.P }} -r $PYPI\n"
    (publisher,) = reading(step, "env:\n  PYPI: https://upload.pypi.org/legacy/\n").publishers

    assert (publisher.via, publisher.indirect, publisher.secrets) == ("doit", True, ("U",))


def test_a_program_that_asks_the_index(reading: Read) -> None:
    step = "- run: doit compare -p ${{ secrets.P }} -r $PYPI\n"

    assert reading(step, "env:\n  PYPI: https://pypi.org/simple/\n").publishers == ()


def test_an_address_that_one_step_may_export(reading: Read, show: Show) -> None:
    steps = (
        "- if: inputs.dry\n  run: echo TWINE_REPOSITORY_URL=https://test.pypi.org/legacy/ >> $GITHUB_ENV\n"
        "- run: twine upload dist/*\n"
    )
    (publisher,) = reading(steps, SECRET).publishers

    assert show(publisher) == ("twine", "pypi", "token")


@pytest.mark.parametrize(
    ("written", "upload"),
    [
        ("poetry config repositories.x $WHERE && poetry config pypi-token.x ${T}", "poetry publish -r x"),
        ("echo TWINE_PASSWORD=$T >> $GITHUB_ENV; echo TWINE_REPOSITORY_URL=$WHERE >> $GITHUB_ENV", "twine upload x"),
        (r"printf '[pypi]\\nrepository=%s\\npassword=%s' $WHERE $T > ~/.pypirc", "twine upload x"),
    ],
)
def test_what_outlives_its_step_has_the_variables_of_that_step(
    reading: Read, show: Show, written: str, upload: str
) -> None:
    env = "  env:\n    T: ${{ secrets.T }}\n    WHERE: https://pypi.example.com/legacy/\n"
    (publisher,) = reading(f'- run: "{written}"\n{env}- run: {upload}\n').publishers

    assert show(publisher) == (upload.split(maxsplit=1)[0], "other", "token")
    assert publisher.secrets == ("T",)


def test_variables_of_a_step_end_with_it(reading: Read, show: Show) -> None:
    env = "  env:\n    TWINE_REPOSITORY_URL: https://pypi.example.com/legacy/\n"
    (publisher,) = reading(f"- run: poetry config x $TWINE_REPOSITORY_URL\n{env}- run: twine upload x\n").publishers

    assert show(publisher) == ("twine", "pypi", "none")


@pytest.mark.parametrize(("run", "index"), [(". ./env.sh", "other"), ("source env.sh", "other"), ("./env.sh", "pypi")])
def test_a_script_that_is_sourced_leaves_its_variables(reading: Read, show: Show, run: str, index: str) -> None:
    files = {"env.sh": "export TWINE_REPOSITORY_URL=https://pypi.example.com/\necho twine upload\n"}
    (publisher,) = reading(f"- run: |\n    {run}\n    twine upload x\n", SECRET, files=files).publishers

    assert show(publisher) == ("twine", index, "token")


@pytest.mark.parametrize(("publish", "found"), [("poetry publish -r x --dry-run", 0), ("make publish", 1)])
def test_a_credential_for_a_rehearsal(reading: Read, publish: str, found: int) -> None:
    steps = f"- run: poetry config pypi-token.x ${{{{ secrets.PYPI_TOKEN }}}}\n- run: {publish}\n"

    assert len(reading(steps).publishers) == found


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("aws codeartifact get-repository-endpoint --domain d", ("twine", "other", "token")),
        ("python -c 'print(1)'", ("twine", "unknown", "oidc")),
    ],
)
def test_what_a_step_asks_of_a_company_leads_there(
    reading: Read, show: Show, asked: str, expected: tuple[str, str, str]
) -> None:
    steps = (
        f'- id: a\n  run: echo "x=$({asked})" >> $GITHUB_OUTPUT\n- run: twine upload x\n'
        "  env:\n    TWINE_REPOSITORY_URL: ${{ steps.a.outputs.x }}\n    TWINE_PASSWORD: ${{ steps.a.outputs.y }}\n"
    )
    (publisher,) = reading(steps, "permissions:\n  id-token: write\n").publishers

    assert show(publisher) == expected
