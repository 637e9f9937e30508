"""What a process says of its work: every number that an operator watches."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.github import Traffic
from bot.jobs.tally import Tally
from bot.web import Metrics
from bot.web.work import Work


def told(tally: Tally, traffic: Iterable[Traffic] = ()) -> dict[tuple[str, ...], float]:
    """Name and labels -> value, as Prometheus reads it."""
    metrics = Metrics()
    metrics.registry.register(Work(tally, lambda: traffic))
    families = text_string_to_metric_families(metrics.text().decode())
    samples = (sample for family in families for sample in family.samples)
    order = ("kind", "end", "le", "installation", "resource", "branch", "rule")
    return {
        (sample.name, *(sample.labels[name] for name in order if name in sample.labels)): sample.value
        for sample in samples
    }


def test_runs_by_kind_and_end() -> None:
    tally = Tally()
    for end in ("done", "done", "later"):
        with tally.run("scan") as ends:
            ends.append(end)
    with pytest.raises(RuntimeError), tally.run("scan"):
        raise RuntimeError("a defect")
    found = told(tally)
    assert found["pubflow_job_runs_total", "scan", "done"] == 2
    assert found["pubflow_job_runs_total", "scan", "later"] == 1
    assert found["pubflow_job_runs_total", "scan", "failed"] == 1
    assert found["pubflow_job_seconds_bucket", "scan", "+Inf"] == 4
    assert found["pubflow_job_seconds_count", "scan"] == 4
    assert found["pubflow_job_seconds_sum", "scan"] >= 0


def test_requests_and_what_is_left() -> None:
    traffic = [
        Traffic(installation=7, resource="core", requests=12, remaining=4988),
        Traffic(installation=0, resource="core", requests=1, remaining=None),
    ]
    found = told(Tally(), traffic)
    assert found["pubflow_github_requests_total", "7", "core"] == 12
    assert found["pubflow_github_remaining", "7", "core"] == 4988
    assert found["pubflow_github_requests_total", "0", "core"] == 1
    assert ("pubflow_github_remaining", "0", "core") not in found


def test_proposals_and_refusals() -> None:
    tally = Tally()
    tally.opened["pubflow/actions"] += 1
    tally.refused.update(["token-upload", "token-upload"])
    found = told(tally)
    assert found["pubflow_pull_requests_opened_total", "pubflow/actions"] == 1
    assert found["pubflow_refusals_total", "token-upload"] == 2


def test_nothing_done_is_nothing_told() -> None:
    assert not [name for name, *_ in told(Tally()) if name.startswith(("pubflow_job", "pubflow_github"))]
