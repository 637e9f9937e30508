"""Pausing, by every scope."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.errors import ConfigurationError
from bot.store.pauses import Pauses


@pytest.mark.parametrize(
    ("paused", "repository", "scope"),
    [
        (["*"], ("acme", "widgets"), "*"),
        (["acme"], ("acme", "widgets"), "acme"),
        (["ACME"], ("Acme", "widgets"), "acme"),
        (["acme/widgets"], ("acme", "widgets"), "acme/widgets"),
        (["Acme/Widgets "], ("aCME", "wIDGETS"), "acme/widgets"),
        (["acme/widgets", "acme", "*"], ("acme", "widgets"), "*"),
        (["acme/.github"], ("acme", ".github"), "acme/.github"),
        ([], ("acme", "widgets"), None),
        (["acme/widgets"], ("acme", "gadgets"), None),
        (["acm"], ("acme", "widgets"), None),
        (["widgets"], ("acme", "widgets"), None),
        (["other"], ("acme", "widgets"), None),
    ],
)
def test_a_repository_is_paused_by_the_widest_scope(
    engine: sa.Engine, paused: list[str], repository: tuple[str, str], scope: str | None
) -> None:
    pauses = Pauses(engine)
    for name in paused:
        pauses.pause(name, 1.0)
    assert pauses.is_paused(*repository) == scope


def test_resuming_takes_back_the_same_scope_and_no_other(engine: sa.Engine) -> None:
    pauses = Pauses(engine)
    pauses.pause("*", 1.0)
    pauses.pause("acme", 2.0)
    pauses.pause("acme", 3.0)
    assert pauses.listed() == {"*": 1.0, "acme": 3.0}
    assert pauses.resume("ACME")
    assert not pauses.resume("acme")
    assert not pauses.resume("acme/widgets")
    assert pauses.is_paused("acme", "widgets") == "*"
    assert pauses.resume("*")
    assert pauses.is_paused("acme", "widgets") is None


@pytest.mark.parametrize("scope", ["", " ", "a/b/c", "/b", "a/", "a b", "**", "a%", "-" * 101, "a\nb", "é"])
def test_what_is_no_scope_is_refused(engine: sa.Engine, scope: str) -> None:
    with pytest.raises(ConfigurationError):
        Pauses(engine).pause(scope, 1.0)
    assert Pauses(engine).listed() == {}
