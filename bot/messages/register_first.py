"""The check on a pull request that must not be merged yet, where GitHub knows no drafts."""

from __future__ import annotations

from bot.model import Check, Conclusion, Sha

KEY = "register-first"


def check(head: Sha, *, registered: bool) -> Check:
    """`registered`: somebody with write access said so."""
    if registered:
        return Check(
            key=KEY,
            head=head,
            conclusion=Conclusion.SUCCESS,
            title="The publisher is registered",
            summary="Somebody with write access said so. This can be merged.",
        )
    return Check(
        key=KEY,
        head=head,
        conclusion=Conclusion.ACTION_REQUIRED,
        title="Register the publisher first",
        summary=(
            "Merged before that, the next release fails. The pull request says what to register and where; then tick"
            " its box, or write `/pubflow confirm`."
        ),
    )
