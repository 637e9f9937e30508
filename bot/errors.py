"""Every exception that pubflow raises on purpose; each stands for something that a catcher does differently.

    PubflowError
    |-- Refused                an edit whose meaning cannot be proved (bot.yaml)
    |-- Unparsable             a text that is no YAML that we read (bot.yaml)
    |-- ConfigurationError     settings: what was wanted, what was found, what to do
    |-- CheckoutError          a working tree that cannot be read or written; the text names the path and why
    |-- StoreUnavailable       nothing could be stored; whoever sent it should send it again
    |-- BadDelivery            a webhook request that is not one of GitHub's
    |   |-- BadSignature
    |   `-- Malformed
    `-- GitHubError            GitHub answered something that ends this attempt
        |-- Gone               repository or installation is no longer there, or no longer ours: end quietly
        |-- Forbidden          a permission is missing, or a rule of the repository is against us
        |-- Conflict           somebody else moved what we wanted to move
        |-- Unwanted           GitHub says that our request is wrong: a defect of ours, not retried
        |-- WaitUntil          a rate limit: not before a given time
        |-- Unavailable        5xx, network, time-outs: to be tried again
        |-- SignedOut          a person's token is no longer accepted: let them sign in again
        `-- Stopped            an operator paused writing, or this site only observes

No text of an exception ever holds a token, a key or a body from outside.
"""

from __future__ import annotations


class PubflowError(Exception):
    """The root: catching it catches everything expected."""


class Refused(PubflowError):
    """An edit that cannot be proved to mean what it should; `reason` is one sentence for a maintainer."""

    def __init__(self, reason: str, *, path: tuple[str | int, ...] = (), line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.line = line


class Unparsable(PubflowError):
    """A text that cannot be read as one YAML document; `line` and `column` count from 1."""

    def __init__(self, reason: str, *, line: int = 1, column: int = 1) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.reason = reason
        self.line = line
        self.column = column


class ConfigurationError(PubflowError):
    """A setting is missing or wrong; the text says which and what to do."""


class CheckoutError(PubflowError):
    """A working tree that cannot be read or written as asked; the text names the path and says why."""


class StoreUnavailable(PubflowError):
    """The database did not take a record; nothing was acknowledged."""


class BadDelivery(PubflowError):
    """A request to the webhook that GitHub would not have sent."""


class BadSignature(BadDelivery):
    """The signature is missing or belongs to another secret."""


class Malformed(BadDelivery):
    """Signed, but not a payload of the event that it claims to be."""


class GitHubError(PubflowError):
    """GitHub answered something that ends this attempt."""

    def __init__(self, text: str, *, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class Gone(GitHubError):
    """Not there, or not ours any more: suspended, uninstalled, removed, deleted."""


class Forbidden(GitHubError):
    """Not allowed; `permission` names the App permission that is missing, if that is the cause."""

    def __init__(self, text: str, *, status: int | None = None, permission: str | None = None) -> None:
        super().__init__(text, status=status)
        self.permission = permission


class Conflict(GitHubError):
    """What we wanted to move was moved by somebody else; nothing was overwritten."""


class Unwanted(GitHubError):
    """GitHub calls the request wrong."""


class WaitUntil(GitHubError):
    """A rate limit: try again after `seconds`."""

    def __init__(self, text: str, *, seconds: float, status: int | None = None) -> None:
        super().__init__(text, status=status)
        self.seconds = seconds


class Unavailable(GitHubError):
    """A server error or the network; trying again may help."""


class SignedOut(GitHubError):
    """A person has to sign in again."""


class Stopped(GitHubError):
    """Writing is switched off for this account or repository at the moment."""
