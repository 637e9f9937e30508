"""`.github/pubflow.yml`: understood, or refused at a place; never guessed."""

from __future__ import annotations

import pytest

from bot.config import Config, InvalidConfig, read

VALID: dict[str | None, Config] = {
    None: Config(),
    "": Config(),
    "# nothing yet\n": Config(),
    "---\n": Config(),
    "enabled: false\n": Config(enabled=False),
    "add: true\n": Config(add=True),
    "enabled: FALSE\r\nadd: True\r\n": Config(enabled=False, add=True),
    "\ufeffadd: true": Config(add=True),
    "---\nadd: true\n...\n": Config(add=True),
    "{add: true}": Config(add=True),
    "tomorrow: [1, 2]\nadd: true # please\n": Config(add=True),
}


@pytest.mark.parametrize("text", VALID)
def test_settings_are_read_and_defaults_filled_in(text: str | None) -> None:
    assert read(text) == VALID[text]


INVALID = {
    "enabled: 'false'\n": ("`enabled` must be true or false, without quotes", 1, 10),
    "add: true\nenabled: no\n": ("`enabled` must be true or false, without quotes", 2, 10),
    "enabled:\n": ("`enabled` must be true or false, without quotes", 1, None),
    "enabled: [false]\n": ("`enabled` must be true or false, without quotes", 1, 10),
    "- enabled: false\n": ("must hold settings such as `add: true`", 1, 1),
    "false\n": ("must hold settings such as `add: true`", 1, 1),
    "enabled: false\nenabled: true\n": ("is not YAML: ", 2, None),
    "enabled: [\n": ("is not YAML: ", None, None),
    "a: 1\n---\nenabled: false\n": ("is not YAML: ", None, None),
    "\tenabled: false\n": ("is not YAML: ", 1, None),
}


@pytest.mark.parametrize("text", INVALID)
def test_what_cannot_be_understood_is_never_taken_for_the_defaults(text: str) -> None:
    message, line, column = INVALID[text]
    answer = read(text)
    assert isinstance(answer, InvalidConfig)
    assert answer.message.startswith(message)
    assert line in {None, answer.line}
    assert column in {None, answer.column}
