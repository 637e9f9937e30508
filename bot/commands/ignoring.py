"""What `ignore` and `unignore` understand by their word: a rule, an action or a file."""

from __future__ import annotations

import re
from difflib import get_close_matches

from bot.rules import RULES
from bot.wishes import Wish, Wished

RULE_IDS = tuple(rule.ID for rule in RULES)

_ACTION = re.compile(r"[A-Za-z0-9*][A-Za-z0-9_*-]{0,99}/[A-Za-z0-9._*-]{1,100}")
_FILE = re.compile(r"[^\x00-\x20\x7f`]{1,300}")
_FILE_ENDS = (".yml", ".yaml", ".toml", ".cfg", ".py", ".md", ".txt", ".lock")


def wished(word: str) -> Wished | None:
    """The wish to ignore what `word` names, or None when it names nothing.

    A file in a folder and an action look alike: what lies below a folder of a dot, or ends as files of ours do, is one.
    """
    lower = word.lower()
    if lower in RULE_IDS:
        return Wished(wish=Wish.IGNORE_RULE, value=lower)
    bare = word.partition("@")[0]
    if _ACTION.fullmatch(bare) and not _looks_like_file(bare):
        return Wished(wish=Wish.IGNORE_ACTION, value=bare)
    if ("/" in word or _looks_like_file(word)) and _FILE.fullmatch(word):
        return Wished(wish=Wish.IGNORE_FILE, value=word.removeprefix("./"))
    return None


def nearest_rule(word: str) -> str | None:
    return next(iter(get_close_matches(word.lower(), RULE_IDS, 1)), None)


def _looks_like_file(word: str) -> bool:
    return word.startswith(".") or word.lower().endswith(_FILE_ENDS)
