"""PowerShell and cmd, read line by line: enough to see the commands and never to take one for another.

Continuations (a backtick, a caret) are joined, comments dropped, `;`, `&&`, `&` and `|` separate. Both name variables
in their own way (`$env:A = "b"`, `set A=b`, `%A%`); assignments come out as in bash, and what refers to one is
rewritten to bash's spelling `$A`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.script.bash import EXPRESSION
from bot.script.command import Assignment, Command, Script, Shell, Word

_TOKEN = re.compile(
    r"""(?P<word>(?:"(?:`.|""|[^"])*"|'(?:''|[^'])*'|[^\s;|&"'(){}]|&(?=\w))+)|(?P<stop>[\n;|&(){}]+)|[^\S\n]+|."""
)
_CONTINUED = {Shell.POWERSHELL: re.compile(r"`\r?\n"), Shell.CMD: re.compile(r"\^\r?\n")}
_COMMENT = {
    Shell.POWERSHELL: re.compile(r"<#(?:(?!<#|#>).)*+#>|(?<![^\s;])#[^\n]*", re.DOTALL),
    Shell.CMD: re.compile(r"^[ \t]*@?(?:rem\b|::)[^\n]*", re.IGNORECASE | re.MULTILINE),
}
_VARIABLE = re.compile(r"\$\{?env:(\w+)\}?|%(\w+)%", re.IGNORECASE)
_ENV_ASSIGNMENT = re.compile(r"\$(?:env:)?(\w+)\s*=\s*(.*)\Z", re.IGNORECASE | re.DOTALL)
_SET = re.compile(r"\"?(\w+)=(.*?)\"?\Z", re.DOTALL)


def read_lines(text: str, shell: Shell) -> Script:
    """The commands of a PowerShell or cmd script; never raises."""
    masked = EXPRESSION.sub(lambda found: "X" * len(found[0]), text) if "${{" in text else text
    masked = _CONTINUED[shell].sub(lambda found: " " * len(found[0]), masked)
    masked = _COMMENT[shell].sub(lambda found: " " * len(found[0]), masked)
    found = [command for words in _statements(masked, text) if (command := _command(words))]
    variables = {item.name: item.value for command in found for item in command.assignments}
    return Script(commands=tuple(found), variables=variables)


def _statements(masked: str, text: str) -> Iterator[list[Word]]:
    words: list[Word] = []
    for token in _TOKEN.finditer(masked):
        if token["stop"] is not None:
            yield words
            words = []
        elif token["word"] is not None:
            source = text[token.start() : token.end()]
            words.append(Word(text=_plain(source), start=token.start(), end=token.end()))
    yield words


def _plain(source: str) -> str:
    bare = re.sub(r"""["']""", "", source)
    return _VARIABLE.sub(lambda found: f"${found[1] or found[2]}", bare)


def _command(words: list[Word]) -> Command | None:
    if not words:
        return None
    start, end = words[0].start, words[-1].end
    line = " ".join(word.text for word in words)
    assigned = _assigned(line, words)
    if assigned is not None:
        item = Assignment(name=assigned[0], value=assigned[1].strip(), start=start, end=end)
        return Command(words=(), assignments=(item,), start=start, end=end, whole=(start, end))
    writes = tuple(words[index + 1].text for index, word in enumerate(words[:-1]) if word.text in (">", ">>"))
    return Command(words=tuple(words), start=start, end=end, whole=(start, end), writes=writes)


def _assigned(line: str, words: list[Word]) -> tuple[str, str] | None:
    found = _ENV_ASSIGNMENT.match(line)
    if found is None and words[0].text.lower() == "set" and len(words) > 1:
        found = _SET.match(" ".join(word.text for word in words[1:]))
    return None if found is None else (found[1], found[2])
