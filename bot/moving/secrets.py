"""Which secrets a move leaves without any use in the repository's own workflows and actions."""

from __future__ import annotations

import re

from bot.survey import Survey

_REFERENCE = re.compile(r"secrets(?:\.([A-Za-z_][\w-]*)|\[\s*['\"]([\w-]+)['\"]\s*\])", re.IGNORECASE)
_DYNAMIC = re.compile(r"secrets\s*\[\s*[^'\"\s]|toJSON\(\s*secrets\s*\)|secrets:\s*inherit", re.IGNORECASE)


def split_secrets(after: Survey, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(no longer referred to, still in use) of the secrets that a move took out; case does not count."""
    known, dynamic = referenced(after)
    used = tuple(name for name in names if name.upper() in known or dynamic)
    return tuple(name for name in names if name not in used), used


def referenced(found: Survey) -> tuple[frozenset[str], bool]:
    """Upper-case names of all secrets that a YAML file refers to, and whether some are chosen at run time."""
    texts = [text for path, text in found.snapshot.files.items() if path.endswith((".yml", ".yaml"))]
    names = {(each[1] or each[2]).upper() for text in texts for each in _REFERENCE.finditer(text)}
    return frozenset(names), any(_DYNAMIC.search(text) for text in texts)
