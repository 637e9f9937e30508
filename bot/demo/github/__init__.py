"""A GitHub on localhost, good enough to trust: real sockets, real git objects, GitHub's own answers and refusals.

For `pubflow demo` and for the tests. `LocalGitHub` is the door; `routes.py` is the table of what is served.
"""

from bot.demo.github.answers import Answer
from bot.demo.github.delivery import Delivery
from bot.demo.github.faults import Drop, Faults, Hang, Lost, always, on, primary_limit, secondary_limit, server_error
from bot.demo.github.local import LocalGitHub
from bot.demo.github.owners import Credentials
from bot.demo.github.recorder import Exchange
from bot.demo.github.state import BranchRule, Installation, Pull, Repository

__all__ = [
    "Answer",
    "BranchRule",
    "Credentials",
    "Delivery",
    "Drop",
    "Exchange",
    "Faults",
    "Hang",
    "Installation",
    "LocalGitHub",
    "Lost",
    "Pull",
    "Repository",
    "always",
    "on",
    "primary_limit",
    "secondary_limit",
    "server_error",
]
