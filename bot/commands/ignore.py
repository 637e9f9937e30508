"""`ignore`: leave a rule, an action or a file alone; kept by us, and shown by `status`."""

from __future__ import annotations

from bot.commands.command import Command, Deed, View, refused
from bot.commands.ignoring import RULE_IDS, nearest_rule, wished
from bot.config import Permission
from bot.messages import code
from bot.rules import RULES
from bot.wishes import Wish, Wished


def act(argument: str, view: View) -> Deed:
    if not argument:
        return _all_of_this(view)
    word = argument.split(maxsplit=1)[0]
    found = wished(word)
    if found is None:
        near = nearest_rule(word)
        hint = f" Did you mean {code(near)}?" if near else ""
        return refused(f"{code(word)} is neither a rule, nor an action like `owner/name`, nor a file's path.{hint}")
    return _ignored((found,))


def _all_of_this(view: View) -> Deed:
    """Said on a pull request of ours, without a word: all that it is about."""
    if view.here is None:
        names = ", ".join(code(name) for name in RULE_IDS)
        return refused(f"Ignore what? A rule ({names}), an action like `owner/name`, or a file's path.")
    branch = view.here.branch
    return _ignored(tuple(Wished(wish=Wish.IGNORE_RULE, value=rule.ID) for rule in RULES if branch == rule.BRANCH))


def _ignored(wanted: tuple[Wished, ...]) -> Deed:
    names = ", ".join(code(one.value) for one in wanted)
    return Deed(
        says=f"Ignored from now on: {names}. `/pubflow unignore` takes that back.",
        add=wanted,
        scan=True,
    )


COMMAND = Command(
    name="ignore",
    argument="[RULE | ACTION | FILE]",
    about="leaves a rule, an action or a file alone; without a word, all that this pull request is about",
    needs=Permission.WRITE,
    act=act,
)
