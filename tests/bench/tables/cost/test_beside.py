"""Costs beside scores: of the same network and input, and a time for each machine."""

from dataclasses import replace

import pytest

from bench import tables
from bench.records import Complexity, InputSpec, Sampling, Setting, Timing
from tests.bench.tables.golden_runs import (
    CEFLNET,
    GPU,
    cost,
    folds,
    predictions,
    record,
    request,
    sections,
)


def with_costs(*given):
    return sections("none", folds=[record(request(), predictions(0, {0}))], costs=list(given))


def test_latencies_of_two_machines_never_share_a_column():
    (section,) = with_costs(cost(), cost(environment=GPU, samples=(1.0, 3.0), quick=False))
    row = section.rows[0]
    here = "CPU/fp32/batch 1/2 threads/torch 2.6/cpu-epyc-2/quick"
    there = "cuda/fp32/batch 1/torch 2.6/gpu-h200"
    assert {key: value for key, value in row.items() if key.startswith("latency")} == {
        f"latency_p50_ms@{here}": 11.0,
        f"latency_p95_ms@{here}": 11.9,
        f"latency_unstable@{here}": False,
        f"latency_p50_ms@{there}": 2.0,
        f"latency_p95_ms@{there}": 2.9,
        f"latency_unstable@{there}": False,
    }


@pytest.mark.parametrize(
    "other",
    [{"precision": "bf16"}, {"batch": 8}, {"compiled": True}, {"channels_last": True}],
    ids=lambda other: next(iter(other)),
)
def test_beside_a_score_stands_the_time_of_the_plain_setting_alone(other):
    setting = Setting("cpu", threads=2, **other)
    timed = cost(timing=Timing(setting, True, 3, True, (99.0,)))
    section, *_ = sections("none", costs=[cost(), timed])
    titles = [column.title for column in section.columns]
    assert [title for title in titles if title.startswith("p50")] == ["p50 ms\n(quick)"]
    assert all(row[key] != 99.0 for row in section.rows for key in row if "latency" in key)


def test_a_quick_latency_is_labelled():
    (section,) = with_costs(cost())
    assert section.columns[-1].title == "p50 ms\n(quick)"
    assert section.notes[-1] == (
        "p50 ms (quick): wall time of a forward pass, CPU, fp32, batch 1, 2 threads, torch 2.6, on "
        "cpu-epyc-2; a few passes, an indication only."
    )


def test_counts_stand_beside_a_score_without_any_time():
    (section,) = with_costs(cost(samples=()))
    assert (section.rows[0]["params"], section.rows[0]["macs"]) == (12828807, 63520000000)
    assert section.columns[-1].title == "MACs"


def test_a_score_without_any_cost_has_an_empty_column_of_macs():
    (section,) = sections("none", costs=[], folds=folds()[:2])
    assert section.columns[-1].title == "MACs"
    assert section.columns[-1].show(section.rows[0]) == "–"


def test_the_newest_time_of_a_machine_speaks_and_carries_its_mark():
    later = cost(samples=(20.0, 21.0, 22.0), created="2026-01-02T00:00:00+00:00")
    marked = replace(later, timing=replace(later.timing, unstable=("busy",)))
    (section,) = with_costs(marked, cost())
    assert section.columns[-1].show(section.rows[0]) == "≈21.00"
    assert section.notes[-1] == "≈ unstable: `bench table --cost` says why."


@pytest.mark.parametrize(
    "other",
    [
        cost(replace(CEFLNET, args={"sal": False})),
        cost(complexity=Complexity(7, (3, 35, 64, 64), 1)),
        cost(
            replace(CEFLNET, input=InputSpec(Sampling("clips", 7, 2), Sampling("clips", 7, 2), 64))
        ),
    ],
    ids=["args", "classes", "frames"],
)
def test_the_cost_of_another_network_or_input_stands_beside_no_score(other):
    (section,) = with_costs(other)
    assert section.rows[0]["params"] is None
    assert section.columns[-1].title == "MACs"


def test_the_cost_of_the_networks_own_size_stands_beside_a_shrunken_run_with_its_input():
    own = replace(CEFLNET, input=replace(CEFLNET.input, size=224))
    (section,) = with_costs(cost(own, complexity=Complexity(3, (3, 35, 224, 224), 1, 2, 3)))
    assert section.rows[0]["input"] == "3×35×224×224"
    assert "Input" in [column.title for column in section.columns]


def test_the_cost_of_the_scored_size_goes_first():
    own = replace(CEFLNET, input=replace(CEFLNET.input, size=224))
    newer = "2026-01-02T00:00:00+00:00"
    other = cost(own, complexity=Complexity(3, (3, 35, 224, 224), 1, 2, 3), created=newer)
    (section,) = with_costs(cost(), other)
    assert section.rows[0]["input"] == "3×35×64×64"


def test_large_counts_print_in_the_unit_of_their_column():
    text = tables.render(with_costs(cost()), "text")
    assert "12.83 M" in text
    assert "63.52 G" in text


def test_a_small_count_is_not_printed_as_zero():
    tiny = cost(complexity=Complexity(3, (3, 1, 8, 8), 12, 0, 0))
    text = tables.render(with_costs(tiny), "text")
    assert "<0.01 M" in text
    assert "0.00 G" in text
