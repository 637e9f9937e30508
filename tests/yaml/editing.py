"""What the tables of this room are made of."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.errors import Refused
from bot.yaml import Op, edit


@dataclass(frozen=True)
class Case:
    """A sentence, a text, what is done, and the text that comes out; `SAME`: the very same object."""

    sentence: str
    before: str
    ops: Op | list[Op]
    after: str


SAME = "SAME"


def check(case: Case) -> None:
    ops = case.ops if isinstance(case.ops, list) else [case.ops]
    result = edit(case.before, ops)
    if case.after == SAME:
        assert result is case.before
    else:
        assert result == case.after, repr(result)


def refusal(before: str, ops: Op | list[Op]) -> str:
    """The sentence with which an edit is refused."""
    with pytest.raises(Refused) as refused:
        edit(before, ops if isinstance(ops, list) else [ops])
    reason = refused.value.reason
    assert reason.splitlines() == [reason]
    return reason
