"""Scripts: commands, words, spans, whatever shell and however hostile."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.script import Script, Shell, read, shell_of

WORDS = [
    ("quotes", "a 'b c' \"d e\" f\\ g", ["a", "b c", "d e", "f g"]),
    ("glued", "a --x='b c'\"$D\"", ["a", "--x=b c$D"]),
    (
        "an expression",
        "a ${{ secrets.X }} \"-p${{ format('{0}}}', 'y') }}\"",
        ["a", "${{ secrets.X }}", "-p${{ format('{0}}}', 'y') }}"],
    ),
    ("an expression as the command", "${{ matrix.python }} -m b", ["${{ matrix.python }}", "-m", "b"]),
    ("continued", "a \\\n  b \\\n  c", ["a", "b", "c"]),
    ("not ASCII", "a “b” é 🚀 c", ["a", "“b”", "é", "🚀", "c"]),
    ("CRLF", "a b\\\r\n  c\r\n", ["a", "b", "c"]),
    ("redirected", "a b > out 2>&1 c", ["a", "b", "c"]),
    ("sudo", "sudo -u me -E A=b env C=d time a b", ["a", "b"]),
    ("exec", "exec -a x a b", ["a", "b"]),
    ("in a condition", "if ! a b; then :; fi", ["a", "b"]),
    ("substituted", "x=$(a b)", ["a", "b"]),
    ("in a function", "up() {\n  a b\n}", ["a", "b"]),
    ("a subshell", "(cd x; a b)", ["a", "b"]),
    ("nested", "bash -euc 'a b'", ["a", "b"]),
    ("evaluated", 'eval "a b"', ["a", "b"]),
    ("held by a variable", "UP='a b'\n$UP", ["a", "b"]),
    ("on a background", "a b &", ["a", "b"]),
    ("a here-string", "a b <<< text", ["a", "b"]),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in WORDS], ids=[case[0] for case in WORDS])
def test_words(text: str, expected: list[str]) -> None:
    assert expected in [[word.text for word in command.words] for command in read(text).commands]


NO_COMMAND = [
    ("a comment", "# a b"),
    ("after a command", "true # a b"),
    ("a here-document", "cat <<EOF\na b\nEOF"),
    ("quoted", "echo 'a b; a b'"),
    ("an argument", "echo a b"),
    ("nothing", ""),
    ("assigned", "x='a b'"),
]


@pytest.mark.parametrize("text", [case[1] for case in NO_COMMAND], ids=[case[0] for case in NO_COMMAND])
def test_what_is_no_command(text: str) -> None:
    assert "a" not in [command.name for command in read(text).commands]


def test_spans_slice_the_text() -> None:
    text = 'echo é; A=1 twine upload "${{ secrets.É }}" \\\n  dist/* > log && true\n'
    command = next(command for command in read(text).commands if command.name == "twine")

    assert text[command.start : command.end] == 'A=1 twine upload "${{ secrets.É }}" \\\n  dist/*'
    assert text[slice(*command.whole)] == 'A=1 twine upload "${{ secrets.É }}" \\\n  dist/* > log'
    assert [text[word.start : word.end] for word in command.words][2] == '"${{ secrets.É }}"'
    assert command.writes == ("log",)
    assert [(item.name, item.value) for item in command.assignments] == [("A", "1")]


def test_where_a_heredoc_goes_may_stand_behind_it() -> None:
    (command,) = read("cat <<EOF > ~/.pypirc\n[pypi]\nEOF\n").commands
    assert (command.writes, command.body) == (("~/.pypirc",), "[pypi]\n")


def test_what_a_heredoc_writes() -> None:
    command = read("cat > ~/.pypirc <<-'EOF'\n\t[pypi]\n\tEOF\n").commands[0]

    assert command.writes == ("~/.pypirc",)
    assert "[pypi]" in (command.body or "")


def test_a_block_writes_together() -> None:
    found = read('{\n  echo A=b\n  echo C=d\n} >> "$GITHUB_ENV"\n').commands

    assert [command.writes for command in found] == [("$GITHUB_ENV",), ("$GITHUB_ENV",)]


def test_wrappers_are_remembered() -> None:
    command = read("sudo -E timeout 5 env A=b a").commands[0]

    assert command.wrappers == ("sudo", "timeout", "env")
    assert command.assignments[0].name == "A"


SHELLS = [
    (None, "ubuntu-latest", Shell.BASH),
    (None, "windows-2022", Shell.POWERSHELL),
    ("bash -l {0}", "windows-2022", Shell.BASH),
    ("pwsh", "", Shell.POWERSHELL),
    ("cmd", "", Shell.CMD),
    ("python3", "", Shell.PYTHON),
    ("perl {0}", "", Shell.OTHER),
    ("", "", Shell.BASH),
]


@pytest.mark.parametrize(("shell", "runner", "expected"), SHELLS)
def test_shell(shell: str | None, runner: str, expected: Shell) -> None:
    assert shell_of(shell, runner) is expected


def test_powershell_spans() -> None:
    text = "$env:A = 'b'\ntwine upload `\n  é dist/* # no\n"
    found = read(text, Shell.POWERSHELL).commands

    assert found[0].assignments[0].name == "A"
    assert text[found[1].start : found[1].end] == "twine upload `\n  é dist/*"
    assert len(found) == 2


@pytest.mark.parametrize("text", ["def f(:", "print 'x'", "\x00", "(" * 5000])
def test_python_that_cannot_be_read(text: str) -> None:
    assert read(text, Shell.PYTHON) == Script(commands=(), variables={}, readable=False)


@pytest.mark.parametrize("unit", ["(", '"$(', "if ", "`", "<<A ", "{ ", "a 'b", "\\", "${{", "$((", "a\x00", "\ud800"])
def test_hostile_scripts_are_quick(unit: str) -> None:
    start = time.process_time()
    read(unit * (60_000 // len(unit)))

    assert time.process_time() - start < 5


def test_too_long_is_said() -> None:
    assert not read("a\n" * 40_000).readable


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.sampled_from(list("ab$'\"(){}[]<>|&;\\\n\r\té🚀#=`!*~ ")) | st.characters(), max_size=60),
    st.sampled_from(list(Shell)),
)
def test_any_text_in_any_shell(text: str, shell: Shell) -> None:
    for command in read(text, shell).commands:
        assert 0 <= command.start <= command.end <= len(text)
        assert all(command.start <= word.start <= word.end <= len(text) for word in command.words if command.exact)
