"""Upload commands that stay where they are: freed of their credentials, or given to a twine that pipx fetches anew.

Every machine of GitHub's has pipx: https://github.com/actions/runner-images
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.model import Index
from bot.moving import scripts
from bot.moving.found import Found, before_subcommand
from bot.moving.options import MATURIN_BUILDS, maturin_build
from bot.script import Shell

TWINE = 'pipx run --spec "twine>=6.1" twine upload'
_SHUT_OFF = frozenset({"sudo", "doas", "docker", "podman", "ssh"})
_EMPTIED = re.compile(r"\benv\s+(?:-i?(?=\s)|--ignore-environment)|\bsu(?:do)?\s|\bdocker\s")
_FILES = re.compile(r"[\w./*?${}-]*(?:\*|\.whl|\.tar\.gz)\Z")


def without_credentials(found: list[Found], text: str) -> tuple[scripts.Cut, ...] | None:
    """The cuts that take credentials from commands which may stay."""
    cuts: list[scripts.Cut] = []
    for item in found:
        if not item.tool.keeps or "--config-file" in " ".join(item.call.arguments):
            return None  # what the file says beats what we take away
        if _is_shut_off(item, text):
            return None
        if not item.command.exact:
            if item.call.tool == "uv" or _names_credentials(item):
                return None  # in a text inside the text there is nothing that could be cut
            continue
        words = item.command.words[len(item.command.words) - len(item.call.arguments) :]
        skip = False
        for word in words:
            name = word.text.partition("=")[0]
            given = name in item.tool.credentials
            attached = not word.text.startswith("--") and word.text[:2] in item.tool.credentials and len(word.text) > 2
            if skip or given or attached:
                cuts.append(scripts.Cut(_before(text, word.start), word.end))
            skip = not skip and given and "=" not in word.text
        cuts += [
            scripts.Cut(
                _before(text, each.start) if each.start > item.command.start else each.start,
                each.end + (each.start == item.command.start),
            )
            for each in item.command.assignments
            if each.name in item.tool.variables
        ]
        if item.call.tool == "uv":
            publish = next(word for word in words if word.text == "publish")
            cuts.append(scripts.Cut(publish.start, publish.end, "publish --trusted-publishing always"))
    return tuple(cuts)


def by_a_new_twine(found: list[Found], text: str, indexes: set[Index], shell: Shell) -> tuple[scripts.Cut, ...] | None:
    """The cuts that let such a twine upload in the place of each command; None where one of them is not understood."""
    cuts: list[scripts.Cut] = []
    for item in found:
        if not item.command.exact or item.options is None or _is_shut_off(item, text):
            return None
        if item.call.tool == "twine":
            own = without_credentials([item], text)
            launcher = item.command.words[len(item.command.words) - len(item.call.arguments) :]
            upload = next((word for word in launcher if word.text == "upload"), None)
            if own is None or upload is None or launcher[0] is not upload:
                return None
            cuts += [scripts.Cut(item.command.words[0].start, upload.end, TWINE), *own]
            continue
        new = _instead(item, indexes, text, shell)
        if new is None:
            return None
        cuts.append(scripts.Cut(item.command.start, item.command.end, new))
    return tuple(cuts)


def _instead(item: Found, indexes: set[Index], text: str, shell: Shell) -> str | None:
    """The build that is part of another tool's upload, and twine for the upload itself."""
    options = item.options
    if options is None or options.computed or len(indexes) > 1 or item.call.tool in ("setup.py", "uv"):
        return None
    files = (item.out,) if item.out else options.files or ("dist/*",)
    if not all(map(_FILES.match, files)):
        return None
    where = ["--repository testpypi"] if Index.TESTPYPI in indexes else []
    flags = [*where, *(["--skip-existing"] if options.skip else []), *(["--verbose"] if options.verbose else [])]
    upload = " ".join([TWINE, *flags, *files])
    if not options.builds and item.tool is not MATURIN_BUILDS:
        return upload
    if shell is not Shell.BASH:
        return None
    program = item.command.words[len(item.command.words) - len(item.call.arguments) - 1]
    words = [before_subcommand(text, item, item.command.start, program.end), *_build(item)]
    # A shell that stops at failures does not stop at the first of two commands that `&&` joins, but at a shell in it.
    return f"({' '.join(words)} && {upload})"


def _build(item: Found) -> Iterator[str]:
    assert item.options is not None, "seen by the caller"
    yield item.tool.build or "build"
    if item.tool is MATURIN_BUILDS:
        yield from maturin_build(item.options)[0]
    else:
        yield from item.options.build


def _is_shut_off(item: Found, text: str) -> bool:
    """Claims that an upload does not see the variables with which a job asks for its identity token."""
    command = item.command
    words = {word.text.rsplit("/", 1)[-1] for word in command.words[: len(command.words) - len(item.call.arguments)]}
    before = text[command.start : command.words[0].start] if command.exact else text[command.start : command.end]
    return bool(_SHUT_OFF & {*command.wrappers, *words}) or _EMPTIED.search(before) is not None


def _names_credentials(item: Found) -> bool:
    options = tuple(item.tool.credentials)
    return item.call.value(*options) is not None or bool(item.tool.variables & set(item.call.assignments))


def _before(text: str, start: int) -> int:
    """Where the blank before a word begins, a continued line's break included."""
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    if text[max(start - 2, 0) : start] == "\\\n":
        start -= 2
        while start > 0 and text[start - 1] in " \t":
            start -= 1
    return start
