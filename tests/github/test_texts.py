"""Texts as they are in git: large, binary, oddly encoded and hostile files included."""

from __future__ import annotations

import pytest

from bot.demo.github.objects import LINK_MODE, SUBMODULE_MODE
from bot.model import (
    EntryKind,
    Unread,
)
from tests.github.scripted import Connect
from tests.github.stage import Stage, door, put_modes

TEXTS: dict[str, bytes] = {
    "plain": b"a\nb\n",
    "no final line break": b"a",
    "empty": b"",
    "CRLF": b"a\r\nb\r\n",
    "byte order mark": b"\xef\xbb\xbfa\n",
    "emoji": "\N{ROCKET} caf\u00e9\n".encode(),
    "line separators": "a\u2028b\u0085c\n".encode(),
    "replacement character": "\ufffd\n".encode(),
    "control characters": b"a\x01\x1b[31m\x7f\n",
    "600 kB": b"x" * 600_000,
    "1 MiB": b"x" * (1024 * 1024),
}
NONE: dict[str, tuple[bytes, Unread]] = {
    "a byte more than 1 MiB": (b"x" * (1024 * 1024 + 1), Unread.TOO_LARGE),
    "latin-1": ("caf\u00e9\n".encode("latin-1") * 5, Unread.NOT_UTF8),
    "a surrogate": (b"a\xed\xa0\x80b\n", Unread.NOT_UTF8),
    "NUL": (b"a\x00b\n", Unread.BINARY),
    "PNG": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64), Unread.BINARY),
    "UTF-16": ("text\n".encode("utf-16"), Unread.BINARY),
}


@pytest.mark.parametrize("case", TEXTS)
async def test_a_text_comes_through_byte_for_byte(stage: Stage, connect: Connect, case: str) -> None:
    stage.hub.push("acme/tool", {"file.txt": TEXTS[case]})
    narrowed = door(stage, connect, "file.txt")
    narrowed.mark()
    snapshot = await narrowed.read()
    assert snapshot.files["file.txt"].encode() == TEXTS[case]
    assert snapshot.unread == {}
    assert len(narrowed.asked()) == 3


@pytest.mark.parametrize("case", NONE)
async def test_what_is_no_text_is_told_with_its_reason(stage: Stage, connect: Connect, case: str) -> None:
    data, why = NONE[case]
    stage.hub.push("acme/tool", {"file.txt": data})
    snapshot = await door(stage, connect, "file.txt", "README.md").read()
    assert snapshot.unread == {"file.txt": why}
    assert set(snapshot.files) == {"README.md"}


async def test_links_submodules_folders_and_missing_files_are_told(stage: Stage, connect: Connect) -> None:
    put_modes(stage.hub, "acme/tool", {"link": (LINK_MODE, b"README.md"), "sub": (SUBMODULE_MODE, b"")})
    snapshot = await door(stage, connect, "link", "sub", "tool", "nowhere", "../etc/passwd").read()
    assert snapshot.files == {}
    assert snapshot.unread == {
        "link": Unread.LINK,
        "sub": Unread.UNREADABLE,
        "tool": Unread.UNREADABLE,
        "nowhere": Unread.MISSING,
        "../etc/passwd": Unread.MISSING,
    }
    assert snapshot.tree["link"].kind is EntryKind.LINK
    assert snapshot.tree["sub"].kind is EntryKind.SUBMODULE


async def test_an_executable_file_is_known_as_one(stage: Stage) -> None:
    put_modes(stage.hub, "acme/tool", {"run.sh": ("100755", b"#!/bin/sh\n")})
    snapshot = await stage.read()
    assert snapshot.tree["run.sh"].executable
    assert not snapshot.tree["README.md"].executable


async def test_many_files_take_one_request(stage: Stage, connect: Connect) -> None:
    many = {f"docs/{number}.txt": f"text {number}\n" for number in range(200)}
    stage.hub.push("acme/tool", many)
    narrowed = door(stage, connect, *many)
    narrowed.mark()
    snapshot = await narrowed.read()
    assert snapshot.files == many
    assert len(narrowed.asked()) == 3


async def test_texts_are_asked_for_in_bounded_batches(stage: Stage, connect: Connect) -> None:
    many: dict[str, str | bytes] = {f"{number}.txt": f"{number}" * 200_000 for number in range(10, 35)}
    stage.hub.push("acme/tool", many)
    narrowed = door(stage, connect, *many)
    narrowed.mark()
    assert (await narrowed.read()).files == many
    assert [one.path for one in narrowed.asked()].count("/graphql") == 1 + 3


async def test_a_cut_tree_proves_no_absence(stage: Stage) -> None:
    stage.hub.repository("acme/tool").truncate_trees = 2
    snapshot = await stage.read()
    assert not snapshot.complete
    assert len(snapshot.tree) == 2
