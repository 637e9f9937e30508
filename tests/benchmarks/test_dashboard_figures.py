"""The benchmark runs and says what it measured; its figures are not judged here."""

from __future__ import annotations

from benchmarks.dashboard import COUNTS, PAGES, measure, report


async def test_every_page_is_measured_beside_what_only_counts() -> None:
    told = report(500, 2, await measure(500, 2))
    assert set(told["figures"]) == set(told["ratios"]) == {*PAGES, *COUNTS}
    assert all(of["p50_ms"] > 0 for of in told["figures"].values())
    assert told["ratios"]["count by kind"] == 1
