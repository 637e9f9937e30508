"""What `/pubflow config` tells, and to whom: an organisation's file may lie where few may read it."""

from __future__ import annotations

import pytest

from bot.config import PATH, Config, merge, read, understand
from bot.config.reading import Said
from bot.messages import replies

SHARED = "onboarding: {issue: octo-org/secret-reports}\nlabels: [codename]\nbump: {cooldown: 9}\n"
OWN = "bump: {cooldown: 3}\n"


def settings() -> tuple[Config, Config]:
    shared, own = understand(SHARED), understand(OWN)
    assert isinstance(shared, Said)
    assert isinstance(own, Said)
    return merge(shared, own), merge(Said(), own)


def test_where_few_read_it_everything_is_told() -> None:
    told = replies.config(settings()[0], (), broken=False)
    assert all(word in told for word in ("secret-reports", "codename", "bump.cooldown: 3"))


def test_where_everybody_reads_it_the_organisation_s_settings_are_named_without_their_values() -> None:
    merged, own = settings()
    told = replies.config(merged, (), broken=False, own=own)
    assert "bump.cooldown: 3" in told
    assert "labels: set for the whole organisation" in told
    assert "onboarding.issue: set for the whole organisation" in told
    assert not any(word in told for word in ("secret-reports", "codename"))


@pytest.mark.parametrize("own", [None, Config()])
def test_defaults_are_not_told(own: Config | None) -> None:
    assert isinstance(read(None), Config)
    assert replies.config(Config(), (), broken=False, own=own) == "Every setting has its default."
    assert PATH not in replies.config(Config(), (), broken=False, own=own)
