"""Simple pages for people: organisations, repositories, files, pull requests with their diffs.

Everything shown is escaped by the template engine; a Content-Security-Policy forbids scripts altogether.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.demo.github import history, install_page, manifest_page, markdown, oauth_page, trees
from bot.demo.github.diff import is_binary
from bot.demo.github.objects import Kind
from bot.demo.github.shapes_pulls import changes
from bot.demo.github.site import Site
from bot.demo.github.state import Repository
from bot.demo.github.world import iso

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
STYLE = "/web/style.css"
_ACTING = (
    (manifest_page.is_mine, manifest_page.serve),
    (oauth_page.is_mine, oauth_page.serve),
    (install_page.is_mine, install_page.serve),
)
"""Pages on which a person does something."""
_FOLDER = Path(__file__).with_name("html")


def is_page(site: Site, base: str, path: str, accept: str) -> bool:
    """Pages and API share a socket: an account's name, or a browser at the door, asks for a page."""
    first = unquote(path[1:].partition("/")[0])
    if path in {"/", ""}:
        return "text/html" in accept or bool(base)
    return path == STYLE or any(is_mine(path) for is_mine, _ in _ACTING) or first.lower() in site.world.accounts


async def serve(site: Site, request: web.Request) -> web.Response:
    """The page at this address, or a 404 page."""
    for is_mine, acting in _ACTING:
        if is_mine(request.path):
            return await acting(site, request, _shown)
    if request.path == STYLE:
        return web.Response(text=(_FOLDER / "style.css").read_text(encoding="utf-8"), content_type="text/css")
    parts = [unquote(part) for part in request.path.split("/")[1:] if part]
    found = _page(site, parts)
    if found is None:
        return _shown("missing.html", {"path": request.path}, status=404)
    return _shown(*found)


def _shown(name: str, values: Mapping[str, object], status: int = 200) -> web.Response:
    text = _environment().get_template(name).render(style=STYLE, **values)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    made.filters["time"] = iso
    made.filters["markdown"] = markdown.shown
    return made


Shown = tuple[str, dict[str, object]]


def _page(site: Site, parts: list[str]) -> Shown | None:
    if not parts:
        accounts = [one for one in site.world.accounts.values() if site.world.repositories_of(one)]
        return "index.html", {"accounts": accounts}
    account = site.world.accounts.get(parts[0].lower())
    if account is None:
        return None
    if len(parts) == 1:
        mine = sorted(site.world.repositories_of(account), key=lambda one: one.name.lower())
        return "account.html", {"account": account, "repositories": mine}
    repository = site.world.former(parts[0], parts[1])
    return None if repository is None else _repository_page(repository, parts[2:])


def _repository_page(repository: Repository, rest: list[str]) -> Shown | None:
    match rest:
        case []:
            return "repository.html", {"repository": repository, "paths": _paths(repository)}
        case ["pull", number] if number.isdigit() and int(number) in repository.pulls:
            pull = repository.pulls[int(number)]
            return "pull.html", {"repository": repository, "pull": pull, "files": changes(repository, pull)}
        case ["issues", number] if number.isdigit() and int(number) in repository.issues:
            return "issue.html", {"repository": repository, "issue": repository.issues[int(number)]}
        case ["blob", ref, *path]:
            return _file_page(repository, ref, "/".join(path))
        case ["commit", oid] if repository.store.has(oid, Kind.COMMIT):
            commit = history.commit(repository.store, oid)
            return "commit.html", {"repository": repository, "oid": oid, "commit": commit}
    return None


def _paths(repository: Repository) -> list[str]:
    if repository.head is None:
        return []
    root = history.commit(repository.store, repository.head).tree
    return [path for path, item in trees.walk(repository.store, root) if item.kind is Kind.BLOB]


def _file_page(repository: Repository, ref: str, path: str) -> Shown | None:
    oid = repository.branch(ref) or (ref if repository.store.has(ref, Kind.COMMIT) else None)
    item = None if oid is None else trees.find(repository.store, history.commit(repository.store, oid).tree, path)
    if item is None or item.kind is not Kind.BLOB:
        return None
    data = trees.blob(repository.store, item)
    text = "(binary)" if is_binary(data) else data.decode("utf-8", "replace")
    return "file.html", {"repository": repository, "path": path, "text": text}
