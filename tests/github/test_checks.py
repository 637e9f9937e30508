"""A check run stands once, says what is wanted now, and is nobody else's."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.demo.github.faults import Drop, on
from bot.demo.github.state import CheckRun
from bot.errors import Forbidden, Stopped
from bot.model import Check, Conclusion, Level, Remark, Sha
from tests.github.stage import PERMISSIONS, Stage, permit

REMARK = Remark(file=".github/pubflow.yml", line=2, column=3, level=Level.FAILURE, message="there is no setting `x`")


@pytest.fixture
async def checked(stage: Stage) -> Stage:
    """The App may write checks too."""
    stage.hub.accept_permissions(stage.installed, PERMISSIONS | {"checks": "write"})
    return stage


def broken(stage: Stage, *remarks: Remark) -> Check:
    head = stage.commits(branch="main")
    return Check(
        key="configuration",
        head=Sha(head or ""),
        conclusion=Conclusion.FAILURE,
        title="Not understood",
        summary="Mend it.",
        remarks=remarks,
    )


def runs(stage: Stage) -> list[CheckRun]:
    return list(stage.hub.repository("acme/tool").check_runs.values())


async def say(stage: Stage, check: Check) -> None:
    await stage.door.check(stage.installation, stage.ref(), check, permit=permit)


async def test_a_check_is_made_with_its_remarks(checked: Stage) -> None:
    await say(checked, broken(checked, REMARK))
    [run] = runs(checked)
    assert (run.name, run.status, run.conclusion, run.title) == ("pubflow", "completed", "failure", "Not understood")
    [remark] = run.annotations
    assert (remark["path"], remark["start_line"], remark["start_column"]) == (".github/pubflow.yml", 2, 3)
    assert dict(checked.hub.site.tokens.minted()[-1].permissions) == {"checks": "write", "metadata": "read"}


@pytest.mark.parametrize("remarks", [(), (REMARK,)])
async def test_the_same_again_writes_nothing(checked: Stage, remarks: tuple[Remark, ...]) -> None:
    await say(checked, broken(checked, *remarks))
    checked.mark()
    await say(checked, broken(checked, *remarks))
    assert [one.method for one in checked.asked()] == ["GET"]
    assert len(runs(checked)) == 1


async def test_another_word_about_the_same_is_written_over_the_first(checked: Stage) -> None:
    await say(checked, broken(checked))
    await say(checked, replace(broken(checked), conclusion=Conclusion.SUCCESS, title="Understood"))
    [run] = runs(checked)
    assert (run.conclusion, run.title) == ("success", "Understood")


async def test_remarks_cannot_be_taken_back_so_a_newer_run_follows(checked: Stage) -> None:
    await say(checked, broken(checked, REMARK))
    await say(checked, replace(broken(checked), conclusion=Conclusion.SUCCESS, title="Understood"))
    assert [(run.conclusion, len(run.annotations)) for run in runs(checked)] == [("failure", 1), ("success", 0)]
    checked.mark()
    await say(checked, replace(broken(checked), conclusion=Conclusion.SUCCESS, title="Understood"))
    assert [one.method for one in checked.asked()] == ["GET"]


async def test_what_is_about_something_else_stays(checked: Stage) -> None:
    await say(checked, broken(checked))
    await say(checked, replace(broken(checked), key="identity"))
    assert [run.title for run in runs(checked)] == ["Not understood", "Not understood"]


async def test_an_answer_that_is_lost_makes_no_second_run(checked: Stage) -> None:
    checked.hub.faults.add(Drop(after=True), on("POST", "/check-runs"))
    await say(checked, broken(checked))
    assert len(runs(checked)) == 1


async def test_without_the_permission_it_is_said_which_is_missing(stage: Stage) -> None:
    with pytest.raises(Forbidden) as refused:
        await say(stage, broken(stage))
    assert refused.value.permission == "checks"


async def test_nothing_is_written_while_it_is_not_permitted(checked: Stage) -> None:
    async def stop() -> None:
        raise Stopped("paused")

    with pytest.raises(Stopped):
        await checked.door.check(checked.installation, checked.ref(), broken(checked), permit=stop)
    assert runs(checked) == []
