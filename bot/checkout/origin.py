"""Which repository on github.com a working tree came from, as its `.git` says. Git itself is never run.

The files are small and plain: https://git-scm.com/docs/git-config#_syntax, https://git-scm.com/docs/gitrepository-layout
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from bot.checkout.texts import read_bytes

_HOSTS = frozenset({"github.com", "www.github.com", "ssh.github.com"})
"""The last one serves SSH on port 443: https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port"""
_SCHEMES = frozenset({"https", "http", "ssh", "git", "git+ssh", "git+https"})
_FALLBACK_BRANCH = "main"

_SECTION = re.compile(r'\[\s*(?P<section>[\w.-]+)(?:\s+"(?P<name>(?:[^"\\]|\\.)*)")?\s*\]\s*')
_URL = re.compile(r"url\s*=\s*(?P<value>.*)", re.IGNORECASE)
_SCP = re.compile(r"(?:[^@/\s:]+@)?(?P<host>[^/:\s\[\]]+):(?P<path>(?!//).+)")
_FULL_NAME = re.compile(r"/*(?P<owner>[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))/(?P<name>[A-Za-z0-9._-]{1,100})/*")
_BRANCH = re.compile(r"ref: refs/(?:heads|remotes/origin)/(?P<name>[^\s\x00-\x1f\x7f]{1,250})\s*")


class Origin(Struct, frozen=True, kw_only=True):
    """Where a working tree came from; owner and name are empty when that is not known or not on github.com."""

    owner: str = ""
    name: str = ""
    branch: str = _FALLBACK_BRANCH
    oidc: bool = True
    """False for GitHub's data-residency hosts, whose identity tokens PyPI refuses."""


def find(root: Path) -> Origin:
    """What `root/.git` says, a folder or the file of a worktree or submodule; never raises."""
    folder = _git_folder(root)
    if folder is None:
        return Origin()
    common = _common_folder(folder)
    branch = _branch(common / "refs" / "remotes" / "origin" / "HEAD") or _branch(folder / "HEAD") or _FALLBACK_BRANCH
    url = _remote(_text(common / "config"))
    if url is None:
        return Origin(branch=branch)
    host, path = _parts(url)
    known = _FULL_NAME.fullmatch(path.removesuffix("/").removesuffix(".git")) if host in _HOSTS else None
    oidc = not host.endswith(".ghe.com")
    if known is None or known["name"] in {".", ".."}:
        return Origin(branch=branch, oidc=oidc)
    return Origin(owner=known["owner"], name=known["name"], branch=branch)


def _git_folder(root: Path) -> Path | None:
    git = root / ".git"
    if git.is_dir():
        return git
    line = _text(git).strip()
    if not line.startswith("gitdir:") or "\0" in line or "\n" in line:
        return None
    return root / line.removeprefix("gitdir:").strip()


def _common_folder(folder: Path) -> Path:
    """A worktree keeps its HEAD to itself and shares the rest: https://git-scm.com/docs/git-worktree#_details"""
    line = _text(folder / "commondir").strip()
    return folder / line if line and "\n" not in line else folder


def _branch(path: Path) -> str | None:
    found = _BRANCH.fullmatch(_text(path))
    return found["name"] if found else None


def _remote(config: str) -> str | None:
    """The address of `origin`, else of the only remote there is."""
    urls: dict[str, str] = {}
    for remote, url in _urls(config):
        urls.setdefault(remote, url)
    if "origin" in urls:
        return urls["origin"]
    return next(iter(urls.values())) if len(urls) == 1 else None


def _urls(config: str) -> Iterator[tuple[str, str]]:
    remote: str | None = None
    for raw in config.splitlines():
        line = raw.strip()
        if header := _SECTION.match(line):
            remote = header["name"] if header["section"].lower() == "remote" else None
            line = line[header.end() :]
        if remote is not None and (setting := _URL.fullmatch(line)):
            yield remote, _value(setting["value"])


def _value(text: str) -> str:
    """A setting's value without quotes and comment."""
    text = text.strip()
    if text.startswith('"'):
        return text[1:].partition('"')[0]
    return re.split(r"\s[#;]", text, maxsplit=1)[0].strip()


def _parts(url: str) -> tuple[str, str]:
    """Host in lower case and path of a remote's address, `""` for both when it is none; a password in it is dropped."""
    if "://" not in url:
        scp = _SCP.fullmatch(url)
        return (scp["host"].lower(), scp["path"]) if scp else ("", "")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    return (host, unquote(parts.path)) if parts.scheme.lower() in _SCHEMES else ("", "")


def _text(path: Path) -> str:
    try:
        data = read_bytes(path)
    except (OSError, ValueError):
        return ""
    return os.fsdecode(data or b"")
