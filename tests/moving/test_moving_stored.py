"""Commands that only store the credentials of uploads, however they are spelt."""

from __future__ import annotations

import pytest

from bot.moving.stored import settings_of, storing
from bot.script import Shell, read

STORING = [
    "echo x > ~/.pypirc",
    "echo x > ~/.py'pi'rc",
    "echo x > ~/.py\\pirc",
    "echo x > ~/.py``pirc",
    'bash -c "echo x > ~/.py\\pirc"',
    "cat <<EOF > .pypirc\n[pypi]\nEOF",
    "echo TWINE_PASSWORD=x >> $GITHUB_ENV",
    'echo TWINE_PASSWORD=x >> "$GITHUB_"ENV',
    "export TWINE_USERNAME=x",
    "poetry config pypi-token.pypi x",
    "$POETRY con'fig' http-basic.x a b",
    "pdm config repository.x.password y",
]


@pytest.mark.parametrize("text", STORING)
def test_however_it_is_spelt(text: str) -> None:
    assert storing(read(text, Shell.BASH).commands)
    assert settings_of(text, Shell.BASH) != ()


@pytest.mark.parametrize(
    ("text", "shell"),
    [
        ("'x' > \"$HOME/.py\"'pirc'", Shell.POWERSHELL),
        ("echo x > %HOME%\\.pypirc", Shell.CMD),
        ("import os\nos.system('echo x > .p\\x79pirc')", Shell.PYTHON),
    ],
)
def test_in_every_language(text: str, shell: Shell) -> None:
    assert storing(read(text, shell).commands)
    assert settings_of(text, shell) != ()


@pytest.mark.parametrize("text", ["git config user.name x", "echo x > pypi", "make dist", "twine upload dist/*"])
def test_others_store_nothing(text: str) -> None:
    assert settings_of(text, Shell.BASH) == ()
